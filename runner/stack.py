"""Runs several programs together: starts them side by side, keeps them running, stops them in order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from runner.errors import first_cause
from runner.processes import rotate
from runner.signals import StopRequest
from runner.supervisor import Died, Program, Ready, Supervisor


class Stack:
    """Programs that belong together, given in the order in which they are stopped."""

    def __init__(self, programs: Sequence[Program], report: Callable[[Died | Ready], None]) -> None:
        self._supervisors = [Supervisor(program, report) for program in programs]

    async def run(
        self, stop: StopRequest, *, on_ready: Callable[[], Awaitable[None]], on_stopping: Callable[[], None]
    ) -> None:
        """Run until ``stop`` is asked for; ``on_ready`` is called once, when all of them answer.

        Cancelling ends all processes by force.

        Raises:
            RunnerError: something did not start; nothing is left running.
        """
        # Databases and logs hold what customers wrote: nobody but the owner may read them.
        os.umask(0o077)
        for supervisor in self._supervisors:
            rotate(supervisor.program.log)
        try:
            async with asyncio.TaskGroup() as group:
                for supervisor in self._supervisors:
                    group.create_task(supervisor.run())
                starting = group.create_task(self._start(on_ready))
                await stop.wait()
                on_stopping()
                starting.cancel()
                for supervisor in self._supervisors:
                    await supervisor.stop()
        except ExceptionGroup as failures:
            raise first_cause(failures) from None

    async def _start(self, on_ready: Callable[[], Awaitable[None]]) -> None:
        for supervisor in self._supervisors:
            await supervisor.until_ready()
        await on_ready()
