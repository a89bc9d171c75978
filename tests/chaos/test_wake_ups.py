"""Wake-ups between bridges outlive whatever happens to the database."""

import asyncio
import itertools
from pathlib import Path

import pytest

from handoff_bridge.business import load_business_rules
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http import keys
from handoff_bridge.realtime import postgres as realtime
from tests.support.bridge import BUSINESS_FILE, bridge_settings, running_bridge
from tests.support.databases import fresh_postgres_database
from tests.support.people import PATIENCE_S
from tests.support.postgres import PostgresServer
from tests.support.rasa import ScriptedRasa


async def test_wake_ups_go_on_after_a_sweep_that_found_the_database_away(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps = 0
    sweep = realtime.PostgresSignals.sweep

    async def sweep_in_bad_times(self: realtime.PostgresSignals) -> None:
        nonlocal sweeps
        sweeps += 1
        if sweeps in (1, 4):
            raise StoreUnavailable
        await sweep(self)

    monkeypatch.setattr(realtime.PostgresSignals, "sweep", sweep_in_bad_times)
    monkeypatch.setattr(realtime, "SWEEP_S", 0.05)
    rasa, rules = ScriptedRasa(), load_business_rules(BUSINESS_FILE)
    await rasa.start()
    async with fresh_postgres_database(postgres.url) as url:
        settings = bridge_settings(url, rasa.url, tmp_path)
        async with running_bridge(settings, rasa, rules) as one, running_bridge(settings, rasa, rules) as two:
            customer = await one.customer()
            elsewhere = customer.at(two.url)
            async with elsewhere.events() as events, asyncio.timeout(PATIENCE_S):
                for number in itertools.count():
                    await customer.write(f"Frage {number}")
                    await events.until("message", lambda m, n=number: m["text"] == f"Frage {n}")  # type: ignore[misc]
                    # Both bad times are over, and messages have arrived since.
                    if sweeps > 5 and number > 5:
                        break
            assert not two.server.app[keys.hub].closing
    await rasa.stop()
