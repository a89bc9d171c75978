"""The store that the core works with: one object per transaction, one attribute per table."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Agent, Conversation, Draft, Message
from handoff_bridge.conversations.ports import Guard
from handoff_bridge.storage import lookups
from handoff_bridge.storage.agents import AgentTable
from handoff_bridge.storage.append import append_one
from handoff_bridge.storage.conversations import ConversationTable
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.desk_views import DeskViews
from handoff_bridge.storage.handoffs import HandoffTable
from handoff_bridge.storage.journal import Audience, Journal
from handoff_bridge.storage.messages import MessageTable
from handoff_bridge.storage.tokens import TokenTable
from handoff_bridge.storage.turns import TurnTable


class SqlTransaction:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.journal = Journal()

    @cached_property
    def conversations(self) -> ConversationTable:
        return ConversationTable(self._connection, self.journal)

    @cached_property
    def messages(self) -> MessageTable:
        return MessageTable(self._connection, self.journal)

    @cached_property
    def turns(self) -> TurnTable:
        return TurnTable(self._connection)

    @cached_property
    def handoffs(self) -> HandoffTable:
        return HandoffTable(self._connection)

    @cached_property
    def agents(self) -> AgentTable:
        return AgentTable(self._connection)

    @cached_property
    def tokens(self) -> TokenTable:
        return TokenTable(self._connection)

    @cached_property
    def desk_views(self) -> DeskViews:
        return DeskViews(self._connection)


class SqlStore:
    def __init__(self, database: Database, audience: Audience | None = None) -> None:
        self.database = database
        self._audience = audience

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        async with self.database.write() as connection:
            transaction = SqlTransaction(connection)
            yield transaction
        if self._audience is not None:
            self._audience.committed(transaction.journal)

    async def append(
        self, conversation_id: str, draft: Draft, now: datetime, guard: Guard | None = None
    ) -> tuple[Conversation, Message]:
        """Append one message in a transaction of its own; see handoff_bridge.storage.append."""
        conversation, message = await append_one(self.database, conversation_id, draft, now, guard)
        if self._audience is not None:
            journal = Journal()
            journal.logged(conversation, draft)
            self._audience.committed(journal)
        return conversation, message

    async def messages_after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
        return await lookups.messages_after(self.database, conversation_id, seq, limit)

    async def token_expiry(self, conversation_id: str, token_hash: str) -> datetime | None:
        return await lookups.token_expiry(self.database, conversation_id, token_hash)

    async def agent_of_session(self, token_hash: str, now: datetime) -> Agent | None:
        return await lookups.agent_of_session(self.database, token_hash, now)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        async with self.database.read() as connection:
            yield SqlTransaction(connection)
