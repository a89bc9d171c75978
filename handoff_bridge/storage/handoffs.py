"""Handoff rows: why a conversation was handed over and what became of it."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Handoff, HandoffDetails, HandoffStatus
from handoff_bridge.errors import NotFound
from handoff_bridge.storage.rows import handoff_from
from handoff_bridge.storage.schema import handoffs

ENDED = frozenset(
    {
        HandoffStatus.RETURNED,
        HandoffStatus.CANCELLED,
        HandoffStatus.CLOSED,
        HandoffStatus.DROPPED,
    }
)


class HandoffTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, handoff: Handoff) -> None:
        await self._connection.execute(
            insert(handoffs).values(
                id=handoff.id,
                conversation_id=handoff.conversation_id,
                message_id=handoff.message_id,
                reason=handoff.reason.value,
                status=handoff.status.value,
                details=handoff.details or None,
                requested_at=handoff.requested_at,
            )
        )

    async def get(self, handoff_id: str) -> Handoff:
        query = select(handoffs).where(handoffs.c.id == handoff_id)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no such handoff.")
        return handoff_from(row)

    async def for_message(self, conversation_id: str, message_id: str) -> Handoff | None:
        query = select(handoffs).where(
            handoffs.c.conversation_id == conversation_id, handoffs.c.message_id == message_id
        )
        row = (await self._connection.execute(query)).one_or_none()
        return handoff_from(row) if row else None

    async def latest(self, conversation_id: str) -> Handoff | None:
        query = (
            select(handoffs)
            .where(handoffs.c.conversation_id == conversation_id)
            .order_by(handoffs.c.requested_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return handoff_from(row) if row else None

    async def set_status(self, handoff_id: str, status: HandoffStatus, now: datetime, note: str | None = None) -> None:
        values: dict[str, object] = {"status": status.value}
        if status is HandoffStatus.CLAIMED:
            values["claimed_at"] = now
        if status in ENDED:
            values["ended_at"] = now
        if note is not None:
            values["note"] = note
        await self._connection.execute(update(handoffs).where(handoffs.c.id == handoff_id).values(**values))

    async def attach(self, handoff_id: str, message_id: str, details: HandoffDetails) -> None:
        await self._connection.execute(
            update(handoffs).where(handoffs.c.id == handoff_id).values(message_id=message_id, details=details)
        )
