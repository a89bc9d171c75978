"""The store that the core works with: one object per transaction, one attribute per table."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cached_property, partial

from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import BotAnswer, Conversation, Draft, Message, Turn
from handoff_bridge.conversations.ports import Guard
from handoff_bridge.storage import lookups
from handoff_bridge.storage.agents import AgentTable
from handoff_bridge.storage.append import append_one
from handoff_bridge.storage.append_many import Appended, ToAppend, append_many
from handoff_bridge.storage.attachments import AttachmentTable
from handoff_bridge.storage.budgets import BudgetTable
from handoff_bridge.storage.codes import CodeTable
from handoff_bridge.storage.conversations import ConversationTable
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.delivery_statuses import DeliveryStatusTable
from handoff_bridge.storage.delivery_views import DeliveryViews
from handoff_bridge.storage.desk_views import DeskViews
from handoff_bridge.storage.gather import Gathered
from handoff_bridge.storage.handoffs import HandoffTable
from handoff_bridge.storage.journal import Audience, Journal
from handoff_bridge.storage.messages import MessageTable
from handoff_bridge.storage.outbox import DeliveryTable
from handoff_bridge.storage.receivers import ReceiverTable
from handoff_bridge.storage.tokens import TokenTable
from handoff_bridge.storage.turn_steps import claim_turns, complete_plainly
from handoff_bridge.storage.turns import TurnTable
from handoff_bridge.storage.whatsapp_inbox import WhatsAppInbox
from handoff_bridge.storage.whatsapp_people import WhatsAppPeople
from handoff_bridge.storage.whatsapp_retention import RetentionTable

#: One after the other: on a busy bridge fewer, larger batches cost each message less than a second one brings.
BATCHES_AT_ONCE, MAX_BATCH = 1, 100


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
    def codes(self) -> CodeTable:
        return CodeTable(self._connection)

    @cached_property
    def attachments(self) -> AttachmentTable:
        return AttachmentTable(self._connection)

    @cached_property
    def whatsapp_inbox(self) -> WhatsAppInbox:
        return WhatsAppInbox(self._connection)

    @cached_property
    def whatsapp_people(self) -> WhatsAppPeople:
        return WhatsAppPeople(self._connection)

    @cached_property
    def retention(self) -> RetentionTable:
        return RetentionTable(self._connection)

    @cached_property
    def desk_views(self) -> DeskViews:
        return DeskViews(self._connection)

    @cached_property
    def deliveries(self) -> DeliveryTable:
        return DeliveryTable(self._connection)

    @cached_property
    def delivery_statuses(self) -> DeliveryStatusTable:
        return DeliveryStatusTable(self._connection, self.journal)

    @cached_property
    def delivery_views(self) -> DeliveryViews:
        return DeliveryViews(self._connection)

    @cached_property
    def budgets(self) -> BudgetTable:
        return BudgetTable(self._connection)

    @cached_property
    def receivers(self) -> ReceiverTable:
        return ReceiverTable(self._connection)


class SqlStore:
    def __init__(self, database: Database, audience: Audience | None = None) -> None:
        self.database = database
        self._audience = audience
        self._appends: Gathered[ToAppend, Appended | None] | None = None
        if database.direct is not None:
            self._appends = Gathered(partial(append_many, database.direct), at_once=BATCHES_AT_ONCE, most=MAX_BATCH)

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
        """Append one message, alone or together with others'; see handoff_bridge.storage.append."""
        appended = None
        if self._appends is not None:
            appended = await self._appends.ask(conversation_id, ToAppend(conversation_id, draft, now, guard))
        conversation, message = appended or await append_one(self.database, conversation_id, draft, now, guard)
        if self._audience is not None:
            journal = Journal()
            journal.logged(conversation, draft)
            self._audience.committed(journal)
        return conversation, message

    async def claim_turns(self, owner: str, lease: timedelta, limit: int, now: datetime) -> Sequence[Turn]:
        if self.database.direct is not None:
            return await claim_turns(self.database.direct, owner, now, now + lease, limit)
        async with self.write() as tx:
            return await tx.turns.claim(owner, lease, limit, now)

    async def complete_plainly(
        self, turn: Turn, owner: str, answer: BotAnswer, now: datetime
    ) -> Sequence[Message] | None:
        if self.database.direct is None:
            return None
        completed = await complete_plainly(self.database.direct, turn, owner, answer, now)
        if completed is None:
            return None
        conversation, said = completed
        if self._audience is not None:
            journal = Journal()
            for message in said:
                journal.logged(conversation, message.draft)
            self._audience.committed(journal)
        return said

    async def messages_after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
        return await lookups.messages_after(self.database, conversation_id, seq, limit)

    async def seen_conversation(self, conversation_id: str) -> lookups.SeenConversation:
        """Raises NotFound."""
        return await lookups.seen_conversation(self.database, conversation_id)

    async def token_expiry(self, conversation_id: str, token_hash: str) -> datetime | None:
        return await lookups.token_expiry(self.database, conversation_id, token_hash)

    async def session(self, token_hash: str) -> lookups.Session | None:
        """Who is signed in with this token and until when; None for nobody, or for somebody who has been disabled."""
        return await lookups.session_of(self.database, token_hash)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        async with self.database.read() as connection:
            yield SqlTransaction(connection)
