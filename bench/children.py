"""Child processes that end with the bench, and the ones that speak JSON lines with it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
#: Lets the kernel end a child when its parent is gone, however that happened.
LEASH = ROOT / "runner" / "leash.py"
#: How long a child may take to end by itself, in seconds.
GRACE_S = 20.0

Json = dict[str, Any]


class ChildFailed(Exception):
    """A process of the bench ended or answered something else than it should; holds the end of its log."""


def environment(**variables: str) -> dict[str, str]:
    """What a child needs and nothing of the person's own settings: HANDSCHLAG_… variables are given here."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **variables}


class Child:
    """A Python module of the project as a process; its standard error goes to a log."""

    def __init__(self, process: asyncio.subprocess.Process, name: str, log: Path) -> None:
        self._process = process
        self._name = name
        self._log = log

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    def failure(self, why: str) -> ChildFailed:
        tail = "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        return ChildFailed(f"{self._name}: {why}\n{tail}")

    async def tell(self, message: Json) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        await self._process.stdin.drain()

    async def hear(self, event: str) -> Json:
        """The next line, which has to be this event. Raises ChildFailed."""
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise self.failure("ended before its time")
        heard: Json = json.loads(line)
        if heard["event"] != event:
            raise self.failure(f"said {heard['event']} where {event} was expected")
        return heard

    async def end(self) -> None:
        """Ask it to end, and end it by force when it does not."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_S):
                    await self._process.wait()
                    return
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def running(
    module: str, *arguments: str, folder: Path, variables: Mapping[str, str] | None = None
) -> AsyncIterator[Child]:
    """Run ``python -m module`` in ``folder`` until the block ends."""
    log = folder / f"{module}.log"
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(LEASH), str(os.getpid())),
            *(sys.executable, "-m", module, *arguments),
            cwd=folder,
            env=environment(**(variables or {})),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=output,
            # Ctrl-C is for the bench alone; it ends its children in order.
            start_new_session=True,
            # A line holds a whole result.
            limit=64 * 1024 * 1024,
        )
    child = Child(process, module, log)
    try:
        yield child
    finally:
        await asyncio.shield(child.end())


@asynccontextmanager
async def load(job: Json, folder: Path) -> AsyncIterator[Child]:
    """Run the load generator with this job until the block ends."""
    async with running("bench.load", folder=folder) as child:
        await child.tell(job)
        yield child
