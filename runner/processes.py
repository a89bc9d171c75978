"""Starts and ends processes, each with its own group, so that what it starts ends with it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_LEASH = Path(__file__).with_name("leash.py")
_ROTATE_BYTES = 10 * 1024 * 1024
_KEPT_LOGS = 3


def rotate(log: Path) -> None:
    """Move a log above 10 MB aside (``name.log.1`` … ``name.log.3``, the oldest goes)."""
    if not log.exists() or log.stat().st_size <= _ROTATE_BYTES:
        return
    for number in range(_KEPT_LOGS, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        newer = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if newer.exists():
            newer.replace(older)


async def spawn(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    log: Path | None,
    stdout: int | None = None,
) -> asyncio.subprocess.Process:
    """Start a program in a session of its own, without a keyboard, its output appended to ``log``.

    With ``stdout`` (for example ``asyncio.subprocess.PIPE``) only its errors go to the log; without a log both go to
    the console.
    """
    output: int | None = None
    try:
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return await asyncio.create_subprocess_exec(
            sys.executable,
            # Isolated and without site: the leash must start even while the environment is being filled.
            *("-I", "-S", _LEASH, str(os.getpid())),
            *command,
            cwd=cwd,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output if stdout is None else stdout,
            stderr=output,
            start_new_session=True,
        )
    finally:
        if output is not None:
            os.close(output)


def signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Send a signal to the process and everything it started; nothing happens when all are gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


async def end(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Ask the process to end, and end its whole group by force after ``grace_s`` seconds.

    Cancelling the wait ends the group by force at once.
    """
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                if process.returncode is None:
                    signal_group(process, signal.SIGTERM)
                    await process.wait()
    finally:
        signal_group(process, signal.SIGKILL)
    await process.wait()


async def run_logged(command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str], log: Path) -> int:
    """Run a program to its end with its output in ``log`` and return its exit code.

    Cancelling ends it and everything it started.
    """
    process = await spawn(command, cwd=cwd, environment=environment, log=log)
    try:
        return await process.wait()
    finally:
        await end(process, grace_s=3)


async def run_captured(
    command: Sequence[str | Path], *, cwd: Path, environment: Mapping[str, str], log: Path
) -> tuple[int, str]:
    """As ``run_logged``, but what the program writes to standard output is returned and kept out of the log."""
    process = await spawn(command, cwd=cwd, environment=environment, log=log, stdout=asyncio.subprocess.PIPE)
    try:
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode("utf-8", "replace")
    finally:
        await end(process, grace_s=3)
