"""What a customer's token opens, and the rating they leave."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.storage.schema import conversations, ratings


class TokenTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def expires_at(self, conversation_id: str, token_hash: str) -> datetime | None:
        """When this token of this conversation expires; None when it is not its token."""
        query = select(conversations.c.token_expires_at).where(
            conversations.c.id == conversation_id, conversations.c.token_hash == token_hash
        )
        expires_at: datetime | None = (await self._connection.execute(query)).scalar_one_or_none()
        return expires_at

    async def rate(self, conversation_id: str, score: int, comment: str | None, now: datetime) -> None:
        """Keep one rating per conversation; a second one replaces the first."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        values = {"score": score, "comment": comment, "created_at": now}
        await self._connection.execute(
            dialect.insert(ratings)
            .values(conversation_id=conversation_id, **values)
            .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
        )
