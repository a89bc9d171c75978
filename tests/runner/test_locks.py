from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.locks import LockHeld, held, waited_for
from runner.settings import ROOT
from tests.runner.support import until
from tests.support.ports import free_port


def test_a_held_lock_says_who_holds_it(tmp_path: Path) -> None:
    lock = tmp_path / "var/runner.lock"
    with held(lock), pytest.raises(LockHeld, match=str(os.getpid())), held(lock):
        pass


def test_a_lock_is_free_again_afterwards_although_its_file_remains(tmp_path: Path) -> None:
    lock = tmp_path / "runner.lock"
    for _ in range(2):
        with held(lock):
            assert lock.read_text() == f"{os.getpid()}\n"
    assert lock.read_text() == ""


def test_a_lock_is_free_again_when_its_holder_was_killed(tmp_path: Path) -> None:
    lock = tmp_path / "runner.lock"
    script = (
        "import pathlib, signal, sys; from runner.locks import held\n"
        "with held(pathlib.Path(sys.argv[1])): print('held', flush=True); signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(lock)], cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockHeld, match=str(holder.pid)), held(lock):
            pass
        holder.kill()
        holder.wait()
    with held(lock):
        pass


async def test_one_waits_for_the_other_and_says_so_once(tmp_path: Path) -> None:
    lock = tmp_path / "setup.lock"
    told: list[str] = []
    order: list[str] = []

    async def second() -> None:
        async with waited_for(lock, lambda: told.append("waiting")):
            order.append("second")

    async with waited_for(lock, lambda: told.append("never")):
        task = asyncio.create_task(second())
        await until(lambda: told == ["waiting"])
        order.append("first")
    await task
    assert order == ["first", "second"]
    assert told == ["waiting"]


def test_a_second_start_says_in_one_sentence_that_handschlag_runs_already(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HANDSCHLAG_STATE_DIR": str(tmp_path),
        "HANDSCHLAG_LOG_DIR": str(tmp_path / "logs"),
        "HANDSCHLAG_PORT": str(free_port()),
    }
    with held(tmp_path / "runner.lock"):
        ended = subprocess.run(
            [sys.executable, "-m", "runner", "start"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"Prozess {os.getpid()}" in ended.stderr
