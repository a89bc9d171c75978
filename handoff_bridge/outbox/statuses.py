"""What the channel tells afterwards: in any order, more than once, and sometimes before our request is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handoff_bridge.outbox.model import FAILED, RANKS, Delivery, Hold, Status, StatusUpdate
from handoff_bridge.outbox.ports import OutboxTransaction


@dataclass(frozen=True, slots=True)
class Recorded:
    """``new`` is False for a repeat; ``conversation_id`` is None for a message that is not ours."""

    new: bool
    conversation_id: str | None


async def record_status(tx: OutboxTransaction, told: StatusUpdate, now: datetime) -> Recorded:
    """Keep a status and let the delivery learn from it; wake the conversation's followers after the commit.

    A status with the delivery's own id proves that the message was accepted, whatever became of our request.
    """
    delivery = await tx.deliveries.get(told.callback_id, lock=True) if told.callback_id else None
    delivery = delivery or await tx.deliveries.by_external_id(told.external_id)
    new = await tx.delivery_statuses.add(told, delivery.id if delivery else None, now)
    if delivery is None:
        return Recorded(new, None)
    if new and not await _is_outdated(tx, told):
        await learn(tx, delivery, [told], now)
    return Recorded(new, delivery.conversation_id)


async def _is_outdated(tx: OutboxTransaction, told: StatusUpdate) -> bool:
    """That it was accepted says nothing any more once it is known to have failed; the delivery may be another try."""
    if RANKS.get(told.status, 0) > RANKS["sent"] or told.status == FAILED:
        return False
    return any(known.status == FAILED for known in await tx.delivery_statuses.of(told.external_id))


async def learn(tx: OutboxTransaction, delivery: Delivery, told: list[StatusUpdate], now: datetime) -> None:
    """Bring a delivery up to date with statuses that were just told, or were told before it was known by its id."""
    values: dict[str, Any] = {}
    status, rank, reached = delivery.status, delivery.rank, delivery.reached
    for update in sorted(told, key=lambda one: one.status == FAILED):
        if update.status in RANKS:
            if RANKS[update.status] > rank:
                rank, reached = RANKS[update.status], update.status
            # Also one given up, dropped or held in the meantime: it was accepted after all. One refused afterwards
            # stays that unless it has arrived.
            if status is not Status.DEAD or rank > RANKS["sent"]:
                status = Status.SENT
        elif update.status == FAILED:
            values |= {"error_code": update.error_code, "error": update.error}
            if rank <= RANKS["sent"]:
                status = Status.HELD if update.window_closed else Status.DEAD
                values["hold"] = Hold.WINDOW.value if update.window_closed else None
        if update.external_id != delivery.external_id:
            values["external_id"] = update.external_id
    values |= {"status": status.value, "reached": reached}
    if delivery.status is not Status.SENT and status is Status.SENT:
        values |= {"sent_at": min(update.at for update in told), "owner": None, "hold": None}
        # Somebody may have had it sent again because nobody knew: once is enough.
        await tx.deliveries.drop_later_copies(delivery, now)
    await tx.deliveries.set(delivery.id, now, **values)
