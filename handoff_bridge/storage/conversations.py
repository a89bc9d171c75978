"""Conversation rows: reading, changing the owner, the place in the queue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.changes import Change
from handoff_bridge.conversations.model import Conversation, ReturnedTurns, State
from handoff_bridge.conversations.promise import Capacity
from handoff_bridge.errors import NotFound, StaleEpoch
from handoff_bridge.storage.journal import Journal
from handoff_bridge.storage.messages import insert_messages
from handoff_bridge.storage.rows import conversation_from, conversation_values, returned_to
from handoff_bridge.storage.schema import agents, conversations, messages


class ConversationTable:
    def __init__(self, connection: AsyncConnection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    async def add(self, conversation: Conversation, token_hash: str, token_expires_at: datetime) -> None:
        await self._connection.execute(
            insert(conversations).values(
                id=conversation.id,
                channel=conversation.channel.value,
                locale=conversation.locale,
                page_url=conversation.page_url,
                last_seq=conversation.last_seq,
                token_hash=token_hash,
                token_expires_at=token_expires_at,
                created_at=conversation.created_at,
                updated_at=conversation.created_at,
                **conversation_values(conversation),
            )
        )

    async def get(self, conversation_id: str, *, lock: bool = False) -> Conversation:
        query = select(conversations).where(conversations.c.id == conversation_id)
        if lock:
            query = query.with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no such conversation.")
        return conversation_from(row)

    async def save(self, change: Change, now: datetime) -> Conversation:
        after = change.after
        last_seq = change.before.last_seq + len(change.notices)
        result = await self._connection.execute(
            update(conversations)
            .where(
                conversations.c.id == after.id,
                conversations.c.epoch == change.before.epoch,
                conversations.c.last_seq == change.before.last_seq,
            )
            .values(last_seq=last_seq, updated_at=now, **conversation_values(after))
        )
        if result.rowcount != 1:
            raise StaleEpoch(state=change.before.state.value)
        after = replace(after, last_seq=last_seq)
        await insert_messages(self._connection, after, change.notices, now, self._journal)
        for notice in change.notices:
            if notice.notice and "reason" in notice.notice:
                self._journal.handoffs[notice.notice["reason"]] += 1
        return after

    async def with_silent_agents(self, silent_since: datetime, limit: int) -> Sequence[Conversation]:
        """Conversations whose agent has given no sign of life since then."""
        query = (
            select(conversations)
            .join(agents, agents.c.id == conversations.c.agent_id)
            .where(
                conversations.c.state == State.HUMAN.value,
                or_(agents.c.last_seen_at < silent_since, agents.c.disabled.is_(True)),
            )
            .limit(limit)
        )
        return [conversation_from(row) for row in await self._connection.execute(query)]

    async def waiting_unreminded(self, waiting_since: datetime, limit: int) -> Sequence[Conversation]:
        """Conversations that have waited since before then and were not told the ways on."""
        query = (
            select(conversations)
            .where(
                conversations.c.state == State.WAITING.value,
                conversations.c.waiting_since < waiting_since,
                conversations.c.wait_reminded.is_(False),
            )
            .order_by(conversations.c.waiting_since)
            .limit(limit)
        )
        return [conversation_from(row) for row in await self._connection.execute(query)]

    async def mark_reminded(self, conversation_id: str) -> None:
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(wait_reminded=True)
        )

    async def silent_with_agents(self, silent_since: datetime, limit: int) -> Sequence[Conversation]:
        """Conversations with a person in which nobody has written since then."""
        query = (
            select(conversations)
            .where(conversations.c.state == State.HUMAN.value, conversations.c.updated_at < silent_since)
            .limit(limit)
        )
        return [conversation_from(row) for row in await self._connection.execute(query)]

    async def customer_seen(self, conversation_id: str, at: datetime) -> bool:
        """Note that the customer has the chat open; True when this was not known before."""
        one = conversations.c.id == conversation_id
        query = select(conversations.c.customer_seen_at).where(one)
        before = (await self._connection.execute(query)).scalar_one_or_none()
        await self._connection.execute(update(conversations).where(one).values(customer_seen_at=at))
        return before is None

    async def customer_left(self, conversation_id: str, last_shown: datetime) -> bool:
        """Note that the customer has gone; False when another stream has shown them since."""
        result = await self._connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id, conversations.c.customer_seen_at <= last_shown)
            .values(customer_seen_at=None)
        )
        return result.rowcount == 1

    async def set_returned(self, conversation_id: str, returned: ReturnedTurns | None) -> None:
        await self._connection.execute(
            update(conversations).where(conversations.c.id == conversation_id).values(returned=returned_to(returned))
        )

    async def changed_since(self, since: datetime) -> Sequence[str]:
        """The ids of conversations with a new message since then; a change of owner is one, too."""
        query = select(messages.c.conversation_id).where(messages.c.created_at >= since).distinct()
        return list((await self._connection.execute(query)).scalars())

    async def queue_position(self, conversation: Conversation) -> int:
        ahead = select(func.count()).where(conversations.c.state == State.WAITING.value)
        if conversation.state is State.WAITING:
            ahead = ahead.where(
                or_(
                    conversations.c.waiting_since < conversation.waiting_since,
                    and_(
                        conversations.c.waiting_since == conversation.waiting_since,
                        conversations.c.id < conversation.id,
                    ),
                )
            )
        return int((await self._connection.execute(ahead)).scalar_one()) + 1

    async def capacity(self, online_since: datetime) -> Capacity:
        online = (
            select(func.count())
            .select_from(agents)
            .where(agents.c.at_desk.is_(True), agents.c.last_seen_at > online_since, agents.c.disabled.is_(False))
        )
        taken = select(func.count()).where(conversations.c.state == State.HUMAN.value)
        row = (await self._connection.execute(select(online.scalar_subquery(), taken.scalar_subquery()))).one()
        return Capacity(row[0], row[1])
