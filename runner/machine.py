"""Programs of the machine that the checks need: Chromium, PostgreSQL and a library that sets clocks wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from runner import console, processes
from runner.errors import ToolMissing

_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MACOS_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def find_chromium(environ: Mapping[str, str]) -> Path | None:
    """The browser named in HANDSCHLAG_CHROMIUM, or the machine's own."""
    named = environ.get("HANDSCHLAG_CHROMIUM")
    if named:
        return Path(named) if Path(named).is_file() else None
    path = environ.get("PATH", os.defpath)
    for name in _CHROMIUMS:
        if found := shutil.which(name, path=path):
            return Path(found)
    return _MACOS_CHROME if _MACOS_CHROME.is_file() else None


def find_postgres(environ: Mapping[str, str]) -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: HANDSCHLAG_POSTGRES_BIN, the PATH, or Debian's, the newest first."""
    path = environ.get("PATH", os.defpath)
    on_path = shutil.which("pg_ctl", path=path)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major, reverse=True)
    named = environ.get("HANDSCHLAG_POSTGRES_BIN")
    candidates = [Path(named)] if named else [*([Path(on_path).parent] if on_path else []), *debian]
    return next((folder for folder in candidates if _has_postgres(folder)), None)


def find_faketime(environ: Mapping[str, str]) -> Path | None:
    """The library of libfaketime: HANDSCHLAG_FAKETIME, or Debian's."""
    named = environ.get("HANDSCHLAG_FAKETIME")
    candidates = [Path(named)] if named else sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return next((library for library in candidates if library.is_file()), None)


async def require(
    find: Callable[[Mapping[str, str]], Path | None],
    *,
    package: str,
    error: str,
    environ: Mapping[str, str],
    log: Path,
) -> Path:
    """Find a program; on Debian, as root, install its package when it is missing.

    Raises:
        ToolMissing: it is missing and could not be installed. A check is never skipped for that.
    """
    found = find(environ)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        console.doing("check.installing", packages=package)
        environment = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ("apt-get", "update"),
            ("apt-get", "install", "--yes", "--no-install-recommends", package),
        ):
            await processes.run_logged(command, cwd=Path("/"), environment=environment, log=log)
        found = find(environ)
    if found is None:
        raise ToolMissing(error)
    return found


def _has_postgres(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("initdb", "pg_ctl"))


def _major(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0
