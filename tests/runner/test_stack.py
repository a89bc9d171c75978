"""Real small processes, run and ended the way a person, a shell or an accident ends the runner."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.settings import ROOT
from tests.runner.support import SMALL_STACK, is_alive, until
from tests.support.ports import free_port


@dataclass
class RunningStack:
    """The stack as a process of its own, with the ids of everything it runs."""

    process: asyncio.subprocess.Process
    folder: Path

    @property
    def pids(self) -> list[int]:
        return [int((self.folder / name).read_text()) for name in ("bridge", "rasa", "child")]

    async def lines_until(self, last: str) -> list[str]:
        assert self.process.stdout is not None
        lines: list[str] = []
        async with asyncio.timeout(20):
            while last not in lines:
                line = await self.process.stdout.readline()
                assert line, f"ended after {lines}"
                lines.append(line.decode().strip())
        return lines

    async def all_gone(self, pids: list[int]) -> None:
        await until(lambda: not any(is_alive(pid) for pid in pids))


@asynccontextmanager
async def stack(folder: Path, *wishes: str, ignoring: bool = False) -> AsyncIterator[RunningStack]:
    command = [
        *(sys.executable, str(SMALL_STACK), str(folder), str(free_port()), str(free_port())),
        *("--child", str(folder / "child"), *wishes),
    ]
    if ignoring:
        # As a shell without job control starts what it puts into the background.
        command = ["sh", "-c", "trap '' INT QUIT; exec \"$@\"", "sh", *command]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=asyncio.subprocess.PIPE
    )
    running = RunningStack(process, folder)
    try:
        await running.lines_until("ready")
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_each_signal_stops_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    async with stack(tmp_path) as running:
        pids = running.pids
        assert all(is_alive(pid) for pid in pids)
        running.process.send_signal(number)
        assert await running.lines_until("stopped") == ["stopping", "stopped"]
        assert await running.process.wait() == 0
        await running.all_gone(pids)


async def test_sigint_stops_it_although_it_was_ignored_at_the_start(tmp_path: Path) -> None:
    async with stack(tmp_path, ignoring=True) as running:
        pids = running.pids
        running.process.send_signal(signal.SIGINT)
        await running.lines_until("stopped")
        await running.all_gone(pids)


async def test_a_program_does_not_inherit_that_sigint_is_ignored(tmp_path: Path) -> None:
    async with stack(tmp_path, ignoring=True) as running:
        first = running.pids[0]
        os.kill(first, signal.SIGINT)
        assert "Died bridge" in await running.lines_until("Ready bridge")
        assert running.pids[0] != first


async def test_the_same_signal_twice_at_once_still_stops_everything_in_order(tmp_path: Path) -> None:
    async with stack(tmp_path) as running:
        pids = running.pids
        for _ in range(3):
            running.process.send_signal(signal.SIGTERM)
        await running.lines_until("stopped")
        assert await running.process.wait() == 0
        await running.all_gone(pids)


async def test_a_later_signal_ends_at_once_what_takes_its_time(tmp_path: Path) -> None:
    async with stack(tmp_path, "--deaf", "--grace", "60") as running:
        pids = running.pids
        running.process.send_signal(signal.SIGINT)
        await running.lines_until("stopping")
        async with asyncio.timeout(10):
            while running.process.returncode is None:
                running.process.send_signal(signal.SIGINT)
                with suppress(TimeoutError):
                    await asyncio.wait_for(running.process.wait(), 0.3)
        assert running.process.returncode != 0
        await running.all_gone(pids)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux ends a process with its parent.")
async def test_nothing_survives_when_the_runner_is_killed(tmp_path: Path) -> None:
    async with stack(tmp_path, "--deaf") as running:
        bridge, rasa, child = running.pids
        running.process.kill()
        await running.all_gone([bridge, rasa])
        # What a program started for itself is its own business when it is killed; ours start nothing.
        os.kill(child, signal.SIGKILL)


async def test_a_closed_console_does_not_keep_it_from_stopping(tmp_path: Path) -> None:
    command = (sys.executable, SMALL_STACK, tmp_path, str(free_port()), str(free_port()), "--child", tmp_path / "child")
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=writing
    )
    os.close(writing)
    running = RunningStack(process, tmp_path)
    await until(lambda: all((tmp_path / name).exists() for name in ("bridge", "rasa", "child")))
    pids = running.pids
    os.close(reading)
    process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(10):
        await process.wait()
    await running.all_gone(pids)
