"""Conversations as the desk lists them, with what their channel adds."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from handoff_bridge.desk.presence import customer_online_since
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.http.wire import listed_to_wire
from handoff_bridge.storage.desk_views import ListedConversation
from handoff_bridge.storage.store import SqlTransaction


async def listing(
    app: web.Application, tx: SqlTransaction, listed: Sequence[ListedConversation]
) -> list[dict[str, Any]]:
    since, view = customer_online_since(app), WhatsAppView(app)
    threads = await view.threads(tx, [item.conversation for item in listed])
    wires = []
    for item in listed:
        wire = listed_to_wire(item, since)
        if (thread := threads.get(item.conversation.id)) is not None:
            wire["whatsapp"] = view.thread_to_wire(thread)
        wires.append(wire)
    return wires
