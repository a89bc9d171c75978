"""Codes that take a conversation to another channel, and the channel a conversation is on."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Channel
from handoff_bridge.conversations.moves import KeptCode
from handoff_bridge.storage.codes_schema import channel_codes as codes
from handoff_bridge.storage.schema import conversations


class CodeTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, code_hash: str, conversation_id: str, to: Channel, now: datetime, until: datetime) -> None:
        await self._connection.execute(
            insert(codes).values(
                code_hash=code_hash,
                conversation_id=conversation_id,
                channel=to.value,
                created_at=now,
                expires_at=until,
            )
        )

    async def get(self, code_hash: str, to: Channel) -> KeptCode | None:
        query = select(codes).where(codes.c.code_hash == code_hash, codes.c.channel == to.value).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else KeptCode(row.conversation_id, row.expires_at, row.used_at is not None)

    async def use(self, code_hash: str, now: datetime) -> bool:
        result = await self._connection.execute(
            update(codes).where(codes.c.code_hash == code_hash, codes.c.used_at.is_(None)).values(used_at=now)
        )
        return result.rowcount == 1

    async def open_for(self, code_hash: str, token_hash: str, until: datetime) -> None:
        await self._connection.execute(
            update(codes).where(codes.c.code_hash == code_hash).values(token_hash=token_hash, token_expires_at=until)
        )

    async def set_channel(self, conversation_id: str, channel: Channel) -> None:
        """The conversation goes on on this channel; the caller holds it locked."""
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(channel=channel.value)
        )
