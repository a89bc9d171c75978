"""Rows of attachments: what is to be fetched, what is kept and what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.storage.rows import AnyRow
from handoff_bridge.storage.whatsapp_schema import attachments


class AttachmentStatus(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    #: Not what may be kept: too large, of another type, from a place that may not be asked.
    REFUSED = "refused"
    #: No longer to be had.
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Attachment:
    id: str
    conversation_id: str
    message_id: str
    kind: str
    status: AttachmentStatus
    mime: str | None = None
    size: int | None = None
    name: str | None = None
    storage_key: str | None = None
    source: Mapping[str, object] | None = None
    attempts: int = 0
    created_at: datetime | None = None


class AttachmentTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, attachment: Attachment, now: datetime) -> None:
        await self._connection.execute(
            insert(attachments).values(
                id=attachment.id,
                conversation_id=attachment.conversation_id,
                message_id=attachment.message_id,
                kind=attachment.kind,
                mime=attachment.mime,
                name=attachment.name,
                status=attachment.status.value,
                source=dict(attachment.source or {}),
                attempts=0,
                due_at=now,
                created_at=now,
                updated_at=now,
            )
        )

    async def add_stored(self, attachment: Attachment, now: datetime, *, sha256: str, storage_key: str) -> None:
        """One of an agent's whose bytes are there already; it becomes a message's with ``belongs_to``."""
        await self._connection.execute(
            insert(attachments).values(
                id=attachment.id,
                conversation_id=attachment.conversation_id,
                message_id=attachment.message_id,
                kind=attachment.kind,
                mime=attachment.mime,
                size=attachment.size,
                name=attachment.name,
                sha256=sha256,
                storage_key=storage_key,
                status=AttachmentStatus.STORED.value,
                attempts=0,
                due_at=now,
                created_at=now,
                updated_at=now,
            )
        )

    async def belongs_to(self, attachment_id: str, message_id: str) -> None:
        await self._connection.execute(
            update(attachments).where(attachments.c.id == attachment_id).values(message_id=message_id)
        )

    async def forget(self, attachment_id: str) -> None:
        """The row alone; the bytes are the store's."""
        await self._connection.execute(delete(attachments).where(attachments.c.id == attachment_id))

    async def get(self, attachment_id: str) -> Attachment | None:
        row = (await self._connection.execute(select(attachments).where(attachments.c.id == attachment_id))).first()
        return _from(row) if row else None

    async def of_conversation(self, conversation_id: str) -> Sequence[Attachment]:
        query = (
            select(attachments)
            .where(attachments.c.conversation_id == conversation_id)
            .order_by(attachments.c.created_at, attachments.c.id)
        )
        return [_from(row) for row in await self._connection.execute(query)]

    async def find(self, conversation_id: str, attachment_id: str) -> Attachment | None:
        query = select(attachments).where(
            attachments.c.id == attachment_id, attachments.c.conversation_id == conversation_id
        )
        row = (await self._connection.execute(query)).one_or_none()
        return _from(row) if row else None

    async def is_any_due(self, now: datetime) -> bool:
        """Whether there is something to fetch; asks without a lock."""
        query = select(attachments.c.id).where(
            attachments.c.status == AttachmentStatus.PENDING.value, attachments.c.due_at <= now
        )
        return (await self._connection.execute(query.limit(1))).first() is not None

    async def claim(self, owner: str, lease_end: datetime, limit: int, now: datetime) -> Sequence[Attachment]:
        """Lease what is to be fetched now."""
        due = (
            select(attachments)
            .where(attachments.c.status == AttachmentStatus.PENDING.value, attachments.c.due_at <= now)
            .order_by(attachments.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = (await self._connection.execute(due)).all()
        if rows:
            await self._connection.execute(
                update(attachments)
                .where(attachments.c.id.in_([row.id for row in rows]))
                .values(owner=owner, due_at=lease_end, attempts=attachments.c.attempts + 1)
            )
        return [_from(row, row.attempts + 1) for row in rows]

    async def stored(
        self, attachment_id: str, owner: str, now: datetime, *, mime: str, size: int, sha256: str, storage_key: str
    ) -> bool:
        """False when the lease was lost."""
        return await self._held(
            attachment_id, owner, now,
            status=AttachmentStatus.STORED.value, mime=mime, size=size, sha256=sha256, storage_key=storage_key,
            owner=None, error=None,
        )  # fmt: skip

    async def given_up(
        self, attachment_id: str, owner: str, now: datetime, status: AttachmentStatus, error: str
    ) -> bool:
        return await self._held(attachment_id, owner, now, status=status.value, owner=None, error=error)

    async def retry(self, attachment_id: str, owner: str, now: datetime, due_at: datetime, error: str) -> bool:
        return await self._held(attachment_id, owner, now, due_at=due_at, owner=None, error=error)

    async def release_all(self, now: datetime) -> None:
        """Give back every lease: only for a database that a single process uses, at its start."""
        await self._connection.execute(
            update(attachments)
            .where(attachments.c.status == AttachmentStatus.PENDING.value, attachments.c.owner.is_not(None))
            .values(due_at=now, owner=None)
        )

    async def _held(self, attachment_id: str, holder: str, now: datetime, **values: object) -> bool:
        result = await self._connection.execute(
            update(attachments)
            .where(
                attachments.c.id == attachment_id,
                attachments.c.owner == holder,
                attachments.c.status == AttachmentStatus.PENDING.value,
            )
            .values(updated_at=now, **values)
        )
        return result.rowcount == 1


def _from(row: AnyRow, attempts: int | None = None) -> Attachment:
    return Attachment(
        row.id,
        row.conversation_id,
        row.message_id,
        row.kind,
        AttachmentStatus(row.status),
        row.mime,
        row.size,
        row.name,
        row.storage_key,
        row.source,
        row.attempts if attempts is None else attempts,
        row.created_at,
    )
