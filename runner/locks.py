"""Keeps two runners out of each other's way. The system frees the lock when its holder dies, however it dies."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path

_LOOK_AGAIN_S = 0.2


class LockHeld(Exception):
    """Somebody else holds the lock; the text is their process id, or empty."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock file or fail at once.

    Raises:
        LockHeld: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(os.read(descriptor, 32).decode("ascii", "replace").strip()) from None
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            with suppress(OSError):
                os.truncate(descriptor, 0)
    finally:
        os.close(descriptor)


@asynccontextmanager
async def waited_for(path: Path, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Hold the lock file, waiting for another holder; ``on_wait`` is called once if that is needed."""
    told = False
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(path))
                break
            except LockHeld:
                if not told:
                    on_wait()
                    told = True
            await asyncio.sleep(_LOOK_AGAIN_S)
        yield
