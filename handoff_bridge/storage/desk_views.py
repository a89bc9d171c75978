"""The lists an agent looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Conversation, State
from handoff_bridge.storage.rows import AnyRow, conversation_from
from handoff_bridge.storage.schema import conversations, handoffs, messages, turns
from handoff_bridge.storage.turns import OPEN


@dataclass(frozen=True, slots=True)
class LastMessage:
    sender: str
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListedConversation:
    conversation: Conversation
    reason: str | None
    requested_at: datetime | None
    last_message: LastMessage | None


@dataclass(frozen=True, slots=True)
class ListFilter:
    """``agent_id`` keeps only that agent's conversations; ``text`` looks into messages and names."""

    state: State | None = None
    agent_id: str | None = None
    text: str | None = None
    conversation_ids: Sequence[str] | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Figures:
    waiting: int
    waiting_since: datetime | None
    turns_open: int
    oldest_turn_at: datetime | None


class DeskViews:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def list(self, wanted: ListFilter) -> Sequence[ListedConversation]:
        """Waiting ones by their place in the queue, all others newest first."""
        query = _listed()
        if wanted.state is not None:
            query = query.where(conversations.c.state == wanted.state.value)
        elif wanted.conversation_ids is None:
            query = query.where(conversations.c.state != State.CLOSED.value)
        if wanted.agent_id is not None:
            query = query.where(conversations.c.agent_id == wanted.agent_id)
        if wanted.conversation_ids is not None:
            query = query.where(conversations.c.id.in_(wanted.conversation_ids))
        if wanted.text:
            query = query.where(_mentions(wanted.text))
        if wanted.state is State.WAITING:
            query = query.order_by(conversations.c.waiting_since, conversations.c.id)
        else:
            query = query.order_by(conversations.c.created_at.desc(), conversations.c.id)
        rows = await self._connection.execute(query.limit(wanted.limit))
        return [_listed_from(row) for row in rows]

    async def figures(self) -> Figures:
        """The queue and the bot's open turns, in numbers."""
        queue = select(func.count(), func.min(conversations.c.waiting_since)).where(
            conversations.c.state == State.WAITING.value
        )
        owed = (
            select(func.count(), func.min(turns.c.created_at))
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .where(turns.c.status == OPEN, conversations.c.state == State.BOT.value)
        )
        waiting, waiting_since = (await self._connection.execute(queue)).one()
        turns_open, oldest_turn_at = (await self._connection.execute(owed)).one()
        return Figures(waiting, waiting_since, turns_open, oldest_turn_at)


def _listed() -> Select[tuple[object, ...]]:
    last = and_(
        messages.c.conversation_id == conversations.c.id,
        messages.c.seq == conversations.c.last_seq,
    )
    return (
        select(
            conversations,
            handoffs.c.reason,
            handoffs.c.requested_at,
            messages.c.sender.label("last_sender"),
            messages.c.text.label("last_text"),
            messages.c.created_at.label("last_created_at"),
        )
        .outerjoin(handoffs, handoffs.c.id == conversations.c.handoff_id)
        .outerjoin(messages, last)
    )


def _mentions(text: str) -> ColumnElement[bool]:
    pattern = f"%{_escaped(text)}%"
    # A name of its own: the list joins the last message of each conversation already.
    said = messages.alias("said")
    found = (
        select(said.c.seq)
        .where(said.c.conversation_id == conversations.c.id, said.c.text.ilike(pattern, escape="\\"))
        .correlate(conversations)
    )
    # People say "Gast 7F3K"; the last word of it is the beginning of the id.
    label = text.split()[-1] if text.split() else text
    return or_(
        conversations.c.id.ilike(f"{_escaped(label)}%", escape="\\"),
        conversations.c.agent_name.ilike(pattern, escape="\\"),
        found.exists(),
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _listed_from(row: AnyRow) -> ListedConversation:
    last = None
    if row.last_sender is not None:
        last = LastMessage(row.last_sender, row.last_text, row.last_created_at)
    return ListedConversation(conversation_from(row), row.reason, row.requested_at, last)
