"""Sends what is due: leased, in order per receiver, at most once without somebody's decision."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handoff_bridge.conversations.ports import Clock
from handoff_bridge.outbox import outcomes
from handoff_bridge.outbox.model import Delivery, Hold, Status, Thread
from handoff_bridge.outbox.planner import next_position, planned
from handoff_bridge.outbox.ports import Channel, Drop, Go, HoldBack, OutboxStore, OutboxTransaction, Receiver, Wait
from handoff_bridge.outbox.statuses import learn

#: How long after a lost answer later messages wait for a status that may still tell.
TELL_S = 20.0
#: Held replies for which the customer is asked in one round.
ASKED_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Leased:
    delivery: Delivery
    receiver: Receiver


@dataclass(frozen=True, slots=True)
class Claimed:
    """``seen`` counts what was due; ``changed`` are conversations in which something was held or dropped."""

    seen: int
    leased: Sequence[Leased]
    changed: Sequence[str]
    held: bool


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When what was not accepted is tried again: the waits grow, and some chance keeps senders apart."""

    first_wait_s: float = 1.0
    longest_wait_s: float = 300.0
    give_up_after: timedelta = timedelta(hours=2)

    def wait_s(self, attempts: int) -> float:
        return self._grown_s(attempts) * random.uniform(0.75, 1.25)

    def is_over(self, attempts: int) -> bool:
        """Whether it has been tried for long enough. How long it waited for the customer before does not count."""
        return sum(self._grown_s(attempt) for attempt in range(attempts)) >= self.give_up_after.total_seconds()

    def _grown_s(self, attempts: int) -> float:
        return min(self.first_wait_s * 2.0 ** min(attempts, 30), self.longest_wait_s)


class Dispatcher:
    """``owner`` names the process; ``lease_margin`` is for storing how a try ended, beyond the time it can take."""

    def __init__(
        self,
        store: OutboxStore,
        clock: Clock,
        channel: Channel,
        owner: str,
        lease_margin: timedelta,
        retry: RetryPolicy,
    ) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel
        self._owner = owner
        self._lease_margin = lease_margin
        self._retry = retry

    async def recover(self, *, alone: bool = False) -> Sequence[str]:
        """What a dead process was sending is indeterminate now. Returns the conversations concerned."""
        now = self._clock.now()
        async with self._store.write() as tx:
            return await tx.deliveries.lost(now, now + timedelta(seconds=TELL_S), all_of_them=alone)

    async def look_after_held(self) -> Sequence[str]:
        """Release what need not be held any longer, and ask customers to write where a reply waits for them."""
        now = self._clock.now()
        async with self._store.write() as tx:
            await tx.deliveries.release_open_windows(self._channel.open_since(now), now)
            await tx.deliveries.release_operator_holds(now)
            held = await tx.deliveries.unasked(ASKED_AT_ONCE)
            for delivery in held:
                await self._ask(tx, delivery, now)
        return [delivery.conversation_id for delivery in held]

    async def claim(self, limit: int) -> Claimed:
        """Lease what may go now; what may not is put off, held or dropped."""
        now = self._clock.now()
        leased: list[Leased] = []
        changed: list[str] = []
        held = False
        async with self._store.write() as tx:
            due = await tx.deliveries.due(limit, now)
            # Everybody locks the accounts' budgets in the same order.
            for delivery in sorted(due, key=lambda one: (one.account, one.lane)):
                match await self._channel.rule(tx, delivery, now):
                    case Go(receiver):
                        until = now + timedelta(seconds=self._channel.lasts_s(delivery)) + self._lease_margin
                        await tx.deliveries.lease(delivery, self._owner, until, now)
                        leased.append(Leased(delivery, receiver))
                    case Wait(until):
                        await tx.deliveries.set(delivery.id, now, due_at=until)
                    case HoldBack(hold):
                        held = True
                        await tx.deliveries.set(
                            delivery.id, now, status=Status.HELD.value, hold=hold.value, error_code=None, error=None
                        )
                        changed.append(delivery.conversation_id)
                    case Drop(why):
                        await tx.deliveries.set(delivery.id, now, status=Status.CANCELLED.value, error=why)
                        changed.append(delivery.conversation_id)
        return Claimed(len(due), leased, changed, held)

    async def next_due(self) -> datetime | None:
        async with self._store.read() as tx:
            return await tx.deliveries.next_due(self._clock.now())

    async def send(self, leased: Leased) -> outcomes.Outcome:
        """One try. The outcome is stored by ``finish``."""
        return await self._channel.send(leased.delivery, leased.receiver)

    async def finish(self, leased: Leased, outcome: outcomes.Outcome) -> None:
        """Store how a try ended and what the budgets learn from it."""
        now, delivery = self._clock.now(), leased.delivery
        async with self._store.write() as tx:
            again_at = await self._channel.settle(tx, delivery, outcome, now)
            held = await tx.deliveries.end(delivery.id, self._owner, now, **self._end(delivery, outcome, again_at, now))
            if isinstance(outcome, outcomes.Accepted):
                await self._catch_up(tx, delivery, outcome.external_id, held, now)

    def _end(self, delivery: Delivery, outcome: outcomes.Outcome, again_at: datetime, now: datetime) -> dict[str, Any]:
        if isinstance(outcome, outcomes.Accepted):
            accepted = {"status": Status.SENT.value, "external_id": outcome.external_id, "sent_at": now}
            return {**accepted, "error_code": None, "error": None}
        if isinstance(outcome, outcomes.Unknown):
            until = now + timedelta(seconds=TELL_S)
            return {"status": Status.INDETERMINATE.value, "due_at": until, "error": outcome.error}
        return {**self._refused(delivery, outcome, again_at, now), "error_code": outcome.code, "error": outcome.error}

    def _refused(
        self, delivery: Delivery, outcome: outcomes.NotAccepted, again_at: datetime, now: datetime
    ) -> dict[str, Any]:
        match outcome:
            case outcomes.WindowClosed():
                return {"status": Status.HELD.value, "hold": Hold.WINDOW.value}
            case outcomes.NeedsOperator():
                return {"status": Status.HELD.value, "hold": Hold.OPERATOR.value, "due_at": again_at}
            case outcomes.Refused():
                return {"status": Status.DEAD.value}
            case outcomes.Throttled():
                # It is not the message's fault: its number of attempts stays.
                return {"status": Status.PLANNED.value, "due_at": again_at, "attempts": delivery.attempts}
            case outcomes.NotSent():
                due_at = now + timedelta(seconds=self._retry.wait_s(delivery.attempts))
                over = self._retry.is_over(delivery.attempts)
                return {"status": (Status.DEAD if over else Status.PLANNED).value, "due_at": due_at}

    async def _catch_up(
        self, tx: OutboxTransaction, delivery: Delivery, external_id: str, held: bool, now: datetime
    ) -> None:
        """Statuses may have come before our own answer."""
        told = await tx.delivery_statuses.of(external_id)
        current = await tx.deliveries.get(delivery.id, lock=True)
        if told and current is not None:
            await tx.delivery_statuses.assign(external_id, delivery.id)
            if held:
                await learn(tx, current, list(told), now)

    async def _ask(self, tx: OutboxTransaction, held: Delivery, now: datetime) -> None:
        piece = self._channel.reopening(held.account)
        # Asked again now that the reply is locked: another process may have been faster.
        if piece is None or await tx.deliveries.is_asked(held.lane):
            return
        piece = replace(piece, from_seq=held.from_seq, to_seq=held.to_seq)
        thread = Thread(held.conversation_id, held.account, held.lane, 0)
        asked = planned(piece, thread, await next_position(tx, held.lane, now), now)
        await tx.deliveries.add([replace(asked, copy=await tx.deliveries.copies(asked) + 1)])
