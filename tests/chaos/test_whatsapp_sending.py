"""Bridges die while they send; no customer gets anything twice, and nobody's rate, window or limits are broken."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from handoff_bridge.business import load_business_rules
from handoff_bridge.conversations.core import new_id
from handoff_bridge.outbox.decisions import send_again
from handoff_bridge.storage.clock import DatabaseClock
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.outbox_schema import deliveries
from handoff_bridge.storage.schema import messages
from handoff_bridge.storage.store import SqlStore
from handoff_bridge.storage.whatsapp_schema import whatsapp_updates
from tests.chaos.ledger import Ledger
from tests.fakes.graph.faults import Fault
from tests.fakes.graph.server import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, FakeGraph
from tests.support.bridge import BUSINESS_FILE
from tests.support.bridge_process import BridgeProcess
from tests.support.databases import fresh_postgres_database
from tests.support.postgres import PostgresServer
from tests.support.rasa import ScriptedRasa
from tests.support.scale import Scale
from tests.support.whatsapp_phone import NUMBER_ID, Phone, fake_graph, with_whatsapp

DRAIN_S = 240.0
#: Short, so that a killed bridge's turns are taken over while the run still lasts.
BOT_SETTINGS = {"HANDSCHLAG_BOT_TIMEOUT_S": "2", "HANDSCHLAG_BOT_GIVE_UP_AFTER_S": "120"}
#: Well below what a customer may be sent at once: the disclosure comes beside the answers.
MOST_ANSWERS = 30


@asynccontextmanager
async def two_bridges(
    postgres: PostgresServer, folder: Path, seed: int
) -> AsyncIterator[tuple[list[BridgeProcess], FakeGraph, str]]:
    """Two bridges, a bot that repeats what it hears, and a Graph API that is slow and has its moods."""
    known = with_whatsapp(load_business_rules(BUSINESS_FILE))
    dumped = yaml.safe_load(BUSINESS_FILE.read_text(encoding="utf-8"))
    dumped["whatsapp"]["numbers"] = json.loads(known.model_dump_json())["whatsapp"]["numbers"]
    rules = folder / "business.yml"
    rules.write_text(yaml.safe_dump(dumped, allow_unicode=True), encoding="utf-8")
    rasa, graph = ScriptedRasa(), fake_graph(known, seed)
    await rasa.start()
    await graph.start()
    graph.slow_s = 0.15
    manners = graph.webhooks.manners
    manners.repeated, manners.shuffled_s, manners.batch = 0.2, 0.3, 5
    settings = {
        "HANDSCHLAG_BUSINESS_FILE": str(rules),
        "HANDSCHLAG_WHATSAPP_APP_SECRET": APP_SECRET,
        "HANDSCHLAG_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
        "HANDSCHLAG_WHATSAPP_ACCESS_TOKEN": ACCESS_TOKEN,
        "HANDSCHLAG_WHATSAPP_GRAPH_URL": graph.url,
        **BOT_SETTINGS,
    }
    async with fresh_postgres_database(postgres.url) as url:
        bridges = [BridgeProcess(f"sender-{number}", url, rasa.url, folder, **settings) for number in (1, 2)]
        graph.webhooks.urls = [f"{bridge.url}webhooks/whatsapp" for bridge in bridges]
        try:
            await asyncio.gather(*(bridge.start() for bridge in bridges))
            yield bridges, graph, url
        finally:
            await graph.webhooks.close()
            for bridge in bridges:
                await bridge.kill()
            await rasa.stop()
            await graph.stop()


async def kill_while_sending(
    bridges: Sequence[BridgeProcess], graph: FakeGraph, times: int, rng: random.Random, ledger: Ledger
) -> None:
    """``kill -9`` a bridge while a message is on its way, and start it again."""
    for _ in range(times):
        await asyncio.sleep(rng.uniform(0, 0.4))
        while not graph.in_flight:  # noqa: ASYNC110  the moment that is wanted
            await asyncio.sleep(0.005)
        await asyncio.sleep(rng.uniform(0, 0.1))
        victim = rng.choice(bridges)
        ledger.counts["messages on their way at a kill"] += graph.in_flight
        await victim.kill()
        ledger.counts["bridges killed"] += 1
        await victim.start()


async def chat(phone: Phone, name: str, killed: asyncio.Event, rng: random.Random) -> None:
    """Write again and again until the killing is over, as much as may be answered."""
    for number in range(MOST_ANSWERS):
        phone.write(f"{name} schreibt {number}")
        await asyncio.sleep(rng.uniform(0.1, 0.6) if number < 6 else rng.uniform(1, 4))
        if killed.is_set() and number > 3:
            return


async def all_deliveries(database: Database) -> list[Any]:
    async with database.read() as connection:
        return list((await connection.execute(select(deliveries))).all())


async def settled(database: Database, graph: FakeGraph) -> list[Any]:
    """Every delivery, once nothing is planned or on its way, every update is taken and every entry planned."""
    async with asyncio.timeout(DRAIN_S):
        while True:
            async with SqlStore(database).read() as tx:
                unplanned = await tx.deliveries.unplanned(1)
                figures = await tx.desk_views.figures()
            async with database.read() as connection:
                new = select(whatsapp_updates.c.id).where(whatsapp_updates.c.status == "new").limit(1)
                unread = (await connection.execute(new)).first()
            rows = await all_deliveries(database)
            open_ = [row for row in rows if row.status in ("planned", "sending")]
            if (
                unread is None
                and not unplanned
                and not open_
                and not graph.webhooks.under_way
                and not figures.turns_open
            ):
                return rows
            await asyncio.sleep(0.3)


async def test_nothing_is_sent_twice_or_against_the_rules_though_bridges_are_killed_while_sending(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Callable[[str], None]
) -> None:
    rng, ledger = scale.random("whatsapp sending"), Ledger()
    kills, people = (20, 12) if scale.full else (4, 6)
    async with two_bridges(postgres, tmp_path, rng.randrange(10**6)) as (bridges, graph, url):
        database = Database(url)
        graph.faults.by_chance(0.05, Fault("error", 131000))
        graph.faults.by_chance(0.03, Fault("lose"))
        graph.faults.by_chance(0.03, Fault("drop"))
        graph.faults.by_chance(0.02, Fault("gateway"))
        phones = [
            Phone(graph.lines[NUMBER_ID], graph.people.add(f"Person {number}", f"4915190000{number:03}"))
            for number in range(people)
        ]
        killed = asyncio.Event()
        chats = [
            asyncio.create_task(chat(phone, phone.person.name, killed, scale.random(phone.person.name)))
            for phone in phones
        ]
        await kill_while_sending(bridges, graph, kills, rng, ledger)
        killed.set()
        await asyncio.gather(*chats)
        rows = await settled(database, graph)
        arrived = {entry.callback for entry in graph.ledger.accepted}
        assert {row.status for row in rows} <= {"sent", "indeterminate"}
        # What arrived is known to have arrived, also where the answer went down with a bridge.
        assert {row.id for row in rows if row.status == "sent"} == arrived
        lost = [row.id for row in rows if row.status == "indeterminate"]

        # Whatever nobody knows of, somebody sends again: then everything has been said, and once.
        graph.faults.clear()
        clock = DatabaseClock(database)
        await clock.set()
        async with SqlStore(database).write() as tx:
            for delivery_id in lost:
                await send_again(tx, delivery_id, new_id(), clock.now())
        await settled(database, graph)
        async with database.read() as connection:
            said = select(messages.c.text).where(messages.c.sender != "customer")
            log = Counter((await connection.execute(said)).scalars())
        await database.close()
        failures = [line for bridge in bridges for line in bridge.failures()]
    told(f"WhatsApp, sending: {len(graph.ledger.accepted)} messages to {people} people, {kills} kills with "
         f"{ledger.counts['messages on their way at a kill']} on their way, {len(lost)} left open and sent again; "
         f"answers: {dict(graph.ledger.refused)}")  # fmt: skip
    assert graph.ledger.breaches == []
    received = Counter(text for phone in phones for text in phone.texts)
    assert received == log
    for phone in phones:
        assert max(Counter(phone.texts).values()) == 1
    assert failures == []
