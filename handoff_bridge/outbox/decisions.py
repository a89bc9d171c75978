"""What a person decides about messages that did not go: send again, or drop."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from handoff_bridge.conversations.core import new_id
from handoff_bridge.errors import IllegalTransition, NotFound
from handoff_bridge.outbox.model import DROPPED, Delivery, Hold, Status
from handoff_bridge.outbox.planner import next_position
from handoff_bridge.outbox.ports import Channel, OutboxTransaction

#: Nothing more will happen to these by itself.
UNDECIDED = (Status.DEAD, Status.INDETERMINATE)


async def resend(tx: OutboxTransaction, channel: Channel, delivery_id: str, agent_id: str, now: datetime) -> Delivery:
    """Send a dead or indeterminate delivery again, as a new one; try at once what waits for the operator.

    Whoever sends an indeterminate one again accepts that the customer may get it twice.

    Raises NotFound, IllegalTransition.
    """
    delivery = await _locked(tx, delivery_id)
    if delivery.status is Status.HELD and delivery.hold is Hold.OPERATOR:
        await channel.unblock(tx, delivery.account, now)
        await tx.deliveries.release_operator_holds(now, delivery.account)
        return replace(delivery, status=Status.PLANNED, hold=None)
    return await send_again(tx, delivery_id, agent_id, now)


async def send_again(tx: OutboxTransaction, delivery_id: str, agent_id: str, now: datetime) -> Delivery:
    """A dead or indeterminate delivery as a new one. Raises NotFound, IllegalTransition."""
    delivery = await _locked(tx, delivery_id)
    if delivery.status not in UNDECIDED:
        raise _not_possible("resend", delivery)
    again = replace(
        delivery,
        id=new_id(),
        copy=await tx.deliveries.copies(delivery) + 1,
        position=await next_position(tx, delivery.lane, now),
        status=Status.PLANNED,
        attempts=0,
        due_at=now,
        created_at=now,
        updated_at=now,
        external_id=None,
        reached=None,
        error_code=None,
        error=None,
    )
    await _cancel(tx, delivery, agent_id, now)
    await tx.deliveries.add([again])
    return again


async def drop(tx: OutboxTransaction, delivery_id: str, agent_id: str, now: datetime) -> Delivery:
    """Give up a delivery that has not gone and is not on its way. Raises NotFound, IllegalTransition."""
    delivery = await _locked(tx, delivery_id)
    if delivery.status not in (*UNDECIDED, Status.HELD, Status.PLANNED):
        raise _not_possible("drop", delivery)
    await _cancel(tx, delivery, agent_id, now, error=DROPPED)
    return replace(delivery, status=Status.CANCELLED, error=DROPPED)


async def _cancel(tx: OutboxTransaction, delivery: Delivery, agent_id: str, now: datetime, **values: Any) -> None:
    await tx.deliveries.set(delivery.id, now, status=Status.CANCELLED.value, hold=None, decided_by=agent_id, **values)


async def _locked(tx: OutboxTransaction, delivery_id: str) -> Delivery:
    delivery = await tx.deliveries.get(delivery_id, lock=True)
    if delivery is None:
        raise NotFound("There is no such delivery.")
    return delivery


def _not_possible(what: str, delivery: Delivery) -> IllegalTransition:
    return IllegalTransition(
        f"'{what}' is not possible for a delivery that is '{delivery.status.value}'.", status=delivery.status.value
    )
