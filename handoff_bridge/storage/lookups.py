"""What requests and woken streams ask all the time: queries built and compiled once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, exists, select

from handoff_bridge.conversations.model import Agent, Conversation, Message
from handoff_bridge.errors import NotFound
from handoff_bridge.storage.codes_schema import channel_codes
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.direct import Compiled
from handoff_bridge.storage.rows import conversation_from, message_from
from handoff_bridge.storage.schema import agent_sessions, agents, conversations, handoffs, messages, turns
from handoff_bridge.storage.turns import OPEN

_SESSION = Compiled(
    select(agents.c.id, agents.c.email, agents.c.name, agent_sessions.c.expires_at)
    .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
    .where(agents.c.disabled.is_(False), agent_sessions.c.token_hash == bindparam("token_hash"))
)
_TOKEN_EXPIRY = Compiled(
    select(conversations.c.token_expires_at).where(
        conversations.c.id == bindparam("conversation"), conversations.c.token_hash == bindparam("token_hash")
    )
)
#: Of a browser that has come with a code from another channel.
_CODE_TOKEN_EXPIRY = Compiled(
    select(channel_codes.c.token_expires_at).where(
        channel_codes.c.conversation_id == bindparam("conversation"),
        channel_codes.c.token_hash == bindparam("token_hash"),
    )
)
_SEEN = Compiled(
    select(
        conversations,
        select(handoffs.c.reason).where(handoffs.c.id == conversations.c.handoff_id).scalar_subquery().label("reason"),
        # An answer that is just being made, and that will be shown.
        exists()
        .where(
            turns.c.conversation_id == conversations.c.id,
            turns.c.status == OPEN,
            turns.c.owner.is_not(None),
            turns.c.epoch == conversations.c.epoch,
        )
        .label("bot_is_typing"),
    ).where(conversations.c.id == bindparam("conversation"))
)
_MESSAGES_AFTER = Compiled(
    select(messages)
    .where(messages.c.conversation_id == bindparam("conversation"), messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(bindparam("most", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class Session:
    agent: Agent
    expires_at: datetime


async def session_of(database: Database, token_hash: str) -> Session | None:
    """Who is signed in with this token; None for nobody, or for somebody who has been disabled."""
    rows = await database.rows(_SESSION, {"token_hash": token_hash})
    return Session(Agent(rows[0].id, rows[0].email, rows[0].name), rows[0].expires_at) if rows else None


async def token_expiry(database: Database, conversation_id: str, token_hash: str) -> datetime | None:
    """When this token of this conversation expires; None when it is not its token."""
    names = {"conversation": conversation_id, "token_hash": token_hash}
    rows = await database.rows(_TOKEN_EXPIRY, names) or await database.rows(_CODE_TOKEN_EXPIRY, names)
    return rows[0].token_expires_at if rows else None


@dataclass(frozen=True, slots=True)
class SeenConversation:
    """A conversation with what its customer sees of it; ``reason`` is that of its handoff, if there is one."""

    conversation: Conversation
    reason: str | None
    bot_is_typing: bool


async def seen_conversation(database: Database, conversation_id: str) -> SeenConversation:
    """Raises NotFound."""
    rows = await database.rows(_SEEN, {"conversation": conversation_id})
    if not rows:
        raise NotFound("There is no such conversation.")
    return SeenConversation(conversation_from(rows[0]), rows[0].reason, bool(rows[0].bot_is_typing))


async def messages_after(database: Database, conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
    """The next messages of a conversation after this number, in order."""
    rows = await database.rows(_MESSAGES_AFTER, {"conversation": conversation_id, "after": seq, "most": limit})
    return [message_from(row) for row in rows]
