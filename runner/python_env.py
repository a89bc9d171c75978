"""Fills Python environments from lock files with uv."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner import processes
from runner.errors import StepFailed, ToolMissing
from runner.fingerprints import Stamp, fingerprint

#: Large wheels over slow lines: uv gives up after 30 s without this.
_HTTP_TIMEOUT_S = "300"


@dataclass(frozen=True)
class LockedEnvironment:
    """A Python environment and the lock files it can be filled from."""

    step: str
    root: Path
    folder: Path
    python_version: str
    lock: Path
    #: The same plus what the checks need.
    dev_lock: Path

    @property
    def python(self) -> Path:
        """The interpreter inside."""
        return self.folder / "bin/python"

    @property
    def stamp(self) -> Stamp:
        """Lies inside, so that it goes with the environment."""
        return Stamp(self.folder / "handschlag.stamp")

    def wanted_lock(self, dev: bool) -> Path:
        """The lock to fill it from. What the checks need stays once it is there: it does not disturb the run."""
        return self.dev_lock if dev or (self.stamp.read() or "").startswith("dev ") else self.lock

    def inputs(self, dev: bool) -> str:
        """The fingerprint of the environment, beginning with its kind."""
        lock = self.wanted_lock(dev)
        kind = "dev" if lock == self.dev_lock else "run"
        return f"{kind} {fingerprint(self.root, [lock], self.python_version)}"

    async def fill(self, dev: bool, *, environ: Mapping[str, str], log: Path) -> None:
        """Make the environment if it is missing and bring it to the state of its lock.

        Raises:
            ToolMissing: no such Python, and it could not be fetched.
            StepFailed: packages could not be installed.
        """
        uv = find_uv(self.root, environ)
        environment = uv_environment(environ)
        lock = self.wanted_lock(dev)
        if not await self._works(environment, log):
            make = (uv, "venv", "--no-project", "--clear", "--python", self.python_version, self.folder)
            if await processes.run_logged(make, cwd=self.root, environment=environment, log=log):
                raise ToolMissing("error.python_missing", version=self.python_version, log=log)
        sync = (uv, "pip", "sync", "--require-hashes", "--python", self.python, lock)
        if await processes.run_logged(sync, cwd=self.root, environment=environment, log=log):
            raise StepFailed(self.step, log)

    async def _works(self, environment: Mapping[str, str], log: Path) -> bool:
        """Whether the interpreter inside still runs: the Python it points to may have been removed."""
        if not self.python.exists():
            return False
        command = (self.python, "-c", "")
        return await processes.run_logged(command, cwd=self.root, environment=environment, log=log) == 0


def find_uv(root: Path, environ: Mapping[str, str]) -> Path:
    """The uv that the Makefile found or installed.

    Raises:
        ToolMissing: there is none.
    """
    own = root / ".tools/uv/bin/uv"
    found = environ.get("HANDSCHLAG_UV") or shutil.which("uv", path=environ.get("PATH", os.defpath))
    if found is None and not own.exists():
        raise ToolMissing("error.uv_missing")
    return Path(found) if found is not None else own


def uv_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: patient, quiet, and not led astray by an activated environment."""
    settings = {"UV_HTTP_TIMEOUT": _HTTP_TIMEOUT_S, "UV_NO_PROGRESS": "1", **environ}
    settings.pop("VIRTUAL_ENV", None)
    return settings
