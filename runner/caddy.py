"""Caddy for the checks: the machine's own, or Debian's package unpacked below ``.tools``.

It is never installed: installed, it would be a web server that starts with the machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from runner import console, processes
from runner.errors import ToolMissing


def find(environ: Mapping[str, str], tools: Path) -> Path | None:
    """The program named in HANDSCHLAG_CADDY, the machine's own, or the one unpacked below ``tools``."""
    if named := environ.get("HANDSCHLAG_CADDY"):
        return Path(named) if Path(named).is_file() else None
    if found := shutil.which("caddy", path=environ.get("PATH", os.defpath)):
        return Path(found)
    unpacked = tools / "caddy/usr/bin/caddy"
    return unpacked if unpacked.is_file() else None


async def require(environ: Mapping[str, str], *, tools: Path, log: Path) -> Path:
    """Find Caddy; where there is none, unpack Debian's package.

    Raises:
        ToolMissing: there is none, and this machine cannot get the package. A check is never skipped for that.
    """
    found = find(environ, tools)
    path = environ.get("PATH", os.defpath)
    if found is None and all(shutil.which(name, path=path) for name in ("apt-get", "dpkg-deb")):
        console.doing("check.unpacking", packages="caddy")
        await _unpack(environ, tools / "caddy", log)
        found = find(environ, tools)
    if found is None:
        raise ToolMissing("error.caddy_missing", log=log)
    return found


async def _unpack(environ: Mapping[str, str], folder: Path, log: Path) -> None:
    aside = folder.with_name(f"caddy.{os.getpid()}")
    aside.mkdir(parents=True)

    async def run(*command: str | Path) -> bool:
        return not await processes.run_logged(command, cwd=aside, environment=environ, log=log)

    # As root, apt-get gives up its rights to download, and then may not write into a folder of ours.
    apt_get = ("apt-get", "-o", "APT::Sandbox::User=root")
    try:
        # A machine that has just been made has no list of packages yet.
        fetched = await run(*apt_get, "download", "caddy") or (
            os.geteuid() == 0 and await run(*apt_get, "update") and await run(*apt_get, "download", "caddy")
        )
        packages = list(aside.glob("caddy_*.deb"))
        if fetched and packages and await run("dpkg-deb", "--extract", packages[0], "."):
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
            (folder / packages[0].name).unlink()
    finally:
        shutil.rmtree(aside, ignore_errors=True)
