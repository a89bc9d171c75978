"""Runs set-up steps: only those whose inputs changed, each after those it needs, the others side by side."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runner import console
from runner.errors import first_cause
from runner.fingerprints import Stamp


@dataclass(frozen=True)
class Step:
    """One thing to prepare. Its name is the key of its texts."""

    name: str
    #: Fingerprint of everything the result depends on; taken when the steps before are done.
    inputs: Callable[[], str]
    #: What must exist, whatever the stamp says.
    outputs: tuple[Path, ...]
    stamp: Stamp
    run: Callable[[], Awaitable[None]]
    after: tuple[str, ...] = ()

    def is_fresh(self, inputs: str) -> bool:
        """Whether the result was made from these inputs and is still there."""
        return self.stamp.read() == inputs and all(path.exists() for path in self.outputs)


async def run_steps(steps: Sequence[Step]) -> list[str]:
    """Run what is not fresh and return the names of the steps that ran.

    Raises:
        RunnerError: the first step that failed; the others are cancelled and their processes ended.
    """
    finished = {step.name: asyncio.Event() for step in steps}
    ran: list[str] = []

    async def run(step: Step) -> None:
        for name in step.after:
            await finished[name].wait()
        # Reading and hashing files would hold up the processes that run beside.
        inputs = await asyncio.to_thread(step.inputs)
        if not step.is_fresh(inputs):
            await _make(step, inputs)
            ran.append(step.name)
        finished[step.name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(run(step))
    except ExceptionGroup as failures:
        raise first_cause(failures) from None
    return ran


async def _make(step: Step, inputs: str) -> None:
    console.doing(f"step.{step.name}.doing")
    started = time.monotonic()
    step.stamp.remove()
    await step.run()
    step.stamp.write(inputs)
    console.done(f"step.{step.name}.done", time.monotonic() - started)
