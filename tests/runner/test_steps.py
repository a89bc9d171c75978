from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from runner.errors import StepFailed
from runner.fingerprints import Stamp
from runner.steps import Step, run_steps


class Workshop:
    """Makes steps that write down when they run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = {"web": "a", "language": "a", "training": "a"}
        self.ran: list[str] = []

    def step(self, name: str, *after: str, run: Callable[[], Awaitable[None]] | None = None) -> Step:
        output = self.folder / name

        async def make() -> None:
            self.ran.append(name)
            output.write_text("made")

        return Step(
            name,
            inputs=lambda: self.inputs[name],
            outputs=(output,),
            stamp=Stamp(self.folder / f"{name}.stamp"),
            run=run or make,
            after=after,
        )


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


async def test_a_step_runs_after_those_it_needs(workshop: Workshop) -> None:
    await run_steps([workshop.step("training", "language"), workshop.step("language")])
    assert workshop.ran == ["language", "training"]


async def test_nothing_runs_again_while_nothing_changed(workshop: Workshop) -> None:
    steps = [workshop.step("language"), workshop.step("training", "language")]
    assert await run_steps(steps) == ["language", "training"]
    assert await run_steps(steps) == []


async def test_only_the_step_whose_inputs_changed_runs_again(workshop: Workshop) -> None:
    steps = [workshop.step("web"), workshop.step("training")]
    await run_steps(steps)
    workshop.inputs["training"] = "b"
    assert await run_steps(steps) == ["training"]


async def test_a_result_that_was_deleted_is_made_again(workshop: Workshop) -> None:
    await run_steps([workshop.step("web")])
    (workshop.folder / "web").unlink()
    assert await run_steps([workshop.step("web")]) == ["web"]


async def test_a_step_that_failed_runs_again_although_its_old_result_is_there(workshop: Workshop) -> None:
    async def fail() -> None:
        raise StepFailed("web", "logs/setup-web.log")

    await run_steps([workshop.step("web")])
    workshop.inputs["web"] = "b"
    with pytest.raises(StepFailed):
        await run_steps([workshop.step("web", run=fail)])
    workshop.inputs["web"] = "a"
    assert await run_steps([workshop.step("web")]) == ["web"]


async def test_a_failure_ends_the_steps_beside_it_and_names_its_log(workshop: Workshop) -> None:
    cancelled = asyncio.Event()

    async def fail() -> None:
        raise StepFailed("web", "logs/setup-web.log")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(StepFailed, match=r"logs/setup-web\.log"):
        await run_steps([workshop.step("training", run=work), workshop.step("web", run=fail)])
    assert cancelled.is_set()


async def test_steps_that_do_not_need_each_other_run_side_by_side(workshop: Workshop) -> None:
    met = asyncio.Barrier(2)

    async def meet() -> None:
        await met.wait()
        for name in ("web", "language"):
            (workshop.folder / name).touch()

    async with asyncio.timeout(5):
        await run_steps([workshop.step("web", run=meet), workshop.step("language", run=meet)])
