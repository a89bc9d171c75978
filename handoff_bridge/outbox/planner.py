"""Turns entries of the log into deliveries. The cursor and the deliveries move in one transaction: nothing is planned
twice, and nothing is left out."""

from collections.abc import Sequence
from datetime import datetime

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Sender
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.outbox.model import Delivery, Piece, Status, Thread
from handoff_bridge.outbox.ports import Channel, OutboxStore, OutboxTransaction

#: Conversations looked for in one round, and entries of one log planned at once.
BATCH, ENTRIES = 100, 200


class Planner:
    def __init__(self, store: OutboxStore, clock: Clock, channel: Channel) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel

    async def plan(self, conversation_ids: Sequence[str] | None = None) -> Sequence[str]:
        """Plan what has been said in these conversations, or in all. Returns those where there was something."""
        async with self._store.read() as tx:
            found = await tx.deliveries.unplanned(BATCH, conversation_ids)
        return [conversation_id for conversation_id in found if await self._plan(conversation_id)]

    async def _plan(self, conversation_id: str) -> bool:
        async with self._store.write() as tx:
            thread = await tx.deliveries.lock_thread(conversation_id)
            if thread is None:
                return False
            entries = await tx.messages.after(conversation_id, thread.planned_seq, ENTRIES)
            if thread.left_seq is not None:
                entries = [entry for entry in entries if entry.seq <= thread.left_seq]
            if not entries:
                return False
            now = self._clock.now()
            from_customer = sum(entry.draft.sender is Sender.CUSTOMER for entry in entries)
            if from_customer:
                await tx.deliveries.release_lane(thread.lane, now)
                await self._channel.received(tx, thread.account, from_customer, now)
            pieces = self._channel.lay_out(entries)
            await self._add(tx, thread, pieces, now)
            await tx.deliveries.set_planned(conversation_id, entries[-1].seq)
        return True

    async def _add(self, tx: OutboxTransaction, thread: Thread, pieces: Sequence[Piece], now: datetime) -> None:
        first = await next_position(tx, thread.lane, now) if pieces else 0
        await tx.deliveries.add([planned(piece, thread, first + offset, now) for offset, piece in enumerate(pieces)])


async def next_position(tx: OutboxTransaction, lane: str, now: datetime) -> int:
    """After everything in the lane, and by time among conversations of the same customer."""
    return max(int(now.timestamp() * 1_000_000), await tx.deliveries.last_position(lane) + 1)


def planned(piece: Piece, thread: Thread, position: int, now: datetime, copy: int = 0) -> Delivery:
    return Delivery(
        id=new_id(),
        conversation_id=thread.conversation_id,
        account=thread.account,
        lane=thread.lane,
        position=position,
        from_seq=piece.from_seq,
        to_seq=piece.to_seq,
        part=piece.part,
        copy=copy,
        sender=piece.sender,
        kind=piece.kind,
        body=piece.body,
        status=Status.PLANNED,
        attempts=0,
        due_at=now,
        created_at=now,
        updated_at=now,
    )
