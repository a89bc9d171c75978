"""What agents and operators see of the outbox."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.outbox.model import MESSAGE, Delivery, Status
from handoff_bridge.storage.outbox_rows import delivery_from
from handoff_bridge.storage.outbox_schema import deliveries, send_budgets
from handoff_bridge.storage.schema import messages
from handoff_bridge.storage.whatsapp_schema import whatsapp_people, whatsapp_threads

#: What somebody has to look at.
ATTENTION = (Status.DEAD.value, Status.INDETERMINATE.value, Status.HELD.value)


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A conversation's customer on WhatsApp; ``answered_at`` is when they wrote last, in whichever conversation."""

    conversation_id: str
    account: str
    name: str | None
    phone: str | None
    answered_at: datetime | None
    stopped_at: datetime | None
    #: Entries up to here are planned, or were said on another channel.
    planned_seq: int = 0


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    by_status: Mapping[str, int] = field(default_factory=Counter)
    oldest_due_at: datetime | None = None
    blocked_accounts: int = 0


class DeliveryViews:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, conversation_id: str, from_seq: int = 0) -> Sequence[Delivery]:
        """Every delivery for entries from this number on."""
        query = select(deliveries).where(
            deliveries.c.conversation_id == conversation_id, deliveries.c.to_seq >= from_seq
        )
        return [delivery_from(row) for row in await self._connection.execute(query)]

    async def message_sent_as(self, conversation_id: str, external_id: str) -> str | None:
        """The id of the entry that the channel knows under this id; of several in one message, the first."""
        sent = select(deliveries.c.from_seq).where(
            deliveries.c.conversation_id == conversation_id, deliveries.c.external_id == external_id
        )
        query = select(messages.c.id).where(
            messages.c.conversation_id == conversation_id, messages.c.seq == sent.limit(1).scalar_subquery()
        )
        found: str | None = (await self._connection.execute(query)).scalar_one_or_none()
        return found

    async def changed(self, conversation_id: str, since: datetime) -> Sequence[Delivery]:
        """Those of every entry of which one has changed since then."""
        changed = select(deliveries.c.from_seq).where(
            deliveries.c.conversation_id == conversation_id, deliveries.c.updated_at > since
        )
        query = select(deliveries).where(
            deliveries.c.conversation_id == conversation_id, deliveries.c.from_seq.in_(changed)
        )
        return [delivery_from(row) for row in await self._connection.execute(query)]

    async def attention(self, status: Status | None, limit: int) -> Sequence[Delivery]:
        """What is dead, held or indeterminate, the latest first."""
        wanted = [status.value] if status is not None else list(ATTENTION)
        query = (
            select(deliveries)
            .where(deliveries.c.status.in_(wanted))
            .order_by(deliveries.c.updated_at.desc(), deliveries.c.id)
            .limit(limit)
        )
        return [delivery_from(row) for row in await self._connection.execute(query)]

    async def threads(self, conversation_ids: Sequence[str]) -> Mapping[str, ThreadView]:
        theirs = whatsapp_threads.alias("theirs")
        answered_at = (
            select(func.max(theirs.c.last_inbound_at))
            .where(theirs.c.person_id == whatsapp_threads.c.person_id)
            .correlate(whatsapp_threads)
            .scalar_subquery()
        )
        query = (
            select(
                whatsapp_threads.c.conversation_id,
                whatsapp_threads.c.phone_number_id,
                whatsapp_threads.c.stopped_at,
                whatsapp_threads.c.planned_seq,
                whatsapp_people.c.profile_name,
                whatsapp_people.c.phone,
                answered_at.label("answered_at"),
            )
            .join(whatsapp_people, whatsapp_people.c.id == whatsapp_threads.c.person_id)
            .where(whatsapp_threads.c.conversation_id.in_(conversation_ids))
        )
        return {
            row.conversation_id: ThreadView(
                row.conversation_id,
                row.phone_number_id,
                row.profile_name,
                row.phone,
                row.answered_at,
                row.stopped_at,
                row.planned_seq,
            )
            for row in await self._connection.execute(query)
        }

    async def figures(self, now: datetime) -> OutboxFigures:
        """How many there are of each kind that is not done, how old the oldest one due is, how many accounts wait."""
        open_ = deliveries.c.status.in_((Status.PLANNED.value, Status.SENDING.value, *ATTENTION))
        counted = select(deliveries.c.status, func.count()).where(open_).group_by(deliveries.c.status)
        oldest = select(func.min(deliveries.c.created_at)).where(
            deliveries.c.status == Status.PLANNED.value, deliveries.c.kind == MESSAGE
        )
        blocked = select(func.count()).where(
            send_budgets.c.key.like("number/%"), send_budgets.c.blocked_until > now, or_(send_budgets.c.strikes > 0)
        )
        return OutboxFigures(
            {str(status): int(count) for status, count in await self._connection.execute(counted)},
            (await self._connection.execute(oldest)).scalar_one(),
            (await self._connection.execute(blocked)).scalar_one(),
        )
