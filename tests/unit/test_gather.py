"""What is asked at the same time is done together, and one asker's fate is nobody else's."""

import asyncio
from collections.abc import Sequence

import pytest

from handoff_bridge.storage.gather import Gathered


class Work:
    """Doubles numbers, batch by batch, each when the test opens the gate."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Semaphore(0)

    async def __call__(self, asked: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(asked))
        await self.gate.acquire()
        if -1 in asked:
            raise ValueError("nobody can double this")
        return [2 * each for each in asked]


@pytest.fixture
def work() -> Work:
    return Work()


def asking(gathered: Gathered[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(gathered.ask(number, number)) for number in numbers]


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_alone_waits_for_nobody(work: Work) -> None:
    work.gate.release()
    assert await Gathered(work, at_once=1, most=10).ask(4, 4) == 8
    assert work.batches == [[4]]


async def test_what_is_asked_in_the_meantime_is_one_batch(work: Work) -> None:
    gathered = Gathered(work, at_once=1, most=10)
    first = asking(gathered, 1)
    await settled()
    later = asking(gathered, 2, 3, 4)
    await settled()
    assert work.batches == [[1]]
    work.gate.release()
    work.gate.release()
    assert await asyncio.gather(*first, *later) == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


async def test_a_batch_has_one_for_each_key_and_keeps_the_order(work: Work) -> None:
    gathered = Gathered(work, at_once=1, most=10)
    tasks = [asyncio.create_task(gathered.ask(key, number)) for key, number in (("a", 1), ("b", 2), ("a", 3))]
    for _ in range(2):
        work.gate.release()
    assert await asyncio.gather(*tasks) == [2, 4, 6]
    assert work.batches == [[1, 2], [3]]


async def test_a_key_that_is_under_way_waits_while_others_go_on(work: Work) -> None:
    gathered = Gathered(work, at_once=2, most=10)
    first = asyncio.create_task(gathered.ask("a", 1))
    await settled()
    second = asyncio.create_task(gathered.ask("a", 2))
    other = asyncio.create_task(gathered.ask("b", 3))
    await settled()
    assert work.batches == [[1], [3]]
    for _ in range(3):
        work.gate.release()
    assert list(await asyncio.gather(first, second, other)) == [2, 4, 6]
    assert work.batches == [[1], [3], [2]]


async def test_a_batch_is_bounded_and_as_many_run_as_may(work: Work) -> None:
    gathered = Gathered(work, at_once=2, most=3)
    first = asking(gathered, 1)
    await settled()
    rest = asking(gathered, 2, 3, 4, 5, 6, 7, 8)
    await settled()
    assert work.batches == [[1], [2, 3, 4]]
    for _ in range(4):
        work.gate.release()
    await asyncio.gather(*first, *rest)
    assert [len(batch) for batch in work.batches] == [1, 3, 3, 1]


async def test_an_error_reaches_its_own_batch_only(work: Work) -> None:
    gathered = Gathered(work, at_once=1, most=2)
    spoilt = asking(gathered, -1, 1)
    fine = asking(gathered, 2, 3)
    for _ in range(2):
        work.gate.release()
    results = await asyncio.gather(*spoilt, *fine, return_exceptions=True)
    assert [type(result) for result in results[:2]] == [ValueError, ValueError]
    assert results[2:] == [4, 6]


async def test_who_goes_while_waiting_is_left_out_and_who_goes_later_stops_nobody(work: Work) -> None:
    gathered = Gathered(work, at_once=1, most=10)
    running = asking(gathered, 1, 2)
    await settled()
    waiting = asking(gathered, 3, 4)
    await settled()
    running[0].cancel()
    waiting[0].cancel()
    await settled()
    for _ in range(2):
        work.gate.release()
    assert await running[1] == 4
    assert await waiting[1] == 8
    assert work.batches == [[1, 2], [4]]
