"""WhatsApp's raw inbox: kept before the webhook is answered, worked off under leases, in order for each sender."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.core import new_id
from handoff_bridge.storage.whatsapp_schema import whatsapp_updates as inbox

#: Rows of one statement: SQLite takes 32,766 values, PostgreSQL twice as many.
CHUNK = 500
#: Kept for a message that has the id of another one, but not its content.
SAME_ID = "same_id"


class InboxStatus(StrEnum):
    NEW = "new"
    DONE = "done"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Received:
    """An update as it comes; ``order_key`` sorts the updates of one ``sender_key``."""

    kind: str
    phone_number_id: str | None
    dedup_key: str
    fingerprint: str
    sender_key: str
    order_key: str
    body: dict[str, Any]
    status: InboxStatus
    error: str | None = None


@dataclass(frozen=True, slots=True)
class InboxUpdate:
    """One that is held under a lease."""

    id: str
    kind: str
    phone_number_id: str
    dedup_key: str
    body: dict[str, Any]
    attempts: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the updates of one body."""

    new: Sequence[Received]
    duplicates: Sequence[Received]


class WhatsAppInbox:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def keep(self, received: Sequence[Received], now: datetime) -> Kept:
        """Insert what is not there yet. What has the id of another update but not its content is kept as unknown."""
        unique: dict[str, Received] = {}
        repeats = [each for each in received if unique.setdefault(each.dedup_key, each) is not each]
        fresh = await self._insert(unique, now)
        repeats += [each for key, each in unique.items() if key not in fresh]
        known = await self._fingerprints({each.dedup_key for each in repeats})
        others = {
            other.dedup_key: other
            for other in (_renamed(each) for each in repeats if known[each.dedup_key] != each.fingerprint)
        }
        added = await self._insert(others, now)
        new = [unique[key] for key in unique if key in fresh] + [others[key] for key in others if key in added]
        return Kept(new, [each for each in repeats if _renamed(each).dedup_key not in added])

    async def _insert(self, received: Mapping[str, Received], now: datetime) -> set[str]:
        """The keys of those that were not there."""
        # The same order in every transaction: two bodies with the same updates cannot wait for each other.
        ordered = sorted(received)
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        inserted: set[str] = set()
        for start in range(0, len(ordered), CHUNK):
            values = [_values(received[key], now) for key in ordered[start : start + CHUNK]]
            statement = (
                dialect.insert(inbox)
                .values(values)
                .on_conflict_do_nothing(index_elements=["dedup_key"])
                .returning(inbox.c.dedup_key)
            )
            inserted.update((await self._connection.execute(statement)).scalars())
        return inserted

    async def _fingerprints(self, keys: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        wanted = sorted(keys)
        for start in range(0, len(wanted), CHUNK):
            query = select(inbox.c.dedup_key, inbox.c.fingerprint).where(
                inbox.c.dedup_key.in_(wanted[start : start + CHUNK])
            )
            found.update({row.dedup_key: row.fingerprint for row in await self._connection.execute(query)})
        return found

    async def is_any_due(self, kinds: Collection[str], now: datetime) -> bool:
        """Whether there may be something to work off; asks without a lock."""
        query = select(inbox.c.id).where(
            inbox.c.status == InboxStatus.NEW.value, inbox.c.kind.in_(sorted(kinds)), inbox.c.due_at <= now
        )
        return (await self._connection.execute(query.limit(1))).first() is not None

    async def claim(
        self, owner: str, kinds: Collection[str], lease_end: datetime, limit: int, now: datetime
    ) -> Sequence[InboxUpdate]:
        """Lease what is due, of each sender the first only."""
        earlier = inbox.alias("earlier")
        due = (
            select(inbox)
            .where(
                inbox.c.status == InboxStatus.NEW.value,
                inbox.c.kind.in_(sorted(kinds)),
                inbox.c.due_at <= now,
                ~exists().where(
                    earlier.c.sender_key == inbox.c.sender_key,
                    earlier.c.status == InboxStatus.NEW.value,
                    earlier.c.order_key < inbox.c.order_key,
                ),
            )
            .order_by(inbox.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await self._connection.execute(due)).all()
        if rows:
            await self._connection.execute(
                update(inbox)
                .where(inbox.c.id.in_([row.id for row in rows]))
                .values(owner=owner, due_at=lease_end, attempts=inbox.c.attempts + 1)
            )
        return [
            InboxUpdate(
                row.id, row.kind, row.phone_number_id, row.dedup_key, row.body, row.attempts + 1, row.received_at
            )
            for row in rows
        ]

    async def hold(self, update_id: str, owner: str) -> bool:
        """Lock it; False when the lease was lost."""
        query = (
            select(inbox.c.id)
            .where(inbox.c.id == update_id, inbox.c.owner == owner, inbox.c.status == InboxStatus.NEW.value)
            .with_for_update()
        )
        return (await self._connection.execute(query)).one_or_none() is not None

    async def settle(
        self, update_id: str, now: datetime, *, message_id: str | None = None, note: str | None = None,
        status: InboxStatus = InboxStatus.DONE,
    ) -> None:  # fmt: skip
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == update_id)
            .values(status=status.value, done_at=now, message_id=message_id, error=note, owner=None)
        )

    async def retry(self, update_id: str, owner: str, due_at: datetime, error: str) -> None:
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.id == update_id, inbox.c.owner == owner, inbox.c.status == InboxStatus.NEW.value)
            .values(due_at=due_at, owner=None, error=error)
        )

    async def release_all(self, now: datetime) -> None:
        """Give back every lease: only for a database that a single process uses, at its start."""
        await self._connection.execute(
            update(inbox)
            .where(inbox.c.status == InboxStatus.NEW.value, inbox.c.owner.is_not(None))
            .values(due_at=now, owner=None)
        )

    async def backlog(self) -> tuple[int, datetime | None]:
        """How many updates wait to be worked off, and since when the oldest does."""
        query = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.status == InboxStatus.NEW.value)
        count, oldest = (await self._connection.execute(query)).one()
        return count, oldest


def key_of_other(dedup_key: str, fingerprint: str) -> str:
    """Under which key an update is kept that has the id of another one, but not its content."""
    return f"{dedup_key[:180]}#{fingerprint}"


def _renamed(received: Received) -> Received:
    """The same under a key of its own, with its content in it; nobody works it off."""
    return Received(
        SAME_ID,
        received.phone_number_id,
        key_of_other(received.dedup_key, received.fingerprint),
        received.fingerprint,
        received.sender_key,
        received.order_key,
        received.body,
        InboxStatus.UNKNOWN,
        "the id of another update",
    )


def _values(each: Received, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "dedup_key": each.dedup_key,
        "fingerprint": each.fingerprint,
        "phone_number_id": each.phone_number_id,
        "kind": each.kind,
        "sender_key": each.sender_key,
        "order_key": each.order_key,
        "body": each.body,
        "status": each.status.value,
        "attempts": 0,
        "due_at": now,
        "received_at": now,
        "done_at": now if each.status is InboxStatus.DONE else None,
        "error": each.error,
    }
