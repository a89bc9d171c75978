"""The two steps of every bot turn on PostgreSQL, in as few round trips as they take.

handoff_bridge.storage.turns has the same steps for SQLite, and all that is not plain.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import BotAnswer, Channel, Conversation, Message, State, Turn
from handoff_bridge.storage.direct import Compiled, DirectPool
from handoff_bridge.storage.rows import conversation_from, draft_data, returned_from

_CLAIM = Compiled(
    text("""
WITH due AS (
    SELECT t.message_id, t.due_at, c.epoch, c.channel, c.locale, c.returned
    FROM turns t JOIN conversations c ON c.id = t.conversation_id
    WHERE t.status = 'open' AND t.due_at <= CAST(:now AS timestamptz) AND c.state = 'bot'
      AND NOT EXISTS (
          SELECT FROM turns earlier
          WHERE earlier.conversation_id = t.conversation_id AND earlier.status = 'open' AND earlier.seq < t.seq
      )
    ORDER BY t.due_at LIMIT CAST(:most AS integer)
    FOR UPDATE OF t SKIP LOCKED
), claimed AS (
    UPDATE turns t
    SET owner = CAST(:owner AS varchar), due_at = CAST(:lease_end AS timestamptz), attempts = t.attempts + 1,
        epoch = due.epoch, started_at = COALESCE(t.started_at, CAST(:now AS timestamptz))
    FROM due WHERE t.message_id = due.message_id
    RETURNING t.*, due.due_at AS was_due_at, due.channel, due.locale, due.returned
)
SELECT claimed.message_id, claimed.conversation_id, claimed.seq, claimed.attempts, claimed.epoch, claimed.started_at,
       claimed.channel, claimed.locale, claimed.returned, m.text, m.data
FROM claimed JOIN messages m ON m.id = claimed.message_id
ORDER BY claimed.was_due_at
""")
)
_LOCK = Compiled(
    text("SELECT epoch, state FROM conversations WHERE id = CAST(:conversation AS varchar) FOR NO KEY UPDATE")
)
#: Runs under the lock above: its picture is younger than whatever was done under the lock before.
_COMPLETE = Compiled(
    text("""
WITH finished AS (
    UPDATE turns t
    SET status = 'done', nlu = CAST(CAST(:nlu AS text) AS json), finished_at = CAST(:now AS timestamptz), owner = NULL
    WHERE t.message_id = CAST(:message AS varchar) AND t.status = 'open'
      AND t.owner = CAST(:owner AS varchar) AND t.attempts = CAST(:attempts AS integer)
      AND t.epoch = CAST(:epoch AS integer)
      AND NOT EXISTS (
          SELECT FROM handoffs h WHERE h.conversation_id = t.conversation_id AND h.message_id = t.message_id
      )
    RETURNING t.conversation_id
), bumped AS (
    UPDATE conversations c
    SET last_seq = c.last_seq + CAST(:count AS integer), updated_at = CAST(:now AS timestamptz)
    FROM finished WHERE c.id = finished.conversation_id
    RETURNING c.*
), logged AS (
    INSERT INTO messages (conversation_id, seq, epoch, id, sender, kind, text, data, created_at)
    SELECT bumped.id, bumped.last_seq - CAST(:count AS integer) + place, bumped.epoch, said.id, said.sender, said.kind,
           said.text, CAST(said.data AS json), CAST(:now AS timestamptz)
    FROM bumped, unnest(
        CAST(:ids AS varchar[]), CAST(:senders AS varchar[]), CAST(:kinds AS varchar[]), CAST(:texts AS text[]),
        CAST(:data AS text[])
    ) WITH ORDINALITY AS said (id, sender, kind, text, data, place)
)
SELECT * FROM bumped
""")
)


async def claim_turns(pool: DirectPool, owner: str, now: datetime, lease_end: datetime, limit: int) -> Sequence[Turn]:
    """Lease due turns of conversations that the bot owns, the first open one of each only."""
    values = {"owner": owner, "now": now, "lease_end": lease_end, "most": limit}
    return [
        Turn(
            message_id=row.message_id,
            conversation_id=row.conversation_id,
            seq=row.seq,
            attempts=row.attempts,
            epoch=row.epoch,
            started_at=row.started_at,
            text=row.text,
            payload=(row.data or {}).get("payload"),
            channel=Channel(row.channel),
            locale=row.locale,
            returned=returned_from(row.returned),
        )
        for row in await pool.fetch(_CLAIM, values)
    ]


async def complete_plainly(
    pool: DirectPool, turn: Turn, owner: str, answer: BotAnswer, now: datetime
) -> tuple[Conversation, Sequence[Message]] | None:
    """End a turn with the bot's words and nothing else. None, and nothing done, when it takes more than that.

    Plain is: the bot still owns the conversation under the turn's epoch, ``owner`` still holds the turn, and nobody
    has asked for a person in it.
    """
    drafts = answer.messages
    ids = [new_id() for _ in drafts]
    data = [draft_data(draft) for draft in drafts]
    async with pool.transaction() as tx:
        locked = await tx.fetch_one(_LOCK, {"conversation": turn.conversation_id})
        if locked is None or (locked.epoch, locked.state) != (turn.epoch, State.BOT.value):
            return None
        row = await tx.fetch_one(
            _COMPLETE,
            {
                "message": turn.message_id,
                "owner": owner,
                "attempts": turn.attempts,
                "epoch": turn.epoch,
                "nlu": json.dumps(answer.nlu) if answer.nlu else None,
                "now": now,
                "count": len(drafts),
                "ids": ids,
                "senders": [draft.sender.value for draft in drafts],
                "kinds": [draft.kind.value for draft in drafts],
                "texts": [draft.text for draft in drafts],
                "data": [None if part is None else json.dumps(part) for part in data],
            },
        )
    if row is None:
        return None
    conversation = conversation_from(row)
    first_seq = conversation.last_seq - len(drafts) + 1
    return conversation, [
        Message(new, conversation.id, first_seq + place, conversation.epoch, now, draft)
        for place, (new, draft) in enumerate(zip(ids, drafts, strict=True))
    ]
