"""Secrets that this machine makes for itself, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from runner.errors import SecretMissing


def make_closed(folder: Path) -> None:
    """Make a folder that only its owner may look into; one that is there already stays as its owner made it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read; a former content is replaced as a whole."""
    _make_private_folder(path.parent)
    fresh = _aside(path)
    _create(fresh, content)
    fresh.replace(path)


def secret(name: str, *, environ: Mapping[str, str], environment: str, folder: Path) -> str:
    """The secret from the variable ``name``; in development made once and kept in ``folder``.

    The file is called like the variable without its prefix, in small letters: ``channel_secret``.

    Raises:
        SecretMissing: the variable is not set in production.
    """
    given = environ.get(name)
    if given:
        return given
    if environment == "production":
        raise SecretMissing(name)
    path = folder / name.removeprefix("HANDSCHLAG_").lower()
    _make_private_folder(folder)
    if not path.exists():
        # Written aside and linked: whoever comes second finds a whole secret, and finds the first one's.
        fresh = _aside(path)
        _create(fresh, secrets.token_urlsafe(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _make_private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _create(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
