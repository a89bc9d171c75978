"""Reads ``.env`` in the project root, so that settings can be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runner.errors import SettingInvalid
from runner.settings import ROOT


def with_dotenv(environ: Mapping[str, str], file: Path = ROOT / ".env") -> dict[str, str]:
    """The environment with what the file adds; a variable that is set already keeps its value.

    A line is ``NAME=value``, the value with or without quotation marks around it; ``#`` begins a comment line.

    Raises:
        SettingInvalid: a line is none of these.
    """
    if not file.is_file():
        return dict(environ)
    added = {}
    for number, words in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        line = words.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            # The line itself may hold a secret.
            raise SettingInvalid(file.name, f"Zeile {number}")
        added[name.strip()] = _unquoted(value.strip())
    return {**added, **environ}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
