"""What requests and woken streams ask all the time: queries built and compiled once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, bindparam, select

from handoff_bridge.conversations.model import Agent, Message
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.direct import Compiled
from handoff_bridge.storage.rows import message_from
from handoff_bridge.storage.schema import agent_sessions, agents, conversations, messages

_AGENT_OF_SESSION = Compiled(
    select(agents.c.id, agents.c.email, agents.c.name)
    .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
    .where(
        agent_sessions.c.token_hash == bindparam("token_hash"),
        agent_sessions.c.expires_at > bindparam("now"),
        agents.c.disabled.is_(False),
    )
)
_TOKEN_EXPIRY = Compiled(
    select(conversations.c.token_expires_at).where(
        conversations.c.id == bindparam("conversation"), conversations.c.token_hash == bindparam("token_hash")
    )
)
_MESSAGES_AFTER = Compiled(
    select(messages)
    .where(messages.c.conversation_id == bindparam("conversation"), messages.c.seq > bindparam("after"))
    .order_by(messages.c.seq)
    .limit(bindparam("most", type_=Integer))
)


async def agent_of_session(database: Database, token_hash: str, now: datetime) -> Agent | None:
    """The agent who is signed in with this token, unless it has expired or they have been disabled."""
    rows = await database.rows(_AGENT_OF_SESSION, {"token_hash": token_hash, "now": now})
    return Agent(rows[0].id, rows[0].email, rows[0].name) if rows else None


async def token_expiry(database: Database, conversation_id: str, token_hash: str) -> datetime | None:
    """When this token of this conversation expires; None when it is not its token."""
    rows = await database.rows(_TOKEN_EXPIRY, {"conversation": conversation_id, "token_hash": token_hash})
    return rows[0].token_expires_at if rows else None


async def messages_after(database: Database, conversation_id: str, seq: int, limit: int) -> Sequence[Message]:
    """The next messages of a conversation after this number, in order."""
    rows = await database.rows(_MESSAGES_AFTER, {"conversation": conversation_id, "after": seq, "most": limit})
    return [message_from(row) for row in rows]
