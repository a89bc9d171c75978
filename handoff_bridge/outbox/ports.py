"""What the outbox needs from a channel, and from the store beyond the core's transaction."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from handoff_bridge.conversations.model import Conversation, Message
from handoff_bridge.outbox.budgets import Bucket
from handoff_bridge.outbox.model import Delivery, Hold, Piece, StatusUpdate, Thread
from handoff_bridge.outbox.outcomes import Outcome


class DeliveryRows(Protocol):
    async def unplanned(self, limit: int, conversation_ids: Sequence[str] | None = None) -> Sequence[str]: ...
    async def lock_thread(self, conversation_id: str) -> Thread | None: ...
    async def last_position(self, lane: str) -> int: ...
    async def add(self, planned: Sequence[Delivery]) -> None: ...
    async def set_planned(self, conversation_id: str, seq: int) -> None: ...
    async def due(self, limit: int, now: datetime) -> Sequence[Delivery]: ...
    async def held_before(self, delivery: Delivery) -> Delivery | None: ...
    async def next_due(self, now: datetime) -> datetime | None: ...
    async def lease(self, delivery: Delivery, owner: str, until: datetime, now: datetime) -> None: ...
    async def end(self, delivery_id: str, owner: str, now: datetime, **values: Any) -> bool: ...
    async def set(self, delivery_id: str, now: datetime, **values: Any) -> None: ...
    async def lost(self, now: datetime, wait_until: datetime, *, all_of_them: bool = False) -> Sequence[str]: ...
    async def release_lane(self, lane: str, now: datetime) -> None: ...
    async def release_open_windows(self, answered_since: datetime, now: datetime) -> None: ...
    async def release_operator_holds(self, now: datetime, account: str | None = None) -> None: ...
    async def unasked(self, limit: int) -> Sequence[Delivery]: ...
    async def is_asked(self, lane: str) -> bool: ...
    async def get(self, delivery_id: str, *, lock: bool = False) -> Delivery | None: ...
    async def by_external_id(self, external_id: str) -> Delivery | None: ...
    async def drop_later_copies(self, delivery: Delivery, now: datetime) -> None: ...
    async def copies(self, delivery: Delivery) -> int: ...


class StatusRows(Protocol):
    async def add(self, told: StatusUpdate, delivery_id: str | None, now: datetime) -> bool: ...
    async def of(self, external_id: str) -> Sequence[StatusUpdate]: ...
    async def assign(self, external_id: str, delivery_id: str) -> None: ...


class BudgetRows(Protocol):
    async def get(self, key: str, fresh: Bucket) -> Bucket: ...
    async def put(self, key: str, bucket: Bucket) -> None: ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a lane leads, as it is now.

    ``window_from`` is when the customer wrote last, ``stopped_at`` when they last asked for no more messages;
    ``stopped_after_seq`` is the last entry of a log that ends with that wish, and the only one still to be sent.
    """

    user_id: str | None
    phone: str | None
    window_from: datetime | None
    stopped_at: datetime | None
    stopped_after_seq: int | None


class ReceiverRows(Protocol):
    async def receiver(self, delivery: Delivery) -> Receiver: ...


class LogRows(Protocol):
    async def after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Message]: ...


class ConversationRows(Protocol):
    async def get(self, conversation_id: str, *, lock: bool = False) -> Conversation: ...


class OutboxTransaction(Protocol):
    @property
    def deliveries(self) -> DeliveryRows: ...
    @property
    def delivery_statuses(self) -> StatusRows: ...
    @property
    def budgets(self) -> BudgetRows: ...
    @property
    def receivers(self) -> ReceiverRows: ...
    @property
    def messages(self) -> LogRows: ...


class OutboxStore(Protocol):
    def write(self) -> AbstractAsyncContextManager[OutboxTransaction]: ...
    def read(self) -> AbstractAsyncContextManager[OutboxTransaction]: ...


@dataclass(frozen=True, slots=True)
class Go:
    receiver: Receiver


@dataclass(frozen=True, slots=True)
class Wait:
    until: datetime


@dataclass(frozen=True, slots=True)
class HoldBack:
    hold: Hold


@dataclass(frozen=True, slots=True)
class Drop:
    why: str


Ruling = Go | Wait | HoldBack | Drop


class Channel(Protocol):
    """One way out."""

    def lay_out(self, entries: Sequence[Message]) -> Sequence[Piece]:
        """The channel's messages for entries of one log, in order."""
        ...

    async def received(self, tx: OutboxTransaction, account: str, count: int, now: datetime) -> None:
        """The customer's messages count for the account's rate as well."""
        ...

    async def rule(self, tx: OutboxTransaction, delivery: Delivery, now: datetime) -> Ruling:
        """Whether this may go now; what it takes of a budget is taken."""
        ...

    def lasts_s(self, delivery: Delivery) -> float:
        """How long a try can take at most."""
        ...

    async def send(self, delivery: Delivery, receiver: Receiver) -> Outcome:
        """Try once. Never raises for what the channel answers or fails to answer."""
        ...

    async def settle(self, tx: OutboxTransaction, delivery: Delivery, outcome: Outcome, now: datetime) -> datetime:
        """Let the budgets learn from the outcome. Returns when it may be tried again, if it is."""
        ...

    def reopening(self, account: str) -> Piece | None:
        """The template that asks the customer to write; its log numbers are none. None where none is configured."""
        ...

    async def unblock(self, tx: OutboxTransaction, account: str, now: datetime) -> None:
        """The operator has put the account in order."""
        ...

    def open_since(self, now: datetime) -> datetime:
        """Who has written after this time has an open window."""
        ...
