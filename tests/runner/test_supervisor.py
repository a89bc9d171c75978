from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import pytest

from runner.errors import StartFailed
from runner.settings import ROOT
from runner.supervisor import Died, Program, Ready, Supervisor, backoff
from tests.runner.support import SMALL_SERVER, is_alive, until
from tests.support.ports import free_port


def small_server(folder: Path, *wishes: str, start_limit_s: float = 20) -> Program:
    port = free_port()
    return Program(
        name="rasa",
        command=(sys.executable, SMALL_SERVER, str(port), *wishes),
        cwd=ROOT,
        environment=os.environ,
        log=folder / "rasa.log",
        ready_url=f"http://127.0.0.1:{port}/",
        pid_file=folder / "pids/rasa",
        stop_grace_s=1,
        start_limit_s=start_limit_s,
    )


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[tuple[Supervisor, list[Died | Ready]]]:
    events: list[Died | Ready] = []
    supervisor = Supervisor(program, events.append)
    task = asyncio.create_task(supervisor.run())
    try:
        await supervisor.until_ready()
        yield supervisor, events
    finally:
        await supervisor.stop()
        await task


def pid_of(program: Program) -> int:
    return int(program.pid_file.read_text())


async def test_a_program_that_dies_is_started_again_and_says_how_it_died(tmp_path: Path) -> None:
    program = small_server(tmp_path)
    async with running(program) as (supervisor, events):
        first = pid_of(program)
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(events) == 3 and supervisor.ready.is_set())
        assert pid_of(program) != first
    assert [type(event) for event in events] == [Ready, Died, Ready]
    assert events[1] == Died("rasa", -signal.SIGKILL, 1.0)
    assert isinstance(events[2], Ready)
    assert events[2].again


async def test_what_a_dead_program_had_started_is_gone_before_it_is_started_again(tmp_path: Path) -> None:
    note = tmp_path / "child"
    program = small_server(tmp_path, "--child", str(note))
    async with running(program) as (_, events):
        child = int(note.read_text())
        os.kill(pid_of(program), signal.SIGKILL)
        await until(lambda: any(isinstance(event, Died) for event in events))
        await until(lambda: not is_alive(child), timeout_s=0.9)


async def test_one_death_at_the_first_start_is_forgiven(tmp_path: Path) -> None:
    program = small_server(tmp_path, "--die-first", str(tmp_path / "died"))
    async with running(program) as (_, events):
        assert events[0] == Died("rasa", 3, 1.0)
        assert isinstance(events[1], Ready)


async def test_a_program_that_dies_three_times_before_it_was_ready_is_given_up(tmp_path: Path) -> None:
    program = small_server(tmp_path, "--no-such-wish")
    supervisor = Supervisor(program, lambda _: None)
    with pytest.raises(StartFailed, match=r"rasa\.log"):
        async with asyncio.timeout(30):
            await supervisor.run()
    assert program.log.read_text().count("--no-such-wish") == 3


async def test_a_program_that_never_answers_is_given_up_after_its_limit(tmp_path: Path) -> None:
    silent = small_server(tmp_path, start_limit_s=0.3)
    supervisor = Supervisor(
        Program(**{**vars(silent), "ready_url": f"http://127.0.0.1:{free_port()}/"}), lambda _: None
    )
    task = asyncio.create_task(supervisor.run())
    with pytest.raises(StartFailed):
        await supervisor.until_ready()
    await supervisor.stop()
    await task


async def test_stopping_ends_a_program_that_does_not_listen_and_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "child"
    program = small_server(tmp_path, "--deaf", "--child", str(note))
    async with running(program) as (supervisor, events):
        pids = [pid_of(program), int(note.read_text())]
        async with asyncio.timeout(5):
            await supervisor.stop()
        await until(lambda: not any(is_alive(pid) for pid in pids))
    assert [type(event) for event in events] == [Ready]
    assert not program.pid_file.exists()


async def test_stopping_during_the_wait_for_a_restart_does_not_start_the_program_again(tmp_path: Path) -> None:
    program = small_server(tmp_path)
    async with running(program) as (supervisor, events):
        os.kill(pid_of(program), signal.SIGKILL)
        await until(lambda: any(isinstance(event, Died) for event in events))
        await supervisor.stop()
    assert [type(event) for event in events] == [Ready, Died]
    assert not program.pid_file.exists()


async def test_cancelling_leaves_no_process_behind(tmp_path: Path) -> None:
    program = small_server(tmp_path, "--deaf")
    supervisor = Supervisor(program, lambda _: None)
    task = asyncio.create_task(supervisor.run())
    await supervisor.until_ready()
    pid = pid_of(program)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not is_alive(pid))


def test_the_waits_before_a_restart_double_up_to_half_a_minute() -> None:
    assert list(islice(backoff(), 7)) == [1, 2, 4, 8, 16, 30, 30]
