"""What can break while people talk: bridges are killed, the database is restarted."""

import asyncio
import random

from tests.chaos.ledger import Ledger
from tests.support.bridge_process import BridgeProcess
from tests.support.postgres import PostgresServer


async def kill_bridges(bridges: list[BridgeProcess], times: int, rng: random.Random, ledger: Ledger) -> None:
    """``kill -9`` one of the bridges at a random moment and start it again, so many times."""
    for _ in range(times):
        await asyncio.sleep(rng.uniform(0.1, 1.5))
        victim = rng.choice(bridges)
        await victim.kill()
        ledger.counts["bridges killed"] += 1
        await asyncio.sleep(rng.uniform(0, 0.5))
        await victim.start()
    await asyncio.sleep(1)


async def restart_postgres(server: PostgresServer, times: int, rng: random.Random, ledger: Ledger) -> None:
    """Crash the server or stop it in order, and start it again after a moment, so many times."""
    for number in range(times):
        await asyncio.sleep(rng.uniform(1.0, 4.0))
        await asyncio.to_thread(server.stop, "immediate" if number % 2 == 0 else "fast")
        ledger.counts["restarts of the database"] += 1
        await asyncio.sleep(rng.uniform(0, 1.5))
        await asyncio.to_thread(server.start)
    await asyncio.sleep(2)
