"""What the desk sees of WhatsApp: the customer, the window, and what became of each message."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from handoff_bridge.channels.whatsapp.sender.channel import window_ends_at
from handoff_bridge.channels.whatsapp.sender.codes import UNDELIVERABLE
from handoff_bridge.conversations.model import Channel, Conversation, Message, Sender
from handoff_bridge.http import keys
from handoff_bridge.http.wire import WireMessage, message_to_wire
from handoff_bridge.outbox.model import Delivery
from handoff_bridge.outbox.views import DeliveryView, views_by_seq
from handoff_bridge.storage.delivery_views import ThreadView
from handoff_bridge.storage.store import SqlTransaction

Json = dict[str, Any]
PENDING = DeliveryView("pending")


class WhatsAppView:
    """Adds WhatsApp's part to what the desk is told; nothing to any other channel's."""

    def __init__(self, app: web.Application) -> None:
        self._rules = app[keys.rules].whatsapp
        self._clock = app[keys.clock]

    async def threads(self, tx: SqlTransaction, conversations: Sequence[Conversation]) -> Mapping[str, ThreadView]:
        ids = [one.id for one in conversations if one.channel is Channel.WHATSAPP]
        return await tx.delivery_views.threads(ids) if ids else {}

    def thread_to_wire(self, thread: ThreadView) -> Json:
        """``window_ends_at`` is null for a customer who has never written."""
        number = self._rules.number(thread.account) if self._rules is not None else None
        reopening = self._rules.reopening(number) if self._rules is not None and number is not None else None
        ends_at = window_ends_at(thread.answered_at)
        return {
            "name": thread.name,
            "phone": thread.phone,
            "window_ends_at": ends_at.isoformat() if ends_at else None,
            "window_open": ends_at is not None and ends_at > self._clock.now(),
            "stopped": thread.stopped_at is not None,
            "number": {
                "id": thread.account,
                "name": number.name if number else thread.account,
                "display_number": number.display_number if number else "",
                "reopen_title": reopening.title if reopening else None,
            },
        }

    async def messages(
        self, tx: SqlTransaction, conversation: Conversation, messages: Sequence[Message]
    ) -> list[Json | WireMessage]:
        """The messages with what became of each that was to go out on WhatsApp."""
        if conversation.channel is not Channel.WHATSAPP or not messages:
            return [message_to_wire(message) for message in messages]
        thread = (await tx.delivery_views.threads([conversation.id])).get(conversation.id)
        planned_seq = thread.planned_seq if thread is not None else 0
        views = self.views(await tx.delivery_views.of(conversation.id, messages[0].seq))
        return [self._shown(message, views.get(message.seq), planned_seq) for message in messages]

    def _shown(self, message: Message, view: DeliveryView | None, planned_seq: int) -> Json | WireMessage:
        if view is None and (message.seq <= planned_seq or message.draft.sender is Sender.CUSTOMER):
            # Said by the customer, or on another channel.
            return message_to_wire(message)
        return self._with_delivery(message, view or PENDING)

    async def written(self, tx: SqlTransaction, message: Message) -> Json | WireMessage:
        """An agent's message that was just written: held at once where the window is closed."""
        thread = (await tx.delivery_views.threads([message.conversation_id])).get(message.conversation_id)
        if thread is None:
            return message_to_wire(message)
        deliveries = await tx.delivery_views.of(message.conversation_id, message.seq)
        view = self.views(deliveries).get(message.seq, PENDING)
        ends_at = window_ends_at(thread.answered_at)
        is_template = "template" in (message.draft.data or {})
        if view is PENDING and not is_template and (ends_at is None or ends_at <= self._clock.now()):
            view = DeliveryView("held", "window")
        return self._with_delivery(message, view)

    def views(self, deliveries: Sequence[Delivery]) -> Mapping[int, DeliveryView]:
        return views_by_seq(deliveries, UNDELIVERABLE)

    async def changed(self, tx: SqlTransaction, conversation_id: str, since: datetime) -> Mapping[int, DeliveryView]:
        """By entry of the log, what has changed since then on its way."""
        return self.views(await tx.delivery_views.changed(conversation_id, since))

    def view_to_wire(self, view: DeliveryView) -> Json:
        wire: Json = {"status": view.status}
        if view.problem is not None:
            wire["error"] = {"kind": view.problem, "message": self._words(view.problem)}
            if view.code is not None:
                wire["error"]["code"] = view.code
        if view.open_ids:
            wire["open_ids"] = list(view.open_ids)
        return wire

    def _with_delivery(self, message: Message, view: DeliveryView) -> Json:
        return {**message_to_wire(message), "delivery": self.view_to_wire(view)}

    def _words(self, problem: str) -> str:
        return str(getattr(self._rules.sending.failures, problem)) if self._rules is not None else problem
