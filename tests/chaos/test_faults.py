"""Parts break while people talk; what was acknowledged stays, and everybody gets an answer or a person."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.faults import kill_bridges, restart_postgres
from tests.chaos.ledger import Ledger
from tests.chaos.moods import CALM, STORMY
from tests.chaos.scene import Crowd, Scene, two_bridges
from tests.support.faketime import shifted_by
from tests.support.postgres import PostgresServer
from tests.support.scale import Scale

CROWD = Crowd(visitors=5, pause_s=0.12)
Told = Callable[[str], None]


def held(scene: Scene, told: Told, what: str) -> None:
    told(f"{what}: {scene.summary(CROWD)}")
    assert scene.ledger.problems == []


async def test_bridges_killed_at_random_moments_lose_and_double_nothing(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Told
) -> None:
    kills = 50 if scale.full else 3
    async with two_bridges(scale, postgres, tmp_path, STORMY if scale.full else CALM) as scene:

        async def kill(ledger: Ledger) -> None:
            await kill_bridges(list(scene.bridges), kills, scale.random("kills"), ledger)

        await scene.play(CROWD, kill)
        held(scene, told, "kill -9")
        assert scene.ledger.counts["bridges killed"] == kills


async def test_a_database_restarted_under_load_loses_and_doubles_nothing(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Told
) -> None:
    restarts = 10 if scale.full else 2
    async with two_bridges(scale, postgres, tmp_path) as scene:

        async def restart(ledger: Ledger) -> None:
            await restart_postgres(postgres, restarts, scale.random("restarts"), ledger)

        await scene.play(CROWD, restart)
        held(scene, told, "database restarted")
        assert all(not bridge.has_ended for bridge in scene.bridges)


@pytest.mark.parametrize("apart_h", [1, -1])
async def test_bridges_whose_clocks_are_an_hour_apart_are_one_service(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Told, apart_h: int
) -> None:
    settings: tuple[dict[str, str], ...] = ({}, shifted_by(hours=apart_h))
    async with two_bridges(scale, postgres, tmp_path, STORMY, settings) as scene:

        async def talk(ledger: Ledger) -> None:
            await asyncio.sleep(30 if scale.full else 4)
            # The one with the right clock dies with turns in its hands: the other must see when their time is over.
            await kill_bridges([scene.bridges[0]], 1, scale.random("kill"), ledger)

        await scene.play(CROWD, talk)
        held(scene, told, f"clocks {apart_h} h apart")
