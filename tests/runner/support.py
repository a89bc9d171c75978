"""What the tests of the runner share: free ports, waiting for a fact, looking for processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

PROGRAMS = Path(__file__).with_name("programs")
SMALL_SERVER = PROGRAMS / "small_server.py"
SMALL_STACK = PROGRAMS / "small_stack.py"


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        # Gone in between, or a system without /proc, where the signal has told.
        return not stat.parent.parent.joinpath("self").exists()


async def until(fact: Callable[[], bool], timeout_s: float = 15) -> None:
    """Return as soon as ``fact()`` holds; TimeoutError when it does not come true."""
    async with asyncio.timeout(timeout_s):
        while True:
            if fact():
                return
            await asyncio.sleep(0.02)
