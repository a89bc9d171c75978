"""The words the runner says, kept in ``texts.de.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("texts.de.toml")
_ROOT = _FILE.parent.parent


@cache
def _texts() -> dict[str, object]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def text(key: str, **values: object) -> str:
    """The sentence under a dotted key (``"error.port_taken"``), its ``{names}`` filled in.

    A path inside the project is shown as the person would type it, relative to the project.

    Raises:
        KeyError: the key, or a value the sentence needs, is missing.
    """
    found: object = _texts()
    for part in key.split("."):
        if not isinstance(found, dict):
            raise KeyError(key)
        found = found[part]
    if not isinstance(found, str):
        raise KeyError(key)
    return found.format(**{name: _shown(value) for name, value in values.items()})


def _shown(value: object) -> object:
    if isinstance(value, Path) and value.is_relative_to(_ROOT):
        return value.relative_to(_ROOT)
    return value
