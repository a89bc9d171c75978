"""Many people at two bridges at once: no order of what they do breaks a promise."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.chaos.ledger import Ledger
from tests.chaos.moods import CALM, STORMY
from tests.chaos.scene import Crowd, two_bridges
from tests.support.postgres import PostgresServer
from tests.support.scale import Scale


async def test_nothing_is_lost_doubled_or_talked_over_at_two_bridges(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Callable[[str], None]
) -> None:
    wanted = 10_000 if scale.full else 400
    crowd = Crowd(visitors=6, pause_s=0.08)

    async def enough(ledger: Ledger) -> None:
        async with asyncio.timeout(900):
            while True:
                await asyncio.sleep(0.1)
                if ledger.operations >= wanted:
                    return

    async with two_bridges(scale, postgres, tmp_path, CALM) as scene:
        await scene.play(crowd, enough)
        told(f"two bridges: {scene.summary(crowd)}")
        assert scene.ledger.problems == []
        assert [line for bridge in scene.bridges for line in bridge.failures()] == []
        assert scene.ledger.counts["changes of owner"] > 0


async def test_a_bot_that_hangs_fails_lies_and_answers_twice_leaves_nobody_without_an_answer(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Callable[[str], None]
) -> None:
    crowd = Crowd(visitors=6, pause_s=0.15)

    async def for_a_while(_ledger: Ledger) -> None:
        await asyncio.sleep(90 if scale.full else 8)

    async with two_bridges(scale, postgres, tmp_path, STORMY) as scene:
        await scene.play(crowd, for_a_while)
        told(f"a bot with moods: {scene.summary(crowd)}")
        assert scene.ledger.problems == []
        assert len(set(STORMY) & set(scene.rasa.met)) == len(STORMY) or not scale.full
