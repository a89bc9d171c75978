"""Two bridges on one PostgreSQL are one service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.realtime import postgres
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.databases import fresh_postgres_database
from tests.support.people import PATIENCE_S, AgentAtDesk, Customer
from tests.support.rasa import Gate, Json, ScriptedRasa, says


@pytest.fixture
async def database(postgres_server: str) -> AsyncIterator[str]:
    async with fresh_postgres_database(postgres_server) as url:
        yield url


@pytest.fixture
async def bridges(
    database: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[tuple[Bridge, Bridge]]:
    settings = bridge_settings(database, rasa.url, tmp_path)
    async with AsyncExitStack() as stack:
        # Both at once: the migration must survive it.
        started = await asyncio.gather(
            *(stack.enter_async_context(running_bridge(settings, rasa, rules)) for _ in range(2))
        )
        yield started[0], started[1]


def moved(customer: Customer, to: Bridge) -> Customer:
    """The same customer, now talking to the other bridge."""
    other = Customer(to.session, to.url)
    other.id, other.token = customer.id, customer.token
    return other


async def test_what_is_written_at_one_bridge_is_seen_at_the_other(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    customer = await one.customer()
    elsewhere = moved(customer, two)
    async with elsewhere.events() as events:
        await events.until("conversation")
        await customer.write("Hallo")
        await events.until("message", lambda m: m["text"] == "Hallo")
        await events.until("message", lambda m: m["sender"] == "bot")


async def test_the_loop_runs_across_two_bridges(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    customer, agent = await one.customer(), await two.agent()
    async with customer.events() as at_home, agent.events() as at_desk:
        await at_desk.until("snapshot")
        await customer.ask_for_person()
        waiting = await at_desk.until("conversation", lambda c: c["conversation"]["state"] == "waiting")
        await agent.claim(customer.id, waiting["conversation"]["epoch"])
        await at_home.until("message", lambda m: m.get("notice", {}).get("type") == "human_joined")
        await agent.write(customer.id, "Guten Tag")
        await at_home.until("message", lambda m: m["text"] == "Guten Tag")
        await customer.write("Hallo")
        await at_desk.until("message", lambda m: m["text"] == "Hallo")


async def test_a_turn_runs_once_although_both_bridges_look_for_it(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    customers = [await bridge.customer() for bridge in (one, two) for _ in range(5)]
    for round_ in range(4):
        await asyncio.gather(*(customer.write(f"Frage {round_}") for customer in customers))
    await asyncio.gather(*(customer.wait_for_text("bot", "Frage 3") for customer in customers))
    assert len(one.rasa.bodies) == len({body["message_id"] for body in one.rasa.bodies}) == 40


async def test_claims_at_two_bridges_have_one_winner(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    kim, ali = await one.agent("Kim Weber"), await two.agent("Ali Kaya")
    for _ in range(10):
        customer = await one.customer()
        epoch = (await customer.ask_for_person())["epoch"]
        results = await asyncio.gather(
            kim.claim(customer.id, epoch), ali.claim(customer.id, epoch), return_exceptions=True
        )
        assert sum(isinstance(result, dict) for result in results) == 1
        assert (await customer.notices()).count("human_joined") == 1


async def test_an_agent_at_one_bridge_counts_for_customers_at_the_other(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    agent, customer = await two.agent(), await one.customer()
    await customer.ask_for_person()
    async with customer.events() as events:
        await events.until("conversation", lambda c: "estimated_wait_s" not in c["handoff"])
        async with agent.events() as desk:
            await desk.until("snapshot")
            await events.until("conversation", lambda c: c["handoff"].get("estimated_wait_s") == 0)


async def test_a_dead_bridges_turn_is_taken_over_when_its_lease_ends(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    gate = Gate(says("nie"))
    one.rasa.script = gate
    customer = await one.customer()
    await customer.write("Hallo?")
    await gate.reached.wait()
    # While the lease lasts, nobody else gets the turn.
    clock = one.server.app[keys.clock]
    async with one.server.app[keys.store].write() as tx:
        assert await tx.turns.claim("dead", timedelta(seconds=60), 8, clock.now()) == []
    # When it is over, somebody takes it and dies, too: the lease ends at once.
    ahead = timedelta(minutes=5)
    async with one.server.app[keys.store].write() as tx:
        (taken,) = await tx.turns.claim("dead", -ahead, 8, clock.now() + ahead)
    assert taken.attempts == 2

    async def answer(_body: Json) -> Json:
        return says("Übernommen.")

    one.rasa.script = answer
    log = await moved(customer, two).wait_for_text("bot", "Übernommen.")
    gate.opened.set()
    assert [message["text"] for message in log if message["sender"] == "bot"] == ["Übernommen."]


async def test_a_missed_wake_up_is_repaired_by_the_sweep(
    bridges: tuple[Bridge, Bridge], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bridges
    customer = await one.customer()
    async with moved(customer, two).events() as events:
        await events.until("conversation")
        monkeypatch.setattr(postgres, "_payloads", lambda _origin, _items: [])
        await customer.write("Hallo")
        signals = two.server.app[keys.signals]
        assert isinstance(signals, postgres.PostgresSignals)
        await signals.sweep()
        await events.until("message", lambda m: m["text"] == "Hallo")


async def test_wake_ups_come_back_after_the_database_cut_every_connection(
    bridges: tuple[Bridge, Bridge], database: str
) -> None:
    one, two = bridges
    customer = await one.customer()
    async with moved(customer, two).events() as events:
        await events.until("conversation")
        connection = await asyncpg.connect(database.replace("+asyncpg", ""))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()
        await customer.write("Noch da?")
        await events.until("message", lambda m: m["text"] == "Noch da?")


async def test_wake_ups_outlive_an_error_that_nobody_has_foreseen(
    bridges: tuple[Bridge, Bridge], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bridges
    customer = await one.customer()
    sweep, failed = postgres.PostgresSignals.sweep, asyncio.Event()

    async def fail_once(self: postgres.PostgresSignals) -> None:
        if not failed.is_set():
            failed.set()
            raise asyncpg.InternalClientError("got result for unknown protocol state")
        await sweep(self)

    async with moved(customer, two).events() as events:
        await events.until("conversation")
        monkeypatch.setattr(postgres.PostgresSignals, "sweep", fail_once)
        connection = await asyncpg.connect(database.replace("+asyncpg", ""))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.close()
        await asyncio.wait_for(failed.wait(), PATIENCE_S)
        await customer.write("Noch da?")
        await events.until("message", lambda m: m["text"] == "Noch da?")


async def test_a_bridge_whose_machine_clock_is_wrong_uses_the_databases(
    database: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = bridge_settings(database, rasa.url, tmp_path)
    async with running_bridge(settings, rasa, rules) as one:
        with monkeypatch.context() as patched:
            # The machine's clock is asked for a first guess only.
            real = one.server.app[keys.clock].now()
            wrong = type("Wrong", (), {"now": staticmethod(lambda _zone: real - timedelta(hours=1))})
            patched.setattr("handoff_bridge.storage.clock.datetime", wrong)
            async with running_bridge(settings, rasa, rules) as two:
                apart = two.server.app[keys.clock].now() - one.server.app[keys.clock].now()
    assert abs(apart.total_seconds()) < 1


async def test_clients_of_a_bridge_that_stops_go_on_at_the_other_without_a_gap(
    database: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(database, rasa.url, tmp_path)
    async with running_bridge(settings, rasa, rules) as two:
        async with running_bridge(settings, rasa, rules) as one:
            customer, agent = await one.customer(), await two.agent()
            await customer.ask_for_person()
            await agent.claim(customer.id)
            async with customer.events() as events:
                seen = await events.until("message", lambda m: m.get("notice", {}).get("type") == "human_joined")
                one.server.app[keys.hub].close()
                with pytest.raises(ConnectionError):
                    await events.until("message", lambda m: m["seq"] > 100)
        await agent.write(customer.id, "Noch da?")
        async with moved(customer, two).events(headers={"Last-Event-ID": str(seen["seq"])}) as events:
            following = await events.until("message")
            assert (following["seq"], following["text"]) == (seen["seq"] + 1, "Noch da?")


async def test_an_agent_keeps_the_session_at_the_other_bridge(bridges: tuple[Bridge, Bridge]) -> None:
    one, two = bridges
    agent = await one.agent()
    elsewhere = AgentAtDesk(two.session, two.url)
    elsewhere.__dict__.update({"_cookie": agent.__dict__["_cookie"], "_csrf": agent.__dict__["_csrf"]})
    assert (await elsewhere.call("GET", "/session"))["agent"] == agent.agent
