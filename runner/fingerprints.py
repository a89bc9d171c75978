"""Fingerprints over the inputs of a set-up step, so that it runs only when something changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Folders that hold results, never sources.
_RESULTS = frozenset({"__pycache__", "node_modules", "dist", "coverage", ".vite"})


def files_below(*places: Path) -> Iterator[Path]:
    """Every source file at or below the places that exist, results and caches left out."""
    for place in places:
        if place.is_file():
            yield place
            continue
        for folder, folders, names in os.walk(place):
            folders[:] = [name for name in folders if name not in _RESULTS]
            yield from (Path(folder, name) for name in names if not name.endswith(".pyc"))


def fingerprint(root: Path, files: Iterable[Path], *further: str) -> str:
    """SHA-256 (hexadecimal) over the names relative to ``root``, the contents, and further strings.

    The order of ``files`` does not matter; a file that moves, changes, comes or goes does. One that is missing is no
    error here: the step that needs it says so better.
    """
    total = hashlib.sha256()
    for path in sorted(set(files)):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "missing"
        total.update(f"{path.relative_to(root).as_posix()}\0{content}\0".encode())
    for words in further:
        total.update(f"\0{words}\0".encode())
    return total.hexdigest()


class Stamp:
    """A file that says from which inputs a result was made.

    It is written after the result, so a run that was broken off leaves none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str | None:
        """What was written last, or None."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, value: str) -> None:
        """Keep the fingerprint; a reader sees the old one or the new one, never half."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(f"{self.path.name}.new")
        fresh.write_text(value, encoding="utf-8")
        fresh.replace(self.path)

    def remove(self) -> None:
        """Forget it, before the result is made anew."""
        self.path.unlink(missing_ok=True)
