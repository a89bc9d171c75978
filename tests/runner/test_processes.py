from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from runner import processes
from tests.runner.support import is_alive, until


def test_a_log_above_ten_megabytes_is_moved_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    for number in range(5):
        log.write_bytes(str(number).encode() * (processes._ROTATE_BYTES + 1))
        processes.rotate(log)
    kept = {path.name: path.read_bytes()[:1] for path in tmp_path.iterdir()}
    assert kept == {"rasa.log.1": b"4", "rasa.log.2": b"3", "rasa.log.3": b"2"}


def test_a_small_log_and_a_missing_one_stay_as_they_are(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    processes.rotate(log)
    log.write_text("kurz")
    processes.rotate(log)
    assert [path.name for path in tmp_path.iterdir()] == ["rasa.log"]


async def test_output_is_appended_to_a_log_that_only_its_owner_may_read(tmp_path: Path) -> None:
    log = tmp_path / "logs/web.log"
    for words in ("eins", "zwei"):
        code = await processes.run_logged(
            (sys.executable, "-c", f"print('{words}')"), cwd=tmp_path, environment=os.environ, log=log
        )
        assert code == 0
    assert log.read_text() == "eins\nzwei\n"
    assert log.stat().st_mode & 0o777 == 0o600


async def test_captured_output_does_not_reach_the_log(tmp_path: Path) -> None:
    script = "import sys; print('geheim'); print('Hinweis', file=sys.stderr); sys.exit(4)"
    log = tmp_path / "agent.log"
    code, output = await processes.run_captured(
        (sys.executable, "-c", script), cwd=tmp_path, environment=os.environ, log=log
    )
    assert (code, output) == (4, "geheim\n")
    assert log.read_text() == "Hinweis\n"


async def test_cancelling_a_command_ends_what_it_started_too(tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = (
        "import pathlib, signal, subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid)); signal.pause()"
    )
    work = asyncio.create_task(
        processes.run_logged((sys.executable, "-c", script), cwd=tmp_path, environment=os.environ, log=tmp_path / "log")
    )
    await until(lambda: note.exists() and note.read_text() != "")
    child = int(note.read_text())
    assert is_alive(child)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await until(lambda: not is_alive(child))


async def test_a_program_that_was_not_found_leaves_its_reason_in_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = await processes.run_logged(("no-such-program",), cwd=tmp_path, environment=os.environ, log=log)
    assert code != 0
    assert "no-such-program" in log.read_text() or "FileNotFoundError" in log.read_text()
