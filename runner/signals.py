"""Turns the signals that end a run into one orderly stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """The person asked to stop before the work was done."""


#: One wish to stop often comes as several signals: ``make`` passes on what its whole process group got already.
_SAME_WISH_S = 1.0


class StopRequest:
    """Set by the first signal; a later one, from somebody who cannot wait, cancels the run: all is ended by force."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self._asked_at = 0.0

    def listen(self) -> None:
        """Take over the signals for the current task.

        A runner in the background of a shell is started with SIGINT ignored; a handler of our own takes it back.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("listen() belongs into a task")
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._on_signal, task)

    def ask(self) -> None:
        """Ask to stop, as a signal would."""
        self._asked.set()

    async def wait(self) -> None:
        """Return when somebody asked to stop."""
        await self._asked.wait()

    async def interrupt(self, work: Coroutine[object, object, T]) -> T:
        """Do the work, unless somebody asks to stop.

        Raises:
            Stopped: the work was cancelled on request.
        """
        working = asyncio.ensure_future(work)
        waiting = asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            raise Stopped
        finally:
            waiting.cancel()
            if not working.done():
                working.cancel()
                await asyncio.wait({working})

    def _on_signal(self, task: asyncio.Task[object]) -> None:
        now = asyncio.get_running_loop().time()
        if not self._asked.is_set():
            self._asked_at = now
            self._asked.set()
        elif now - self._asked_at > _SAME_WISH_S:
            task.cancel()
