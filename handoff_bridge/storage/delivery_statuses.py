"""What the channel has told about messages, each status of a message once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.outbox.model import FAILED, RANKS, StatusUpdate
from handoff_bridge.storage.journal import Journal
from handoff_bridge.storage.outbox_schema import delivery_statuses


class DeliveryStatusTable:
    def __init__(self, connection: AsyncConnection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    async def add(self, told: StatusUpdate, delivery_id: str | None, now: datetime) -> bool:
        """False when this status of this message is known already."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        result = await self._connection.execute(
            dialect.insert(delivery_statuses)
            .values(
                external_id=told.external_id,
                status=told.status[:16],
                delivery_id=delivery_id,
                account=told.account,
                at=told.at,
                error_code=told.error_code,
                error=told.error,
                received_at=now,
            )
            .on_conflict_do_nothing(index_elements=["external_id", "status"])
        )
        if new := result.rowcount == 1:
            # Few names: a counter stays forever.
            name = told.status if told.status in RANKS or told.status == FAILED else "other"
            self._journal.statuses[name, "" if told.error_code is None else str(told.error_code)] += 1
        return new

    async def of(self, external_id: str) -> Sequence[StatusUpdate]:
        """Everything told about this message so far."""
        query = select(delivery_statuses).where(delivery_statuses.c.external_id == external_id)
        return [
            StatusUpdate(row.account, row.external_id, row.status, row.at, None, row.error_code, row.error)
            for row in await self._connection.execute(query)
        ]

    async def assign(self, external_id: str, delivery_id: str) -> None:
        """What was told before the message was known to be ours."""
        await self._connection.execute(
            update(delivery_statuses)
            .where(delivery_statuses.c.external_id == external_id)
            .values(delivery_id=delivery_id)
        )
