"""Messages that did not go: the list, sending again, dropping."""

from typing import Any

from aiohttp import web

from handoff_bridge.channels.whatsapp.sender.codes import UNDELIVERABLE
from handoff_bridge.channels.whatsapp.sender.preview import words_of
from handoff_bridge.desk.access import signed_in
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.errors import InvalidBody, NotFound
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_int
from handoff_bridge.outbox.decisions import drop, resend
from handoff_bridge.outbox.model import Delivery, Status
from handoff_bridge.outbox.views import view_of
from handoff_bridge.storage.delivery_views import ATTENTION

DEFAULT_LIMIT, MAX_LIMIT = 200, 1000
routes = web.RouteTableDef()
BASE = "/desk/api/deliveries"
ONE = BASE + "/{delivery_id}"


@routes.get(BASE)
async def attention(request: web.Request) -> web.Response:
    """``?status=dead|held|indeterminate``; without it, all three, the latest first."""
    await signed_in(request)
    limit = read_int(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    async with request.app[keys.store].read() as tx:
        found = await tx.delivery_views.attention(_status(request), limit)
    return web.json_response({"deliveries": [_to_wire(request.app, delivery) for delivery in found]})


@routes.post(ONE + "/resend")
async def send_again(request: web.Request) -> web.Response:
    """A dead or indeterminate one goes again as a new delivery; one held for the operator is tried at once."""
    agent = await signed_in(request)
    channel = request.app.get(keys.whatsapp_channel)
    if channel is None:
        raise NotFound("WhatsApp is off.")
    now = request.app[keys.clock].now()
    async with request.app[keys.store].write() as tx:
        delivery = await resend(tx, channel, request.match_info["delivery_id"], agent.id, now)
    return _changed(request, delivery)


@routes.post(ONE + "/drop")
async def give_up(request: web.Request) -> web.Response:
    """It will not go any more; what has gone already cannot be taken back."""
    agent = await signed_in(request)
    now = request.app[keys.clock].now()
    async with request.app[keys.store].write() as tx:
        delivery = await drop(tx, request.match_info["delivery_id"], agent.id, now)
    return _changed(request, delivery)


def _changed(request: web.Request, delivery: Delivery) -> web.Response:
    request.app[keys.signals].conversation_changed(delivery.conversation_id)
    return web.json_response({"delivery": _to_wire(request.app, delivery)})


def _to_wire(app: web.Application, delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "conversation_id": delivery.conversation_id,
        "from_seq": delivery.from_seq,
        "to_seq": delivery.to_seq,
        "kind": delivery.kind,
        "sender": delivery.sender.value,
        "attempts": delivery.attempts,
        "text": words_of(delivery.body),
        "delivery": WhatsAppView(app).view_to_wire(view_of(delivery, UNDELIVERABLE)),
        "created_at": delivery.created_at.isoformat(),
        "updated_at": delivery.updated_at.isoformat(),
    }


def _status(request: web.Request) -> Status | None:
    raw = request.query.get("status")
    if raw is None:
        return None
    if raw not in ATTENTION:
        raise InvalidBody(f"status: one of {', '.join(ATTENTION)}", field="status")
    return Status(raw)
