"""The append-only log. A message's number comes from one guarded update of its conversation."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Conversation, Draft, Kind, Message, State
from handoff_bridge.conversations.ports import DuplicateMessage
from handoff_bridge.storage.journal import Journal
from handoff_bridge.storage.refusals import refusal
from handoff_bridge.storage.rows import (
    conversation_from,
    draft_data,
    message_from,
    message_values,
)
from handoff_bridge.storage.schema import conversations, messages, suppressed_messages


async def insert_messages(
    connection: AsyncConnection,
    conversation: Conversation,
    drafts: Sequence[Draft],
    now: datetime,
    journal: Journal,
) -> list[Message]:
    """Insert drafts as the last entries of a conversation whose ``last_seq`` already counts them.

    Raises DuplicateMessage when a client_message_id is already taken by the same sender.
    """
    first_seq = conversation.last_seq - len(drafts) + 1
    entries = [
        Message(new_id(), conversation.id, first_seq + offset, conversation.epoch, now, draft)
        for offset, draft in enumerate(drafts)
    ]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for entry in entries:
        statement = (
            dialect.insert(messages)
            .values(message_values(entry))
            .on_conflict_do_nothing(index_elements=["conversation_id", "sender", "client_message_id"])
        )
        if (await connection.execute(statement)).rowcount != 1:
            raise DuplicateMessage
        journal.logged(conversation, entry.draft)
    return entries


#: A tap is looked for in so many of the last messages with buttons; nobody scrolls further back.
MOST_OFFERS = 500


class MessageTable:
    def __init__(self, connection: AsyncConnection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    async def append(
        self, conversation_id: str, drafts: Sequence[Draft], now: datetime, epoch: int | None = None
    ) -> tuple[Conversation, Sequence[Message]]:
        bump = (
            update(conversations)
            .where(
                conversations.c.id == conversation_id,
                conversations.c.state != State.CLOSED.value,
            )
            .values(last_seq=conversations.c.last_seq + len(drafts), updated_at=now)
            .returning(conversations)
        )
        if epoch is not None:
            bump = bump.where(conversations.c.epoch == epoch)
        row = (await self._connection.execute(bump)).one_or_none()
        if row is None:
            raise await refusal(self._connection, conversation_id)
        conversation = conversation_from(row)
        return conversation, await insert_messages(self._connection, conversation, drafts, now, self._journal)

    async def by_client_id(self, conversation_id: str, sender: str, client_id: str) -> Message | None:
        query = select(messages).where(
            messages.c.conversation_id == conversation_id,
            messages.c.sender == sender,
            messages.c.client_message_id == client_id,
        )
        row = (await self._connection.execute(query)).one_or_none()
        return message_from(row) if row else None

    async def latest(self, conversation_id: str, limit: int) -> Sequence[Message]:
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id)
            .order_by(messages.c.seq.desc())
            .limit(limit)
        )
        rows = (await self._connection.execute(query)).all()
        return [message_from(row) for row in reversed(rows)]

    async def after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
        query = (
            select(messages)
            .where(messages.c.conversation_id == conversation_id, messages.c.seq > seq)
            .order_by(messages.c.seq)
            .limit(limit)
        )
        return [message_from(row) for row in await self._connection.execute(query)]

    async def offered_title(self, conversation_id: str, payload: str) -> str | None:
        query = (
            select(messages.c.data)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.kind == Kind.BUTTONS.value,
            )
            .order_by(messages.c.seq.desc())
            .limit(MOST_OFFERS)
        )
        for (data,) in await self._connection.execute(query):
            for button in (data or {}).get("buttons", []):
                if button["payload"] == payload:
                    return str(button["title"])
        return None

    async def suppress(self, conversation: Conversation, made_for: int, drafts: Sequence[Draft], now: datetime) -> None:
        for draft in drafts:
            self._journal.suppressed[draft.sender.value] += 1
            await self._connection.execute(
                insert(suppressed_messages).values(
                    id=new_id(),
                    conversation_id=conversation.id,
                    sender=draft.sender.value,
                    text=draft.text,
                    data=draft_data(draft),
                    made_for_epoch=made_for,
                    met_epoch=conversation.epoch,
                    met_state=conversation.state.value,
                    created_at=now,
                )
            )
