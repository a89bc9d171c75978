"""WhatsApp as a channel of the outbox: what may go when, and how it goes."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handoff_bridge.channels.whatsapp.sender.budgets import Budgets
from handoff_bridge.channels.whatsapp.sender.client import TIMEOUT_S, UPLOAD_S, GraphClient
from handoff_bridge.channels.whatsapp.sender.layout import WhatsAppLayout
from handoff_bridge.channels.whatsapp.sender.uploads import Uploads
from handoff_bridge.conversations.model import Message
from handoff_bridge.metrics import Metrics
from handoff_bridge.outbox.model import MESSAGE, STOPPED, Delivery, Hold, Piece
from handoff_bridge.outbox.outcomes import NeedsOperator, Outcome, Refused
from handoff_bridge.outbox.ports import Drop, Go, HoldBack, OutboxTransaction, Receiver, Ruling, Wait

log = logging.getLogger(__name__)

WINDOW = timedelta(hours=24)
#: The window counts as closed this much earlier: a message must not arrive too late.
MARGIN = timedelta(minutes=1)


def window_ends_at(answered_at: datetime | None) -> datetime | None:
    """Until when anything but a template may be sent; None for somebody who has never written."""
    return None if answered_at is None else answered_at + WINDOW - MARGIN


class WhatsAppChannel:
    """``reopenings`` are the templates that ask a customer to write, by number's id."""

    def __init__(
        self,
        client: GraphClient,
        layout: WhatsAppLayout,
        budgets: Budgets,
        reopenings: Mapping[str, Piece],
        uploads: Uploads,
        metrics: Metrics,
    ) -> None:
        self._client = client
        self._layout = layout
        self._budgets = budgets
        self._reopenings = reopenings
        self._uploads = uploads
        self._metrics = metrics

    def lay_out(self, entries: Sequence[Message]) -> Sequence[Piece]:
        return self._layout.lay_out(entries)

    async def received(self, tx: OutboxTransaction, account: str, count: int, now: datetime) -> None:
        await self._budgets.received(tx, account, count, now)

    async def rule(self, tx: OutboxTransaction, delivery: Delivery, now: datetime) -> Ruling:
        receiver = await tx.receivers.receiver(delivery)
        if _unwanted(delivery, receiver):
            return Drop(STOPPED)
        ends_at = window_ends_at(receiver.window_from)
        if delivery.kind == MESSAGE:
            if ends_at is None or ends_at <= now:
                return HoldBack(Hold.WINDOW)
            if (held := await tx.deliveries.held_before(delivery)) is not None:
                return await self._behind(tx, held, receiver, now)
        ready_at = await self._budgets.take(tx, delivery, now)
        return Go(receiver) if ready_at is None else Wait(ready_at)

    async def _behind(self, tx: OutboxTransaction, held: Delivery, receiver: Receiver, now: datetime) -> Ruling:
        """The window is open, but an earlier message still waits for it."""
        assert receiver.window_from is not None
        if held.error_code is not None and receiver.window_from <= held.updated_at:
            # WhatsApp itself has called it closed since the customer wrote.
            return HoldBack(Hold.WINDOW)
        await tx.deliveries.release_lane(held.lane, now)
        return Wait(now)

    def lasts_s(self, delivery: Delivery) -> float:
        return TIMEOUT_S + (UPLOAD_S if Uploads.is_needed(delivery.body) else 0.0)

    async def send(self, delivery: Delivery, receiver: Receiver) -> Outcome:
        body: dict[str, Any] = dict(delivery.body)
        prepared = await self._uploads.prepare(delivery.account, body)
        outcome = (
            await self._client.send(delivery.account, envelope(prepared, receiver, delivery.id))
            if isinstance(prepared, dict)
            else prepared
        )
        self._count(outcome)
        return outcome

    async def settle(self, tx: OutboxTransaction, delivery: Delivery, outcome: Outcome, now: datetime) -> datetime:
        return await self._budgets.learn(tx, delivery, outcome, now)

    def reopening(self, account: str) -> Piece | None:
        return self._reopenings.get(account)

    def open_since(self, now: datetime) -> datetime:
        return now - WINDOW + MARGIN

    async def unblock(self, tx: OutboxTransaction, account: str, now: datetime) -> None:
        await self._budgets.unblock(tx, account, now)

    def _count(self, outcome: Outcome) -> None:
        name, code = type(outcome).__name__.lower(), getattr(outcome, "code", None)
        self._metrics.outbox_sends.labels(name, "" if code is None else str(code)).inc()
        match outcome:
            case NeedsOperator(code, error):
                log.error("WhatsApp takes no messages (code %s, %s): the operator has to act.", code, error)
            case Refused(code, error):
                log.warning("WhatsApp has refused a message for good (code %s, %s).", code, error)


def envelope(body: Mapping[str, Any], receiver: Receiver, delivery_id: str) -> dict[str, Any]:
    """The message as it goes over the wire. A phone number is preferred: not every message may go to a user id."""
    addressed = {"to": receiver.phone} if receiver.phone else {"recipient": receiver.user_id}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **addressed,
        **body,
        "biz_opaque_callback_data": delivery_id,
    }


def _unwanted(delivery: Delivery, receiver: Receiver) -> bool:
    """After STOP only the confirmation goes, which is the last entry of the conversation that it ends."""
    if receiver.stopped_after_seq is not None and delivery.to_seq < receiver.stopped_after_seq:
        return True
    if receiver.stopped_after_seq is not None:
        return delivery.kind != MESSAGE
    return receiver.stopped_at is not None and receiver.stopped_at >= delivery.created_at
