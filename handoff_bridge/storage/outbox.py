"""The outbox's rows: planning, leasing, ending. A delivery is handed to one sender, and to nobody after it was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Sender
from handoff_bridge.outbox.model import DROPPED, REOPEN, Delivery, Hold, Status, Thread
from handoff_bridge.storage.outbox_rows import delivery_from, delivery_values
from handoff_bridge.storage.outbox_schema import deliveries
from handoff_bridge.storage.schema import conversations
from handoff_bridge.storage.whatsapp_schema import whatsapp_threads

#: What keeps later deliveries of the same lane waiting.
_BEFORE = (Status.PLANNED.value, Status.SENDING.value, Status.HELD.value)


class DeliveryTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def unplanned(self, limit: int, conversation_ids: Sequence[str] | None = None) -> Sequence[str]:
        """Conversations whose log goes on beyond what is planned."""
        query = (
            select(whatsapp_threads.c.conversation_id)
            .join(conversations, conversations.c.id == whatsapp_threads.c.conversation_id)
            .where(
                whatsapp_threads.c.planned_seq < func.coalesce(whatsapp_threads.c.left_seq, conversations.c.last_seq)
            )
            .limit(limit)
        )
        if conversation_ids is not None:
            query = query.where(whatsapp_threads.c.conversation_id.in_(conversation_ids))
        return list((await self._connection.execute(query)).scalars())

    async def lock_thread(self, conversation_id: str) -> Thread | None:
        """None when there is none, or another process is planning it."""
        query = (
            select(whatsapp_threads)
            .where(whatsapp_threads.c.conversation_id == conversation_id)
            .with_for_update(skip_locked=True)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Thread(conversation_id, row.phone_number_id, row.person_id, row.planned_seq, row.left_seq)

    async def last_position(self, lane: str) -> int:
        query = select(func.max(deliveries.c.position)).where(deliveries.c.lane == lane)
        return (await self._connection.execute(query)).scalar_one() or 0

    async def add(self, planned: Sequence[Delivery]) -> None:
        if planned:
            await self._connection.execute(insert(deliveries), [dict(delivery_values(one)) for one in planned])

    async def set_planned(self, conversation_id: str, seq: int) -> None:
        await self._connection.execute(
            update(whatsapp_threads)
            .where(whatsapp_threads.c.conversation_id == conversation_id)
            .values(planned_seq=seq)
        )

    async def due(self, limit: int, now: datetime) -> Sequence[Delivery]:
        """Lock what may be looked at now: the first open one of each lane, and what stands behind held ones.

        What waits for the customer does not keep later ones from being held as well, nor a template from going.
        """
        earlier = deliveries.alias("earlier")
        blocks = or_(
            earlier.c.status.in_(_BEFORE),
            # For a moment, so that parts of one message keep their order while a status may still tell.
            and_(earlier.c.status == Status.INDETERMINATE.value, earlier.c.due_at > now),
        )
        passes = and_(earlier.c.status == Status.HELD.value, earlier.c.hold == Hold.WINDOW.value)
        query = (
            select(deliveries)
            .where(
                deliveries.c.status == Status.PLANNED.value,
                deliveries.c.due_at <= now,
                ~exists().where(
                    earlier.c.lane == deliveries.c.lane, earlier.c.position < deliveries.c.position, blocks, ~passes
                ),
            )
            .order_by(deliveries.c.due_at)
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        return [delivery_from(row) for row in await self._connection.execute(query)]

    async def held_before(self, delivery: Delivery) -> Delivery | None:
        """The first of its lane that waits for the customer."""
        query = (
            select(deliveries)
            .where(
                deliveries.c.lane == delivery.lane,
                deliveries.c.position < delivery.position,
                deliveries.c.status == Status.HELD.value,
                deliveries.c.hold == Hold.WINDOW.value,
            )
            .order_by(deliveries.c.position)
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else delivery_from(row)

    async def next_due(self, now: datetime) -> datetime | None:
        """When something that is not due yet will be."""
        query = select(func.min(deliveries.c.due_at)).where(
            deliveries.c.status == Status.PLANNED.value, deliveries.c.due_at > now
        )
        due: datetime | None = (await self._connection.execute(query)).scalar_one()
        return due

    async def lease(self, delivery: Delivery, owner: str, until: datetime, now: datetime) -> None:
        """From here on it counts as on its way, whatever happens to this process."""
        await self.set(
            delivery.id, now, status=Status.SENDING.value, owner=owner, due_at=until, attempts=delivery.attempts + 1
        )

    async def end(self, delivery_id: str, owner: str, now: datetime, **values: Any) -> bool:
        """Say how the try of ``owner`` ended; False when somebody else has said so in the meantime."""
        # Indeterminate too: a sender that was given up for dead and has an answer all the same is right.
        held_by_owner = and_(
            deliveries.c.id == delivery_id,
            deliveries.c.owner == owner,
            deliveries.c.status.in_((Status.SENDING.value, Status.INDETERMINATE.value)),
        )
        result = await self._connection.execute(
            update(deliveries).where(held_by_owner).values(owner=None, updated_at=now, **values)
        )
        return result.rowcount == 1

    async def set(self, delivery_id: str, now: datetime, **values: Any) -> None:
        await self._connection.execute(
            update(deliveries).where(deliveries.c.id == delivery_id).values(updated_at=now, **values)
        )

    async def lost(self, now: datetime, wait_until: datetime, *, all_of_them: bool = False) -> Sequence[str]:
        """Those whose sender is gone become indeterminate. Returns the conversations concerned.

        ``all_of_them`` where a single process uses the database and has just started.
        """
        gone = deliveries.c.status == Status.SENDING.value
        if not all_of_them:
            gone = and_(gone, deliveries.c.due_at <= now)
        result = await self._connection.execute(
            update(deliveries)
            .where(gone)
            .values(status=Status.INDETERMINATE.value, due_at=wait_until, updated_at=now)
            .returning(deliveries.c.conversation_id)
        )
        return sorted(set(result.scalars()))

    async def release_lane(self, lane: str, now: datetime) -> None:
        """The customer has answered: what waited for that may go."""
        await self._release(now, deliveries.c.lane == lane, deliveries.c.hold == Hold.WINDOW.value)

    async def release_open_windows(self, answered_since: datetime, now: datetime) -> None:
        """The same for every lane whose customer has written since then, should that have been overlooked.

        What the channel itself has refused waits for a message after that.
        """
        answered_at = whatsapp_threads.c.last_inbound_at
        answered = exists().where(
            whatsapp_threads.c.person_id == deliveries.c.lane,
            or_(
                and_(deliveries.c.error_code.is_(None), answered_at > answered_since),
                answered_at > deliveries.c.updated_at,
            ),
        )
        await self._release(now, deliveries.c.hold == Hold.WINDOW.value, answered)

    async def release_operator_holds(self, now: datetime, account: str | None = None) -> None:
        """Try again what waits for the operator: when its time has come, or at once for one account."""
        due = deliveries.c.due_at <= now if account is None else deliveries.c.account == account
        await self._release(now, deliveries.c.hold == Hold.OPERATOR.value, due)

    async def _release(self, now: datetime, *conditions: Any) -> None:
        await self._connection.execute(
            update(deliveries)
            .where(deliveries.c.status == Status.HELD.value, *conditions)
            .values(status=Status.PLANNED.value, hold=None, due_at=now, updated_at=now)
        )

    async def unasked(self, limit: int) -> Sequence[Delivery]:
        """Lock held replies of agents, the first of each lane, whose customer has not been asked to write."""
        earlier = deliveries.alias("earlier")
        held = (Status.HELD.value, Hold.WINDOW.value, Sender.AGENT.value)
        query = (
            select(deliveries)
            .where(
                tuple_(deliveries.c.status, deliveries.c.hold, deliveries.c.sender) == held,
                ~_asked(deliveries.c.lane),
                ~exists().where(
                    earlier.c.lane == deliveries.c.lane,
                    earlier.c.position < deliveries.c.position,
                    tuple_(earlier.c.status, earlier.c.hold, earlier.c.sender) == held,
                ),
            )
            .limit(limit)
            .with_for_update(of=deliveries, skip_locked=True)
        )
        return [delivery_from(row) for row in await self._connection.execute(query)]

    async def is_asked(self, lane: str) -> bool:
        """Whether the customer has been asked to write, and has not written since."""
        return bool((await self._connection.execute(select(_asked(literal(lane))))).scalar_one())

    async def get(self, delivery_id: str, *, lock: bool = False) -> Delivery | None:
        query = select(deliveries).where(deliveries.c.id == delivery_id)
        if lock:
            query = query.with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else delivery_from(row)

    async def by_external_id(self, external_id: str) -> Delivery | None:
        query = select(deliveries).where(deliveries.c.external_id == external_id).limit(1).with_for_update()
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else delivery_from(row)

    async def drop_later_copies(self, delivery: Delivery, now: datetime) -> None:
        """What was to be sent again in place of this one and has not gone yet."""
        waits = deliveries.c.status.in_((Status.PLANNED.value, Status.HELD.value))
        await self._connection.execute(
            update(deliveries)
            .where(
                deliveries.c.conversation_id == delivery.conversation_id,
                deliveries.c.from_seq == delivery.from_seq,
                deliveries.c.part == delivery.part,
                deliveries.c.copy > delivery.copy,
                waits,
            )
            .values(status=Status.CANCELLED.value, hold=None, error=DROPPED, updated_at=now)
        )

    async def copies(self, delivery: Delivery) -> int:
        """The highest number of a copy of this part."""
        query = select(func.max(deliveries.c.copy)).where(
            deliveries.c.conversation_id == delivery.conversation_id,
            deliveries.c.from_seq == delivery.from_seq,
            deliveries.c.part == delivery.part,
        )
        copies: int | None = (await self._connection.execute(query)).scalar_one()
        return -1 if copies is None else copies


def _asked(lane: ColumnElement[str]) -> ColumnElement[bool]:
    asked = deliveries.alias("asked")
    answered_at = (
        select(func.max(whatsapp_threads.c.last_inbound_at))
        .where(whatsapp_threads.c.person_id == lane)
        .correlate(deliveries)
        .scalar_subquery()
    )
    since = or_(answered_at.is_(None), asked.c.created_at > answered_at)
    return exists().where(asked.c.lane == lane, asked.c.kind == REOPEN, since)
