"""A small world around the real core on a real SQLite: people, bots and a clock that a test moves by hand.

Every operation takes two small numbers, so that any sequence of operations can be drawn, shrunk and played again.
Refusals are part of life here; what must never happen is looked for in the logs afterwards.
"""

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.core import Core
from handoff_bridge.conversations.customer import CustomerSide
from handoff_bridge.conversations.desk import DeskSide
from handoff_bridge.conversations.model import (
    Agent,
    BotAnswer,
    Button,
    Channel,
    Conversation,
    Draft,
    HandoffDetails,
    Kind,
    Message,
    Reason,
    Sender,
    State,
    Turn,
)
from handoff_bridge.conversations.turns import BotSide, Outcome, RetryPolicy
from handoff_bridge.errors import BotFailed, Conflict, UnknownPayload
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.store import SqlStore
from tests.support.invariants import Acknowledged, BrokenPromise, answer_text, check_conversation

LEASE = timedelta(seconds=25)
PAYLOAD = "/affirm"
#: More than there are messages in any story.
ROUNDS = 1_000


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        # Two events of one moment still have an order.
        self._now += timedelta(microseconds=1)
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


class NoSignals:
    """Nobody listens: the world looks for itself."""

    def conversation_changed(self, conversation_id: str) -> None: ...
    def messages_logged(self, conversation_id: str, messages: Sequence[Message]) -> None: ...
    def queue_changed(self) -> None: ...
    def turn_due(self) -> None: ...
    def typing(self, conversation_id: str, sender: str, active: bool) -> None: ...


@dataclass(slots=True)
class Running:
    """A turn in the hands of a worker, or once in its hands: a slow worker never knows that its time is over."""

    worker: BotSide
    turn: Turn
    lease_ends: datetime
    run: int


@dataclass(slots=True)
class World:
    store: SqlStore
    core: Core
    customers: CustomerSide
    desk: DeskSide
    workers: tuple[BotSide, ...]
    clock: HandClock
    agents: tuple[Agent, ...]
    ids: list[str] = field(default_factory=list)
    acknowledged: dict[str, list[Acknowledged]] = field(default_factory=lambda: defaultdict(list))
    sent: list[tuple[str, str]] = field(default_factory=list)
    written: list[tuple[str, str, Agent, int]] = field(default_factory=list)
    checked: dict[str, tuple[Conversation, int, bool]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)
    ended: list[Running] = field(default_factory=list)
    #: What the bot knows of, by conversation: the seqs it was asked about or told.
    told: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    runs: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @classmethod
    async def build(cls, url: str, rules: BusinessRules) -> "World":
        """On a database that has the tables."""
        clock = HandClock()
        store = SqlStore(Database(url))
        core = Core.build(store, clock, NoSignals(), rules)
        agents = tuple(Agent(f"agent-{n}", f"{n}@example.com", f"Agentin {n}") for n in range(3))
        async with store.write() as tx:
            for agent in agents:
                await tx.agents.add(agent, "never signs in", clock.now())
        workers = tuple(BotSide(core, name, LEASE, RetryPolicy()) for name in ("one", "two"))
        return cls(store, core, CustomerSide(core, timedelta(hours=72)), DeskSide(core), workers, clock, agents)

    async def close(self) -> None:
        await self.store.database.close()

    # --- customers -----------------------------------------------------------------------------------------------

    async def start(self) -> None:
        started = await self.customers.start(Channel.WEBCHAT, "de", None)
        self.ids.append(started.conversation.id)

    async def write(self, who: int, pick: int) -> None:
        await self._send(self._conversation(who), f"c{next(self.numbers)}")

    async def send_again(self, who: int, pick: int) -> None:
        if self.sent:
            await self._send(*self.sent[pick % len(self.sent)])

    async def tap(self, who: int, pick: int) -> None:
        await self._send(self._conversation(who), f"c{next(self.numbers)}", PAYLOAD)

    async def ask_for_person(self, who: int, pick: int) -> None:
        await _or_refused(self.customers.request_handoff(self._conversation(who)))

    async def stop_waiting(self, who: int, pick: int) -> None:
        await _or_refused(self.customers.cancel_handoff(self._conversation(who)))

    async def loses_patience(self, who: int, pick: int) -> None:
        """Asks for a person, perhaps writes, and stops waiting."""
        await self.ask_for_person(who, pick)
        if pick % 2:
            await self.write(who, pick)
        await self.stop_waiting(who, pick)

    async def leave(self, who: int, pick: int) -> None:
        if pick < 10:
            return  # or most stories would end before they begin
        await _or_refused(self.customers.close(self._conversation(who)))

    async def _send(self, conversation_id: str, client_id: str, payload: str | None = None) -> None:
        self.sent.append((conversation_id, client_id))
        try:
            received = await self.customers.receive(conversation_id, client_id, "Hallo", payload)
        except (Conflict, UnknownPayload):
            return
        message = received.message
        ack = Acknowledged(Sender.CUSTOMER.value, client_id, message.id, message.seq)
        self.acknowledged[conversation_id].append(ack)

    # --- the bot -------------------------------------------------------------------------------------------------

    async def take_turns(self, who: int, pick: int) -> None:
        worker = self.workers[who % len(self.workers)]
        before = self.clock.now()
        taken = await worker.claim_turns(1 + pick % 3)
        # Time may have passed meanwhile: leases are taken to end early, never late.
        after = self.clock.now()
        for turn in taken:
            rivals = [r for r in self.running if r.turn.conversation_id == turn.conversation_id]
            # A turn that the customer took back from a worker, by waiting and returning, is under a new epoch.
            if any(r.lease_ends > after and r.turn.epoch == turn.epoch for r in rivals):
                raise BrokenPromise(f"two turns of conversation {turn.conversation_id} run at the same time")
            await self._check_told(worker, turn)
            self.runs[turn.message_id] += 1
            self.running.append(Running(worker, turn, before + LEASE, self.runs[turn.message_id]))

    async def answer(self, who: int, pick: int) -> None:
        if run := self._take(pick):
            await self._complete(run, parts=1 + who % 2, buttons=who % 3 == 0)

    async def answer_again(self, who: int, pick: int) -> None:
        if self.ended:
            await self._complete(self.ended[pick % len(self.ended)], parts=1, buttons=False)

    async def fail(self, who: int, pick: int) -> None:
        if run := self._take(pick):
            self.outcomes[f"failed, {await run.worker.fail(run.turn, BotFailed())}"] += 1

    async def hand_over(self, who: int, pick: int) -> None:
        """The bot's action asks for a person, now and then twice or long after its turn."""
        candidates = self.ended if who == 3 else self.running
        if candidates:
            turn = candidates[pick % len(candidates)].turn
            for _ in range(1 + who % 2):
                await _or_refused(
                    self.workers[0].record_handoff(
                        turn.conversation_id, turn.message_id, Reason.COMPLEX_INTENT, HandoffDetails(summary="…")
                    )
                )

    async def give_back(self, who: int, pick: int) -> None:
        """An orderly stop of a worker."""
        if pick < 6:
            return  # turns that run for a while are what makes a story
        if run := self._take(pick):
            await run.worker.release(run.turn)
            self.ended.remove(run)

    async def crash(self, who: int, pick: int) -> None:
        """Everything in one worker's hands is gone, without a word."""
        if pick < 8:
            return
        gone = self.workers[who % len(self.workers)]
        self.running = [run for run in self.running if run.worker is not gone]

    async def _complete(self, run: Running, parts: int, buttons: bool) -> Outcome:
        message_id = run.turn.message_id
        choice = (Button(title="Ja", payload=PAYLOAD),) if buttons else ()
        drafts = [
            Draft(Sender.BOT, answer_text(message_id, run.run, part), Kind.BUTTONS if choice else Kind.TEXT,
                  buttons=choice)
            for part in range(1, parts + 1)
        ]  # fmt: skip
        heard = [m.seq for m in await run.worker.returned_messages(run.turn)]
        outcome = await run.worker.complete(run.turn, BotAnswer(tuple(drafts), {}))
        self.outcomes[outcome.value] += 1
        if outcome in (Outcome.ANSWERED, Outcome.HANDED_OVER):
            self.told[run.turn.conversation_id].update([*heard, run.turn.seq])
        return outcome

    async def _check_told(self, worker: BotSide, turn: Turn) -> None:
        """With this turn the bot knows everything that agents wrote before it, each word told once."""
        heard = {m.seq for m in await worker.returned_messages(turn)}
        told = self.told[turn.conversation_id]
        if again := heard & told:
            raise BrokenPromise(f"the bot of {turn.conversation_id} is told of seqs {again} a second time")
        async with self.store.read() as tx:
            log = await tx.messages.after(turn.conversation_id, 0, turn.seq)
        spoken = {m.seq for m in log if m.draft.sender is Sender.AGENT and m.seq < turn.seq}
        if missing := spoken - heard - told:
            raise BrokenPromise(f"the bot of {turn.conversation_id} never hears of seqs {missing}")

    def _take(self, pick: int) -> Running | None:
        if not self.running:
            return None
        run = self.running.pop(pick % len(self.running))
        self.ended.append(run)
        return run

    # --- agents --------------------------------------------------------------------------------------------------

    async def look(self, who: int, pick: int) -> None:
        agent, conversation_id = self._agent(who), self._conversation(pick)
        async with self.store.read() as tx:
            self.seen[agent.id, conversation_id] = (await tx.conversations.get(conversation_id)).epoch

    async def claim(self, who: int, pick: int) -> None:
        agent, conversation_id, epoch = await self._at(who, pick, owner=False)
        async with self.store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
        if conversation.state is State.BOT and pick < 9:
            return  # people may step in, but the bot has to have its say, too
        await _or_refused(self.desk.claim(conversation_id, agent, epoch))

    async def agent_writes(self, who: int, pick: int) -> None:
        agent, conversation_id, epoch = await self._at(who, pick)
        self.written.append((conversation_id, f"a{next(self.numbers)}", agent, epoch))
        await self._write_as_agent(*self.written[-1])

    async def agent_writes_again(self, who: int, pick: int) -> None:
        if self.written:
            await self._write_as_agent(*self.written[pick % len(self.written)])

    async def return_to_bot(self, who: int, pick: int) -> None:
        agent, conversation_id, epoch = await self._at(who, pick)
        await _only_under(epoch, self.desk.return_to_bot(conversation_id, agent, epoch, "Erledigt"))

    async def person_helps(self, who: int, pick: int) -> None:
        """A whole visit of a person: come, speak or not, give back. Others may act in between."""
        conversation_id = self._conversation(pick)
        number = self.ids.index(conversation_id)
        await _or_refused(self.customers.request_handoff(conversation_id))
        await self.claim(who % len(self.agents), number)
        if pick % 3:
            await self.agent_writes(who, number)
        await self.return_to_bot(who, number)

    async def transfer(self, who: int, pick: int) -> None:
        agent, conversation_id, epoch = await self._at(who, pick)
        to = self.agents[(self.agents.index(agent) + 1) % len(self.agents)]
        await _only_under(epoch, self.desk.transfer(conversation_id, agent, epoch, to.id, None))

    async def end(self, who: int, pick: int) -> None:
        if who < 3:
            return
        agent, conversation_id, epoch = await self._at(who, pick)
        await _only_under(epoch, self.desk.close(conversation_id, agent, epoch))

    async def _write_as_agent(self, conversation_id: str, client_id: str, agent: Agent, epoch: int) -> None:
        try:
            _, message, _ = await self.desk.write(conversation_id, agent, epoch, client_id, "Guten Tag")
        except Conflict:
            return
        ack = Acknowledged(Sender.AGENT.value, client_id, message.id, message.seq)
        self.acknowledged[conversation_id].append(ack)

    async def _at(self, who: int, pick: int, *, owner: bool = True) -> tuple[Agent, str, int]:
        """Mostly as the owner and under the epoch that holds, sometimes under one that was seen long ago."""
        agent, conversation_id = self._agent(who), self._conversation(pick)
        if pick >= 9:
            return agent, conversation_id, self.seen.get((agent.id, conversation_id), 1)
        async with self.store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
        if owner and pick < 7:
            agent = next((one for one in self.agents if one.id == conversation.agent_id), agent)
        self.seen[agent.id, conversation_id] = conversation.epoch
        return agent, conversation_id, conversation.epoch

    # --- time and truth ------------------------------------------------------------------------------------------

    async def wait(self, who: int, pick: int) -> None:
        self.clock.move(timedelta(seconds=(1, 6, 26, 50)[who % 4]))

    async def check(self, *, drained: bool = False) -> None:
        """Raise BrokenPromise when any log shows what must never happen."""
        async with self.store.read() as tx:
            for conversation_id in self.ids:
                conversation = await tx.conversations.get(conversation_id)
                acknowledged = self.acknowledged[conversation_id]
                looked_at = (conversation, len(acknowledged), drained)
                if self.checked.get(conversation_id) == looked_at:
                    continue
                log = await tx.messages.after(conversation_id, 0, 10_000)
                check_conversation(conversation, log, acknowledged, drained=drained)
                self.checked[conversation_id] = looked_at

    async def log(self, conversation_id: str) -> Sequence[Message]:
        async with self.store.read() as tx:
            return await tx.messages.after(conversation_id, 0, 10_000)

    async def drain(self) -> None:
        """Let a bot that answers again do all that is owed, as it would by itself, and look at what came of it."""
        self.running.clear()
        for _ in range(ROUNDS):
            self.clock.move(LEASE + timedelta(seconds=1))
            await self.take_turns(0, 2)
            if not self.running:
                break
            while run := self._take(0):
                await self._complete(run, parts=1, buttons=False)
        else:
            raise BrokenPromise("there is always one more turn")
        await self.check(drained=True)

    def _conversation(self, number: int) -> str:
        return self.ids[number % len(self.ids)]

    def _agent(self, number: int) -> Agent:
        return self.agents[number % len(self.agents)]


async def together(operations: Sequence[Awaitable[None]]) -> None:
    """Run at the same time; the first error is raised when all have ended."""
    results = await asyncio.gather(*operations, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _only_under(epoch: int, change: Awaitable[Conversation]) -> None:
    """A change that happens happens to what its agent saw."""
    try:
        after = await change
    except Conflict:
        return
    if after.epoch != epoch + 1:
        raise BrokenPromise(f"a change under epoch {epoch} led to epoch {after.epoch}")


async def _or_refused(change: Awaitable[object]) -> None:
    try:
        await change
    except Conflict:
        return
