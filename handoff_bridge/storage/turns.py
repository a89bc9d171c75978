"""Leased bot turns: a dead process's turn is taken over, a live one's is never run twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Channel, Message, Sender, State, Turn
from handoff_bridge.storage.rows import returned_from
from handoff_bridge.storage.schema import conversations, handoffs, messages, turns

OPEN, DONE, SUPERSEDED = "open", "done", "superseded"


class TurnTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, owner: str, lease: timedelta, limit: int, now: datetime) -> Sequence[Turn]:
        """Take due turns of conversations that the bot owns, the first open one of each only.

        While a customer waits, what the bot owes stays open: without a person it is the bot's again.
        """
        earlier = turns.alias("earlier")
        due = (
            select(turns.c.message_id)
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .where(
                turns.c.status == OPEN,
                turns.c.due_at <= now,
                conversations.c.state == State.BOT.value,
                ~exists().where(
                    earlier.c.conversation_id == turns.c.conversation_id,
                    earlier.c.status == OPEN,
                    earlier.c.seq < turns.c.seq,
                ),
            )
            .order_by(turns.c.due_at)
            .limit(limit)
            .with_for_update(of=turns, skip_locked=True)
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
                continue  # changed hands between the two looks
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

    async def retry(self, turn: Turn, owner: str, due_at: datetime, error: str) -> bool:
        return await self._held(turn, owner, due_at=due_at, owner=None, error=error)

    async def release(self, turn: Turn, owner: str, now: datetime) -> None:
        await self._held(turn, owner, due_at=now, owner=None, attempts=turn.attempts - 1)

    async def release_all(self, now: datetime) -> None:
        """Give back every lease: only for a database that a single process uses, at its start."""
        await self._connection.execute(
            update(turns).where(turns.c.status == OPEN, turns.c.owner.is_not(None)).values(due_at=now, owner=None)
        )

    async def owe(self, message: Message, now: datetime) -> None:
        await self._add(message, status=OPEN, due_at=now, created_at=now)

    async def settle(self, message: Message, now: datetime) -> None:
        await self._add(message, status=DONE, due_at=now, created_at=now, finished_at=now)

    async def _add(self, message: Message, **values: Any) -> None:
        numbered = {"message_id": message.id, "conversation_id": message.conversation_id, "seq": message.seq}
        await self._connection.execute(insert(turns).values(attempts=0, **numbered, **values))

    async def supersede(self, conversation_id: str, now: datetime) -> None:
        await self._connection.execute(
            update(turns)
            .where(turns.c.conversation_id == conversation_id, turns.c.status == OPEN)
            .values(status=SUPERSEDED, finished_at=now, owner=None)
        )

    async def owe_again(self, conversation_id: str, since_seq: int, now: datetime) -> None:
        """The bot has the conversation back: owe what it owed before and what nobody has answered since.

        That are the turns still open, those a person's coming ended although the person then wrote nothing, and the
        last thing the customer wrote from ``since_seq`` on. What the bot wanted a person for stays with the person.
        """
        mine = turns.c.conversation_id == conversation_id
        # A turn that is running keeps its lease; what it brings comes too late and is tried anew.
        await self._connection.execute(update(turns).where(mine, turns.c.status == OPEN).values(started_at=None))
        await self._connection.execute(
            update(turns).where(mine, turns.c.status == OPEN, turns.c.owner.is_(None)).values(attempts=0, due_at=now)
        )
        asked = select(handoffs.c.message_id).where(
            handoffs.c.conversation_id == conversation_id, handoffs.c.message_id.is_not(None)
        )
        heard_seq = await self._last_seq(conversation_id, Sender.AGENT)
        await self._connection.execute(
            update(turns)
            .where(
                mine,
                turns.c.status == SUPERSEDED,
                turns.c.seq > heard_seq,
                turns.c.message_id.not_in(asked),
            )
            .values(status=OPEN, attempts=0, due_at=now, started_at=None, finished_at=None)
        )
        await self._owe_latest(conversation_id, max(since_seq, heard_seq + 1), now)

    async def _owe_latest(self, conversation_id: str, since_seq: int, now: datetime) -> None:
        query = (
            select(messages.c.id, messages.c.seq, turns.c.status)
            .outerjoin(turns, turns.c.message_id == messages.c.id)
            .where(
                messages.c.conversation_id == conversation_id,
                messages.c.sender == Sender.CUSTOMER.value,
                # A reaction, or the wish to wait no longer, is not what the bot is asked.
                or_(turns.c.status.is_(None), turns.c.status != DONE),
            )
            .order_by(messages.c.seq.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None or row.status is not None or row.seq < since_seq:
            return
        await self._connection.execute(
            insert(turns).values(
                message_id=row.id,
                conversation_id=conversation_id,
                seq=row.seq,
                status=OPEN,
                attempts=0,
                due_at=now,
                created_at=now,
            )
        )

    async def _last_seq(self, conversation_id: str, sender: Sender) -> int:
        query = select(func.max(messages.c.seq)).where(
            messages.c.conversation_id == conversation_id, messages.c.sender == sender.value
        )
        return (await self._connection.execute(query)).scalar_one() or 0

    async def transcript_nlu(self, conversation_id: str) -> dict[str, dict[str, object]]:
        query = select(turns.c.message_id, turns.c.nlu).where(
            turns.c.conversation_id == conversation_id, turns.c.nlu.is_not(None)
        )
        return {row.message_id: row.nlu for row in await self._connection.execute(query)}

    async def _held(self, turn: Turn, holder: str, **values: Any) -> bool:
        result = await self._connection.execute(
            update(turns)
            .where(
                turns.c.message_id == turn.message_id,
                turns.c.status == OPEN,
                turns.c.owner == holder,
                # Both: attempts are counted anew when the bot gets the conversation back, under another epoch.
                turns.c.attempts == turn.attempts,
                turns.c.epoch == turn.epoch,
            )
            .values(**values)
        )
        return result.rowcount == 1

    async def _set(self, message_id: str, **values: Any) -> None:
        await self._connection.execute(update(turns).where(turns.c.message_id == message_id).values(**values))
