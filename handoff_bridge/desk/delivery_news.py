"""Tells a desk what became of messages on WhatsApp, as it becomes known."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from handoff_bridge.conversations.model import Channel, Conversation
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.http import keys
from handoff_bridge.http.sse import EventStream

#: Looked back this far: transactions become visible late.
MARGIN = timedelta(seconds=10)
#: Messages of which is remembered what was told last.
REMEMBERED = 2000


class DeliveryNews:
    """Sends ``delivery`` events, each state of a message once."""

    def __init__(self, app: web.Application, stream: EventStream) -> None:
        self._app = app
        self._stream = stream
        self._view = WhatsAppView(app)
        self._told: OrderedDict[tuple[str, int], dict[str, Any]] = OrderedDict()
        self._looked_at: dict[str, datetime] = {}
        self._since: datetime = app[keys.clock].now()

    async def send(self, conversation: Conversation) -> None:
        if conversation.channel is not Channel.WHATSAPP:
            return
        now = self._app[keys.clock].now()
        since = self._looked_at.get(conversation.id, self._since) - MARGIN
        async with self._app[keys.store].read() as tx:
            changed = await self._view.changed(tx, conversation.id, since)
        self._looked_at[conversation.id] = now
        for seq, view in sorted(changed.items()):
            wire = self._view.view_to_wire(view)
            if self._told.get((conversation.id, seq)) != wire:
                self._remember((conversation.id, seq), wire)
                event = {"conversation_id": conversation.id, "seq": seq, "delivery": wire}
                await self._stream.send("delivery", event)

    def _remember(self, key: tuple[str, int], wire: dict[str, Any]) -> None:
        self._told[key] = wire
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
