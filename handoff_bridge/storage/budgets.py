"""Token buckets in the database. A bucket that is read here stays locked until the transaction ends."""

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.outbox.budgets import Bucket
from handoff_bridge.storage.outbox_schema import send_budgets


class BudgetTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: str, fresh: Bucket) -> Bucket:
        """Lock and read; ``fresh`` is what a bucket that nobody has drawn from holds."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        await self._connection.execute(
            dialect.insert(send_budgets)
            .values(key=key, tokens=fresh.tokens, at=fresh.at, strikes=0)
            .on_conflict_do_nothing(index_elements=["key"])
        )
        query = select(send_budgets).where(send_budgets.c.key == key).with_for_update()
        row = (await self._connection.execute(query)).one()
        return Bucket(row.tokens, row.at, row.blocked_until, row.strikes, row.error_code)

    async def put(self, key: str, bucket: Bucket) -> None:
        await self._connection.execute(
            update(send_budgets)
            .where(send_budgets.c.key == key)
            .values(
                tokens=bucket.tokens,
                at=bucket.at,
                blocked_until=bucket.blocked_until,
                strikes=bucket.strikes,
                error_code=bucket.error_code,
            )
        )
