"""The hot path: one message into the log, in one statement where the database can.

On PostgreSQL the guarded bump of ``last_seq``, the message and the turn that the bot owes are one statement that
commits by itself: one round trip. SQLite takes no changes in a WITH clause, so there they are steps of one transaction.
"""

from datetime import datetime
from typing import Any

from asyncpg import UniqueViolationError
from sqlalchemy import (
    Executable,
    Integer,
    Row,
    String,
    Text,
    Update,
    bindparam,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Conversation, Draft, Message, State
from handoff_bridge.conversations.ports import DuplicateMessage, Guard
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.direct import Compiled
from handoff_bridge.storage.refusals import refusal
from handoff_bridge.storage.rows import conversation_from, draft_data
from handoff_bridge.storage.schema import conversations, messages, turns
from handoff_bridge.storage.turns import OPEN


def _bump(guarded: bool) -> Update:
    bump = (
        update(conversations)
        .where(
            conversations.c.id == bindparam("conversation"),
            conversations.c.state != State.CLOSED.value,
        )
        .values(last_seq=conversations.c.last_seq + 1, updated_at=bindparam("now"))
        .returning(conversations)
    )
    if guarded:
        bump = bump.where(
            conversations.c.state == State.HUMAN.value,
            conversations.c.agent_id == bindparam("agent"),
            conversations.c.epoch == bindparam("guard_epoch"),
        )
    return bump


def _single_statement(guarded: bool) -> Executable:
    bumped = _bump(guarded).cte("bumped")
    now = bindparam("now", type_=messages.c.created_at.type)
    logged = (
        insert(messages)
        .from_select(
            [
                "conversation_id", "seq", "epoch", "id", "sender", "sender_name", "agent_id", "kind",
                "text", "data", "client_message_id", "created_at",
            ],
            select(
                bumped.c.id,
                bumped.c.last_seq,
                bumped.c.epoch,
                bindparam("message", type_=String),
                bindparam("sender", type_=String),
                bindparam("sender_name", type_=Text),
                bindparam("sender_id", type_=String),
                bindparam("kind", type_=String),
                bindparam("text", type_=Text),
                bindparam("data", type_=messages.c.data.type),
                bindparam("client_id", type_=String),
                now,
            ),
        )
        .cte("logged")
    )  # fmt: skip
    if guarded:
        return select(bumped).add_cte(logged)
    owed = (
        insert(turns)
        .from_select(
            ["message_id", "conversation_id", "seq", "status", "attempts", "due_at", "created_at"],
            select(
                bindparam("message", type_=String),
                bumped.c.id,
                bumped.c.last_seq,
                literal(OPEN, String),
                literal(0, Integer),
                now,
                now,
            ).where(bumped.c.state == State.BOT.value),
        )
        .cte("owed")
    )
    return select(bumped).add_cte(logged, owed)


# Built once: SQLAlchemy keeps the compiled form with the statement.
_BUMP = {guarded: _bump(guarded) for guarded in (False, True)}
_SINGLE = {guarded: Compiled(_single_statement(guarded)) for guarded in (False, True)}


async def append_one(
    database: Database,
    conversation_id: str,
    draft: Draft,
    now: datetime,
    guard: Guard | None,
) -> tuple[Conversation, Message]:
    """Append a customer's message and owe it a turn where the bot owns the conversation; or an agent's, guarded.

    Raises DuplicateMessage, StaleEpoch, ConversationClosed, NotFound.
    """
    values: dict[str, Any] = {
        "conversation": conversation_id,
        "now": now,
        "message": new_id(),
        "sender": draft.sender.value,
        "sender_name": draft.sender_name,
        "sender_id": draft.agent_id,
        "kind": draft.kind.value,
        "text": draft.text,
        "data": draft_data(draft),
        "client_id": draft.client_message_id,
    }
    if guard is not None:
        values |= {"agent": guard.agent_id, "guard_epoch": guard.epoch}
    try:
        if database.direct is not None:
            row = await database.direct.fetch_one(_SINGLE[guard is not None], values)
        else:
            async with database.write() as connection:
                row = await _in_steps(connection, values, guard is not None)
    except (IntegrityError, UniqueViolationError) as error:
        raise DuplicateMessage from error
    if row is None:
        async with database.read() as connection:
            raise await refusal(connection, conversation_id)
    conversation = conversation_from(row)
    return conversation, Message(
        str(values["message"]), conversation_id, conversation.last_seq, conversation.epoch, now, draft
    )


async def _in_steps(connection: AsyncConnection, values: dict[str, Any], guarded: bool) -> Row[Any] | None:
    names = ("conversation", "now", "agent", "guard_epoch") if guarded else ("conversation", "now")
    bump = {name: values[name] for name in names}
    row = (await connection.execute(_BUMP[guarded], bump)).one_or_none()
    if row is None:
        return None
    numbered = {"conversation_id": row.id, "seq": row.last_seq, "created_at": values["now"]}
    await connection.execute(
        insert(messages).values(
            id=values["message"],
            epoch=row.epoch,
            sender=values["sender"],
            sender_name=values["sender_name"],
            agent_id=values["sender_id"],
            kind=values["kind"],
            text=values["text"],
            data=values["data"],
            client_message_id=values["client_id"],
            **numbered,
        )
    )
    if not guarded and row.state == State.BOT.value:
        await connection.execute(
            insert(turns).values(
                message_id=values["message"], status=OPEN, attempts=0, due_at=values["now"], **numbered
            )
        )
    return row
