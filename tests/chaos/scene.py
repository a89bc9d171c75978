"""Two bridges on one PostgreSQL, a bot with moods behind, customers and agents in front, and a trial of it all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar

from handoff_bridge.conversations.core import SystemClock, new_id
from handoff_bridge.conversations.model import Agent
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.store import SqlStore
from tests.chaos.audit import Audit
from tests.chaos.clerk import Clerk
from tests.chaos.crossing import Crossing
from tests.chaos.ledger import Ledger
from tests.chaos.moods import CALM, MoodyRasa
from tests.chaos.visitor import Visitor
from tests.support.bridge import PASSWORD, PASSWORD_HASH
from tests.support.bridge_process import BridgeProcess
from tests.support.databases import fresh_postgres_database
from tests.support.people import AgentAtDesk
from tests.support.postgres import PostgresServer
from tests.support.rasa import ScriptedRasa
from tests.support.scale import Scale

#: Short, so that a killed bridge's turns are taken over while the run still lasts.
BOT_SETTINGS = {"HANDSCHLAG_BOT_TIMEOUT_S": "1", "HANDSCHLAG_BOT_GIVE_UP_AFTER_S": "5"}
NAMES = ("Kim Weber", "Ali Kaya", "Eva Roth")


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many there are and how long each rests between two things, on average. A visitor acts in two windows."""

    visitors: int = 5
    clerks: int = 3
    pause_s: float = 0.15

    @property
    def actors(self) -> int:
        return self.visitors * 2 + self.clerks


@dataclass(slots=True)
class Scene:
    """Everything of one run."""

    scale: Scale
    postgres: PostgresServer
    bridges: Sequence[BridgeProcess]
    rasa: MoodyRasa
    audit: Audit
    session: ClientSession
    ledger: Ledger = field(default_factory=Ledger)

    async def play(self, crowd: Crowd, until: Callable[[Ledger], Coroutine[None, None, None]]) -> None:
        """Let everybody live until ``until`` returns; then drain, look at everything, and see it on the streams."""
        visitors = [self._visitor(number) for number in range(crowd.visitors)]
        clerks = [await self._clerk(name) for name in NAMES[: crowd.clerks]]
        for clerk in clerks:
            clerk.colleagues = [other.id for other in clerks]
        lives = [visitor.run(crowd.pause_s) for visitor in visitors]
        # An agent takes more time than a customer, or no bot would ever be asked.
        lives += [clerk.run(crowd.pause_s * 3) for clerk in clerks]
        lives += [clerk.stay_at_desk() for clerk in clerks]
        tasks = [asyncio.create_task(life) for life in lives]
        end = asyncio.create_task(until(self.ledger))
        try:
            done, _ = await asyncio.wait([end, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            assert end.done(), "somebody's life ended before the run did"
        finally:
            for task in (end, *tasks):
                task.cancel()
            await asyncio.gather(end, *tasks, return_exceptions=True)
        await self.audit.drained()
        await asyncio.gather(*(visitor.catch_up() for visitor in visitors))
        await self.audit.check()

    def summary(self, crowd: Crowd) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.ledger.counts.items()))
        moods = ", ".join(f"{count} {name}" for name, count in sorted(self.rasa.met.items()))
        many = self.ledger.operations * crowd.actors
        return f"{crowd.actors} actors at once, {many} interleavings; {counts}; the bot was: {moods}"

    def _visitor(self, number: int) -> Visitor:
        rng = self.scale.random(f"visitor {number}")
        return Visitor(self.session, self._crossing(f"visitor {number}"), self.ledger, rng)

    async def _clerk(self, name: str) -> Clerk:
        email = f"{name.split()[0].lower()}@example.com"
        agent = AgentAtDesk(self.session, self.bridges[0].url)
        await agent.sign_in(email, PASSWORD)
        return Clerk(agent, self._crossing(name), self.ledger, self.scale.random(name))

    def _crossing(self, who: str) -> Crossing:
        return Crossing([bridge.url for bridge in self.bridges], self.ledger, self.scale.random(f"way of {who}"))


@asynccontextmanager
async def two_bridges(
    scale: Scale,
    postgres: PostgresServer,
    folder: Path,
    moods: Mapping[str, int] = CALM,
    settings: Sequence[Mapping[str, str]] = ({}, {}),
) -> AsyncIterator[Scene]:
    """Start everything on a fresh database; ``settings`` are each bridge's own environment variables."""
    scripted, moody = ScriptedRasa(), MoodyRasa(scale.random("rasa"), moods)
    scripted.script = moody
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(fresh_postgres_database(postgres.url))
        await scripted.start()
        stack.push_async_callback(scripted.stop)
        bridges = [
            BridgeProcess(f"bridge-{number}", database, scripted.url, folder, **BOT_SETTINGS, **own)
            for number, own in enumerate(settings, 1)
        ]
        for bridge in bridges:
            stack.push_async_callback(bridge.kill)
        # Both at once: the first start makes the tables, and the other must survive that.
        await asyncio.gather(*(bridge.start() for bridge in bridges))
        moody.bridges = [bridge.url for bridge in bridges]
        await _add_agents(database)
        ledger = Ledger()
        audit = Audit(database, ledger)
        stack.push_async_callback(audit.close)
        session = await stack.enter_async_context(ClientSession(cookie_jar=DummyCookieJar()))
        yield Scene(scale, postgres, bridges, moody, audit, session, ledger)


async def _add_agents(database_url: str) -> None:
    database = Database(database_url)
    async with SqlStore(database).write() as tx:
        for name in NAMES:
            agent = Agent(new_id(), f"{name.split()[0].lower()}@example.com", name)
            await tx.agents.add(agent, PASSWORD_HASH, SystemClock().now())
    await database.close()
