"""Messages of different conversations that come at the same time, appended by one statement on PostgreSQL.

It takes only what is simple: a conversation that nobody else is just changing, a message that is new and allowed. All
others are left for handoff_bridge.storage.append, which waits for locks and says why something is refused. The rules
are the same: bump under the guard, message, and the turn that the bot owes, all or nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import text

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Conversation, Draft, Message
from handoff_bridge.conversations.ports import Guard
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.storage.direct import Compiled, DirectPool
from handoff_bridge.storage.rows import conversation_from, draft_data

#: Nobody waits for another one's lock here, so a batch can neither hang nor meet a deadlock.
_APPEND_MANY = Compiled(
    text("""
WITH asked AS (
    SELECT * FROM unnest(
        CAST(:conversation AS varchar[]), CAST(:message AS varchar[]), CAST(:sender AS varchar[]),
        CAST(:sender_name AS text[]), CAST(:sender_id AS varchar[]), CAST(:kind AS varchar[]), CAST(:text AS text[]),
        CAST(:data AS text[]), CAST(:client_id AS varchar[]), CAST(:now AS timestamptz[]),
        CAST(:guard_agent AS varchar[]), CAST(:guard_epoch AS integer[])
    ) AS asked (
        conversation, message, sender, sender_name, sender_id, kind, text, data, client_id, now,
        guard_agent, guard_epoch
    )
), free AS (
    SELECT c.id FROM asked JOIN conversations c ON c.id = asked.conversation
    WHERE c.state <> 'closed'
      AND (asked.guard_epoch IS NULL
           OR (c.state = 'human' AND c.agent_id = asked.guard_agent AND c.epoch = asked.guard_epoch))
      AND (
          SELECT m.seq FROM messages m
          WHERE m.conversation_id = c.id AND m.sender = asked.sender AND m.client_message_id = asked.client_id
      ) IS NULL
    FOR NO KEY UPDATE OF c SKIP LOCKED
), bumped AS (
    UPDATE conversations c SET last_seq = c.last_seq + 1, updated_at = asked.now
    FROM asked, free WHERE c.id = free.id AND asked.conversation = free.id
    RETURNING c.*
), logged AS (
    INSERT INTO messages (
        conversation_id, seq, epoch, id, sender, sender_name, agent_id, kind, text, data, client_message_id, created_at
    )
    SELECT bumped.id, bumped.last_seq, bumped.epoch, message, sender, sender_name, sender_id, kind, text,
           CAST(data AS json), client_id, now
    FROM bumped JOIN asked ON asked.conversation = bumped.id
), owed AS (
    INSERT INTO turns (message_id, conversation_id, seq, status, attempts, due_at, created_at)
    SELECT message, bumped.id, bumped.last_seq, 'open', 0, now, now
    FROM bumped JOIN asked ON asked.conversation = bumped.id
    WHERE bumped.state = 'bot' AND asked.sender = 'customer'
)
SELECT * FROM bumped
""")
)


@dataclass(frozen=True, slots=True)
class ToAppend:
    """A customer's message, or an agent's with its guard."""

    conversation_id: str
    draft: Draft
    now: datetime
    guard: Guard | None


Appended = tuple[Conversation, Message]


async def append_many(pool: DirectPool, asked: Sequence[ToAppend]) -> Sequence[Appended | None]:
    """Append what is simple; None for what has to go the other way. At most one for each conversation."""
    ids = [new_id() for _ in asked]
    try:
        rows = await pool.fetch(_APPEND_MANY, _columns(asked, ids))
    except (asyncpg.PostgresError, StoreUnavailable):
        # One of them spoilt it for all; each learns on the other way what is wrong.
        return [None] * len(asked)
    found = {row.id: conversation_from(row) for row in rows}
    return [
        (conversation, Message(new, conversation.id, conversation.last_seq, conversation.epoch, each.now, each.draft))
        if (conversation := found.get(each.conversation_id))
        else None
        for new, each in zip(ids, asked, strict=True)
    ]


def _columns(asked: Sequence[ToAppend], ids: list[str]) -> dict[str, Any]:
    drafts = [each.draft for each in asked]
    data = [draft_data(draft) for draft in drafts]
    return {
        "conversation": [each.conversation_id for each in asked],
        "message": ids,
        "sender": [draft.sender.value for draft in drafts],
        "sender_name": [draft.sender_name for draft in drafts],
        "sender_id": [draft.agent_id for draft in drafts],
        "kind": [draft.kind.value for draft in drafts],
        "text": [draft.text for draft in drafts],
        "data": [None if part is None else json.dumps(part) for part in data],
        "client_id": [draft.client_message_id for draft in drafts],
        "now": [each.now for each in asked],
        "guard_agent": [each.guard.agent_id if each.guard else None for each in asked],
        "guard_epoch": [each.guard.epoch if each.guard else None for each in asked],
    }
