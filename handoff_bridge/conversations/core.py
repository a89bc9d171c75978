"""What all sides of a conversation share."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.changes import Change, OwnerChanges
from handoff_bridge.conversations.model import (
    Conversation,
    Handoff,
    HandoffDetails,
    HandoffStatus,
    Reason,
    Sender,
)
from handoff_bridge.conversations.notices import Notices
from handoff_bridge.conversations.opening import Opening
from handoff_bridge.conversations.ports import Clock, Signals, Store, Transaction
from handoff_bridge.conversations.promise import Promise, make_promise

#: An agent counts as at the desk for this long after the last sign of life of an event stream.
AGENT_ONLINE_FOR = timedelta(seconds=45)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def new_id() -> str:
    return str(uuid.uuid4())


def new_token() -> str:
    """A secret of 256 bits, safe in a URL and a header."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Tokens are random, so a plain SHA-256 is enough to keep them out of the database.

    Takes whatever a header or cookie can hold, also bytes that are no UTF-8.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True)
class Core:
    """The store, the clock, the company's rules and the changes that follow from them."""

    store: Store
    clock: Clock
    signals: Signals
    rules: BusinessRules
    notices: Notices
    changes: OwnerChanges
    opening: Opening

    @classmethod
    def build(cls, store: Store, clock: Clock, signals: Signals, rules: BusinessRules) -> "Core":
        notices = Notices(rules)
        opening = Opening(rules.opening_hours)
        return cls(store, clock, signals, rules, notices, OwnerChanges(notices), opening)

    async def promise(self, tx: Transaction, conversation: Conversation) -> Promise:
        now = self.clock.now()
        position = await tx.conversations.queue_position(conversation)
        capacity = await tx.conversations.capacity(now - AGENT_ONLINE_FOR)
        return make_promise(now, position, capacity, self.rules.desk, self.opening)

    async def hand_over(
        self,
        tx: Transaction,
        conversation: Conversation,
        reason: Reason,
        actor: str,
        handoff: Handoff | None = None,
        details: HandoffDetails | None = None,
        why: str = "",
    ) -> Conversation:
        """Put the conversation into the queue, under an already recorded handoff if there is one.

        ``why`` is said to the customer before what is promised.
        """
        now = self.clock.now()
        promise = await self.promise(tx, conversation)
        if handoff is None:
            # Whoever asks while the bot's own request is waiting for its turn to end: what the bot knows is kept.
            latest = await tx.handoffs.latest(conversation.id)
            handoff = latest if latest and latest.status is HandoffStatus.REQUESTED else None
            reason = handoff.reason if handoff else reason
        if handoff is None:
            handoff = Handoff(
                new_id(),
                conversation.id,
                reason,
                HandoffStatus.WAITING,
                now,
                details=details or HandoffDetails(),
            )
            await tx.handoffs.add(handoff)
        change = self.changes.request_handoff(conversation, handoff.id, reason, actor, promise, now, why)
        return await self.apply(tx, change)

    async def apply(self, tx: Transaction, change: Change, note: str | None = None) -> Conversation:
        """Store a change, its notices and what it means for the handoff, all in one transaction."""
        now = self.clock.now()
        conversation = await tx.conversations.save(change, now)
        handoff_id = change.after.handoff_id or change.before.handoff_id
        if handoff_id and change.handoff_status:
            await tx.handoffs.set_status(handoff_id, change.handoff_status, now, note)
        return conversation

    def announce(self, conversation_id: str, *, queue: bool) -> None:
        """Wake the streams after the commit; ``queue`` when places in the queue have moved."""
        # What the bot may still be making for the owner before will not be shown.
        self.signals.typing(conversation_id, Sender.BOT.value, False)
        self.signals.conversation_changed(conversation_id)
        if queue:
            self.signals.queue_changed()
