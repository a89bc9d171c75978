"""Leased bot turns: a dead process's turn is taken over, a live one's is never run twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Channel, Sender, State, Turn
from handoff_bridge.storage.rows import returned_from
from handoff_bridge.storage.schema import conversations, handoffs, messages, turns

OPEN, DONE, SUPERSEDED = "open", "done", "superseded"


class TurnTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, owner: str, lease: timedelta, limit: int, now: datetime) -> Sequence[Turn]:
        """Take due turns, the first open one of each conversation only.

        A turn whose conversation went to a person in the meantime is ended here instead.
        """
        earlier = turns.alias("earlier")
        due = (
            select(turns.c.message_id)
            .where(
                turns.c.status == OPEN,
                turns.c.due_at <= now,
                ~exists().where(
                    earlier.c.conversation_id == turns.c.conversation_id,
                    earlier.c.status == OPEN,
                    earlier.c.seq < turns.c.seq,
                ),
            )
            .order_by(turns.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list((await self._connection.execute(due)).scalars())
        if not ids:
            return []
        rows = await self._connection.execute(
            select(
                turns.c.message_id,
                turns.c.attempts,
                turns.c.started_at,
                messages.c.seq,
                messages.c.text,
                messages.c.data,
                conversations.c.id.label("conversation_id"),
                conversations.c.state,
                conversations.c.epoch,
                conversations.c.channel,
                conversations.c.locale,
                conversations.c.returned,
            )
            .join(messages, messages.c.id == turns.c.message_id)
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .where(turns.c.message_id.in_(ids))
            .order_by(turns.c.due_at)
        )
        claimed = []
        for row in rows.all():
            if row.state != State.BOT.value:
                await self._set(row.message_id, status=SUPERSEDED, finished_at=now, owner=None)
                continue
            turn = Turn(
                message_id=row.message_id,
                conversation_id=row.conversation_id,
                seq=row.seq,
                attempts=row.attempts + 1,
                epoch=row.epoch,
                started_at=row.started_at or now,
                text=row.text,
                payload=(row.data or {}).get("payload"),
                channel=Channel(row.channel),
                locale=row.locale,
                returned=returned_from(row.returned),
            )
            await self._set(
                row.message_id,
                owner=owner,
                due_at=now + lease,
                attempts=turn.attempts,
                epoch=turn.epoch,
                started_at=turn.started_at,
            )
            claimed.append(turn)
        return claimed

    async def next_due(self) -> datetime | None:
        query = select(func.min(turns.c.due_at)).where(turns.c.status == OPEN)
        due: datetime | None = (await self._connection.execute(query)).scalar_one()
        return due

    async def is_running(self, conversation_id: str, message_id: str) -> bool | None:
        query = select(turns.c.status).where(
            turns.c.message_id == message_id, turns.c.conversation_id == conversation_id
        )
        status = (await self._connection.execute(query)).scalar_one_or_none()
        return None if status is None else status == OPEN

    async def finish(self, turn: Turn, owner: str, nlu: dict[str, object], now: datetime) -> bool:
        return await self._held(turn, owner, status=DONE, nlu=nlu or None, finished_at=now, owner=None)

    async def cut_off(self, turn: Turn, owner: str, nlu: dict[str, object], now: datetime) -> bool:
        return await self._held(turn, owner, status=SUPERSEDED, nlu=nlu or None, finished_at=now, owner=None)

    async def retry(self, turn: Turn, owner: str, due_at: datetime, error: str) -> bool:
        return await self._held(turn, owner, due_at=due_at, owner=None, error=error)

    async def release(self, turn: Turn, owner: str, now: datetime) -> None:
        await self._held(turn, owner, due_at=now, owner=None, attempts=turn.attempts - 1)

    async def release_all(self, now: datetime) -> None:
        """Give back every lease: only for a database that a single process uses, at its start."""
        await self._connection.execute(
            update(turns).where(turns.c.status == OPEN, turns.c.owner.is_not(None)).values(due_at=now, owner=None)
        )

    async def supersede(self, conversation_id: str, now: datetime) -> None:
        await self._connection.execute(
            update(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.status == OPEN)
            .values(status=SUPERSEDED, finished_at=now, owner=None)
        )

    async def reopen_latest_unanswered(self, conversation_id: str, since_seq: int, now: datetime) -> bool:
        """Owe a turn for the customer's latest message, unless the bot or a person has answered it.

        Looks at what was written from ``since_seq`` on and at turns that a handover cut off.
        """
        people = (Sender.CUSTOMER.value, Sender.AGENT.value)
        query = (
            select(messages.c.id, messages.c.seq, messages.c.sender)
            .where(messages.c.conversation_id == conversation_id, messages.c.sender.in_(people))
            .order_by(messages.c.seq.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None or row.sender != Sender.CUSTOMER.value:
            return False
        # Locked: whoever is just ending this turn, because a person had the conversation, ends it first.
        held = select(turns.c.status).where(turns.c.message_id == row.id).with_for_update()
        status = (await self._connection.execute(held)).scalar_one_or_none()
        if status in (OPEN, DONE) or (status is None and row.seq < since_seq):
            return False
        asked = select(handoffs.c.id).where(handoffs.c.message_id == row.id)
        if (await self._connection.execute(asked)).first() is not None:
            return False  # the bot's answer to it was to get a person
        values: dict[str, Any] = {"status": OPEN, "attempts": 0, "due_at": now}
        if status == SUPERSEDED:
            await self._set(row.id, owner=None, started_at=None, finished_at=None, **values)
        else:
            await self._connection.execute(
                insert(turns).values(
                    message_id=row.id,
                    conversation_id=conversation_id,
                    seq=row.seq,
                    created_at=now,
                    **values,
                )
            )
        return True

    async def transcript_nlu(self, conversation_id: str) -> dict[str, dict[str, object]]:
        query = select(turns.c.message_id, turns.c.nlu).where(
            turns.c.conversation_id == conversation_id, turns.c.nlu.is_not(None)
        )
        return {row.message_id: row.nlu for row in await self._connection.execute(query)}

    async def is_typing(self, conversation_id: str) -> bool:
        """Whether an answer to this conversation is being made right now."""
        running = case((turns.c.owner.is_not(None), 1), else_=0)
        query = select(func.max(running)).where(turns.c.conversation_id == conversation_id, turns.c.status == OPEN)
        return bool((await self._connection.execute(query)).scalar_one())

    async def _held(self, turn: Turn, holder: str, **values: Any) -> bool:
        result = await self._connection.execute(
            update(turns)
            .where(
                turns.c.message_id == turn.message_id,
                turns.c.status == OPEN,
                turns.c.owner == holder,
                turns.c.attempts == turn.attempts,
            )
            .values(**values)
        )
        return result.rowcount == 1

    async def _set(self, message_id: str, **values: Any) -> None:
        await self._connection.execute(update(turns).where(turns.c.message_id == message_id).values(**values))
