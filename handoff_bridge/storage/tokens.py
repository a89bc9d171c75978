"""The rating that a customer leaves."""

from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.storage.schema import ratings


class TokenTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rate(self, conversation_id: str, score: int, comment: str | None, now: datetime) -> None:
        """Keep one rating per conversation; a second one replaces the first."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        values = {"score": score, "comment": comment, "created_at": now}
        await self._connection.execute(
            dialect.insert(ratings)
            .values(conversation_id=conversation_id, **values)
            .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
        )
