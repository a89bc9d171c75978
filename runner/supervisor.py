"""Keeps one program running until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runner import processes
from runner.errors import StartFailed
from runner.readiness import until_ready

#: A program that ran this long before it died starts its next series of attempts afresh.
_STABLE_S = 60.0
_FIRST_START_ATTEMPTS = 3


@dataclass(frozen=True)
class Program:
    """What to run, and how to see that it is ready."""

    name: str
    command: tuple[str | Path, ...]
    cwd: Path
    environment: Mapping[str, str]
    log: Path
    #: ``GET`` answers 200 when the program is ready.
    ready_url: str
    #: Holds the process id while the program runs.
    pid_file: Path
    stop_grace_s: float = 10
    #: The first start fails when the program is not ready after this time.
    start_limit_s: float = 120


@dataclass(frozen=True)
class Died:
    """The program ended although nobody asked for it. ``code`` is negative for a signal."""

    program: str
    code: int
    next_start_in_s: float


@dataclass(frozen=True)
class Ready:
    """The program answers; ``again`` after a restart."""

    program: str
    duration_s: float
    again: bool


def backoff() -> Iterator[float]:
    """Waiting times before each further start, in seconds: 1, 2, 4 … 30."""
    delay_s = 1.0
    while True:
        yield delay_s
        delay_s = min(delay_s * 2, 30.0)


class Supervisor:
    """Starts a program, restarts it when it dies, stops it on request."""

    def __init__(self, program: Program, report: Callable[[Died | Ready], None]) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self._report = report
        self._stopping = asyncio.Event()
        self._was_ready = False
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Keep the program running until ``stop``; cancelling ends it by force.

        Raises:
            StartFailed: the program died three times without having been ready once.
        """
        clock = asyncio.get_running_loop().time
        delays = backoff()
        deaths = 0
        while not self._stopping.is_set():
            started = clock()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            deaths += 1
            if not self._was_ready and deaths >= _FIRST_START_ATTEMPTS:
                raise StartFailed(self.program.name, self.program.log)
            if clock() - started >= _STABLE_S:
                delays = backoff()
            await self._pause(next(delays), code)

    async def until_ready(self) -> None:
        """Wait for the first answer of the program.

        Raises:
            StartFailed: it took longer than the program's limit.
        """
        try:
            async with asyncio.timeout(self.program.start_limit_s):
                await self.ready.wait()
        except TimeoutError:
            raise StartFailed(self.program.name, self.program.log) from None

    async def stop(self) -> None:
        """Ask the program to end, and end its group by force after its grace. It is not started again."""
        self._stopping.set()
        if self._process is not None:
            await processes.end(self._process, self.program.stop_grace_s)

    async def _run_once(self) -> int:
        """Run the program to its end and return its exit code; nothing of its group is left then."""
        program = self.program
        process = await processes.spawn(
            program.command, cwd=program.cwd, environment=program.environment, log=program.log
        )
        self._process = process
        program.pid_file.parent.mkdir(parents=True, exist_ok=True)
        program.pid_file.write_text(f"{process.pid}\n", encoding="ascii")
        watch = asyncio.create_task(self._watch_ready())
        try:
            if self._stopping.is_set():
                # Asked to stop while the program was being started: nobody else knows of it yet.
                await processes.end(process, program.stop_grace_s)
            return await process.wait()
        finally:
            watch.cancel()
            self.ready.clear()
            processes.signal_group(process, signal.SIGKILL)
            program.pid_file.unlink(missing_ok=True)

    async def _watch_ready(self) -> None:
        clock = asyncio.get_running_loop().time
        started = clock()
        await until_ready(self.program.ready_url)
        self.ready.set()
        self._report(Ready(self.program.name, clock() - started, again=self._was_ready))
        self._was_ready = True

    async def _pause(self, delay_s: float, code: int) -> None:
        self._report(Died(self.program.name, code, delay_s))
        with suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._stopping.wait()
