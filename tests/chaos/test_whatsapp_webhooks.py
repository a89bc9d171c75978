"""Webhooks as Meta sends them in bad times: repeated, shuffled, in batches, to bridges that are killed."""

import asyncio
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientError, ClientSession, ClientTimeout
from sqlalchemy import select

from handoff_bridge.business import load_business_rules
from handoff_bridge.channels.whatsapp.signature import signature_of
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.outbox_schema import delivery_statuses
from handoff_bridge.storage.schema import messages
from handoff_bridge.storage.whatsapp_schema import whatsapp_updates
from tests.chaos.faults import kill_bridges
from tests.chaos.ledger import Ledger
from tests.fakes.graph.server import FakeGraph
from tests.support.bridge import BUSINESS_FILE
from tests.support.bridge_process import BridgeProcess
from tests.support.databases import fresh_postgres_database
from tests.support.postgres import PostgresServer
from tests.support.rasa import ScriptedRasa
from tests.support.scale import Scale
from tests.support.whatsapp import (
    APP_SECRET,
    NUMBER,
    OTHER_NUMBER,
    Someone,
    body_of,
    escaped,
    statuses,
    text,
    with_numbers,
)

Json = dict[str, Any]
SENDERS = 12
KILLS = 5
REPEATED = 0.3
STATUSES = ("sent", "delivered", "read")
#: An update may be under way for so long when an earlier one comes; only then it stands before it.
UNDER_WAY_S = 5.0
DRAIN_S = 300.0


class Post:
    """Everything that is to be told, each with its key: a message's id, or (id, status)."""

    def __init__(self, rng: random.Random, bodies: int) -> None:
        self._rng = rng
        self.messages: dict[str, tuple[str, int]] = {}
        self.statuses: set[tuple[str, str]] = set()
        people = [Someone(f"4915190{number:06}", f"DE.{number:08}") for number in range(max(8, bodies // 40))]
        sizes = [self._size() for _ in range(bodies)]
        fresh = round(sum(sizes) / (1 + REPEATED))
        values = [self._value(people, place) for place in range(fresh)]
        values += rng.choices(values, k=sum(sizes) - fresh)
        rng.shuffle(values)
        self.bodies = [escaped(body_of(*(values.pop() for _ in range(size)))) for size in sizes]

    def _size(self) -> int:
        """Mostly one or a few, now and then up to a thousand."""
        return self._rng.choices((1, self._rng.randint(2, 5), self._rng.randint(6, 1000)), (90, 9.8, 0.2))[0]

    def _value(self, people: list[Someone], place: int) -> Json:
        sent_s = int(time.time()) - 3600 + place // 20
        if self._rng.random() < 0.4:
            wamid, status = f"wamid.OUT{place // 3}", self._rng.choice(STATUSES)
            self.statuses.add((wamid, status))
            return statuses({"id": wamid, "status": status, "timestamp": str(sent_s), "recipient_id": "4915190"})
        someone = self._rng.choice(people)
        said = text(f"Nachricht {place}", id=f"wamid.IN{place}", timestamp=str(sent_s))
        self.messages[said["id"]] = (str(someone.user_id), sent_s)
        return someone.value(said, number=NUMBER if int(str(someone.phone)) % 2 else OTHER_NUMBER)


async def deliver(bodies: list[bytes], urls: list[str], rng: random.Random, ledger: Ledger) -> None:
    """Post every body until it is taken, many at a time, as Meta does."""
    waiting = list(bodies)

    async def sender(session: ClientSession) -> None:
        while waiting:
            raw = waiting.pop()
            headers = {"X-Hub-Signature-256": signature_of(APP_SECRET, raw), "Content-Type": "application/json"}
            while True:
                try:
                    url = f"{rng.choice(urls)}webhooks/whatsapp"
                    async with session.post(url, data=raw, headers=headers) as response:
                        await response.read()
                        ledger.counts[f"answered with {response.status}"] += 1
                        if response.status == 200:
                            break
                except (ClientError, OSError, TimeoutError):
                    ledger.counts["not answered"] += 1
                await asyncio.sleep(rng.uniform(0.05, 0.4))

    async with ClientSession(timeout=ClientTimeout(total=30)) as session:
        await asyncio.gather(*(sender(session) for _ in range(SENDERS)))


@asynccontextmanager
async def two_bridges(postgres: PostgresServer, folder: Path) -> AsyncIterator[tuple[list[BridgeProcess], Database]]:
    """Two bridges with two numbers, a bot that answers, and a Graph API that they can reach."""
    rules = folder / "business.yml"
    dumped = json.loads(with_numbers(load_business_rules(BUSINESS_FILE)).model_dump_json())
    dumped["opening_hours"]["weekly"] = yaml.safe_load(BUSINESS_FILE.read_text())["opening_hours"]["weekly"]
    rules.write_text(yaml.safe_dump(dumped, allow_unicode=True))
    rasa, graph = ScriptedRasa(), FakeGraph(app_secret=APP_SECRET)
    await rasa.start()
    await graph.start()
    settings = {
        "HANDSCHLAG_BUSINESS_FILE": str(rules),
        "HANDSCHLAG_WHATSAPP_APP_SECRET": APP_SECRET,
        "HANDSCHLAG_WHATSAPP_VERIFY_TOKEN": "verify-token",
        "HANDSCHLAG_WHATSAPP_ACCESS_TOKEN": graph.access_token,
        "HANDSCHLAG_WHATSAPP_GRAPH_URL": graph.url,
    }
    async with fresh_postgres_database(postgres.url) as url:
        bridges = [BridgeProcess(f"whatsapp-{number}", url, rasa.url, folder, **settings) for number in (1, 2)]
        database = Database(url)
        try:
            await asyncio.gather(*(bridge.start() for bridge in bridges))
            yield bridges, database
        finally:
            for bridge in bridges:
                await bridge.kill()
            await database.close()
            await rasa.stop()
            await graph.stop()


async def worked_off(database: Database) -> list[Any]:
    """The inbox, once nothing in it is new."""
    query = select(whatsapp_updates)
    async with asyncio.timeout(DRAIN_S):
        while True:
            async with database.read() as connection:
                left = await connection.execute(query.where(whatsapp_updates.c.status == "new").limit(1))
                if left.first() is None:
                    return list((await connection.execute(query)).all())
            await asyncio.sleep(0.5)


def out_of_order(log: list[Any], updates: dict[str, Any], post: Post) -> list[str]:
    """Messages that stand after later ones of the same person, though they were there when those were worked off."""
    by_conversation: dict[str, list[Any]] = defaultdict(list)
    for entry in log:
        by_conversation[entry.conversation_id].append(entry)
    wrong = []
    for entries in by_conversation.values():
        for before, after in itertools.pairwise(entries):
            sent_before, sent_after = (post.messages[each.client_message_id][1] for each in (before, after))
            early = (updates[before.id].done_at - updates[after.id].received_at).total_seconds()
            if sent_before > sent_after and early > UNDER_WAY_S:
                wrong.append(f"{after.client_message_id} had waited {early:.1f} s")
    return wrong


async def test_every_webhook_is_taken_once_and_in_order_though_bridges_are_killed(
    scale: Scale, postgres: PostgresServer, tmp_path: Path, told: Callable[[str], None]
) -> None:
    rng = scale.random("whatsapp webhooks")
    post, ledger = Post(rng, 10_000 if scale.full else 400), Ledger()
    async with two_bridges(postgres, tmp_path) as (bridges, database):
        begun = time.monotonic()
        kills = asyncio.create_task(kill_bridges(bridges, KILLS if scale.full else 2, rng, ledger))
        await deliver(post.bodies, [bridge.url for bridge in bridges], rng, ledger)
        await kills
        inbox = await worked_off(database)
        took_s = time.monotonic() - begun
        async with database.read() as connection:
            query = (
                select(messages)
                .where(messages.c.sender == "customer")
                .order_by(messages.c.conversation_id, messages.c.seq)
            )
            log = list((await connection.execute(query)).all())
            kept = [(row.external_id, row.status) for row in await connection.execute(select(delivery_statuses))]
        failures = [line for bridge in bridges for line in bridge.failures()]
    counts = ", ".join(f"{count} {what}" for what, count in sorted(ledger.counts.items()))
    told(f"WhatsApp: {len(post.bodies)} webhooks with {len(post.messages)} messages and {len(post.statuses)} statuses, "
         f"taken and worked off in {took_s:.0f} s; {counts}")  # fmt: skip
    assert Counter(row.status for row in inbox) == {"done": len(post.messages) + len(post.statuses)}
    assert Counter(entry.client_message_id for entry in log) == Counter(post.messages.keys())
    people = defaultdict(set)
    for entry in log:
        people[entry.conversation_id].add(post.messages[entry.client_message_id][0])
    assert all(len(of) == 1 for of in people.values())
    assert len(people) == len({person for person, _ in post.messages.values()})
    assert Counter(kept) == Counter(post.statuses)
    assert out_of_order(log, {row.message_id: row for row in inbox if row.message_id}, post) == []
    assert failures == []
