"""The customer's HTTP entry: conversations and messages."""

from aiohttp import web

from handoff_bridge.channels.webchat.access import customer_conversation
from handoff_bridge.channels.webchat.bodies import CustomerMessage, Rating, StartConversation, Typing
from handoff_bridge.channels.webchat.events import stream_events
from handoff_bridge.channels.webchat.transcript import transcript_text
from handoff_bridge.channels.webchat.view import can_go_to_whatsapp, conversation_view
from handoff_bridge.conversations.model import Channel, Conversation, Sender
from handoff_bridge.errors import InvalidBody
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_body, read_int
from handoff_bridge.http.encoded import message_response
from handoff_bridge.http.limits import client_address
from handoff_bridge.http.wire import WireConversation, conversation_to_wire, message_to_wire

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
#: A transcript is cut after this many messages, the latest are kept.
MAX_TRANSCRIPT = 10_000
MAX_SEQ = 2**31 - 1

routes = web.RouteTableDef()
BASE = "/v1/conversations"
ONE = BASE + "/{conversation_id}"


@routes.post(BASE)
async def start(request: web.Request) -> web.Response:
    limits = request.app[keys.limits]
    if limits.on:
        limits.conversations.take(client_address(request, request.app[keys.settings].trusted_proxies))
    body = await read_body(request, StartConversation)
    if body.identity_token is not None:
        # Better a clear no than an identity that nobody has checked.
        raise InvalidBody(
            "identity_token: this installation does not take proven identities yet", field="identity_token"
        )
    started = await request.app[keys.customers].start(Channel.WEBCHAT, body.locale or "de", body.page_url)
    return web.json_response(
        {
            "conversation": _started(request, started.conversation),
            "token": started.token,
            "messages": [message_to_wire(message) for message in started.messages],
        },
        status=201,
    )


@routes.post(ONE + "/messages")
async def send(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.messages.take(conversation_id)
    body = await read_body(request, CustomerMessage)
    received = await request.app[keys.customers].receive(
        conversation_id, body.client_message_id, body.text or "", body.payload
    )
    return message_response(received.message, created=received.created)


@routes.get(ONE + "/messages")
async def replay(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    limit = read_int(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    after = read_int(request, "after", -1, 0, MAX_SEQ)
    async with request.app[keys.store].read() as tx:
        if after < 0:
            messages = await tx.messages.latest(conversation_id, limit)
        else:
            messages = await tx.messages.after(conversation_id, after, limit)
    return web.json_response(
        {
            "messages": [message_to_wire(message) for message in messages],
            "conversation": await conversation_view(request.app, conversation_id),
        }
    )


@routes.get(ONE + "/events")
async def events(request: web.Request) -> web.StreamResponse:
    conversation_id = await customer_conversation(request)
    limits = request.app[keys.limits]
    if not limits.on:
        return await stream_events(request, conversation_id)
    address = client_address(request, request.app[keys.settings].trusted_proxies)
    with limits.streams_per_address.one(address), limits.streams_per_token.one(conversation_id):
        return await stream_events(request, conversation_id)


@routes.post(ONE + "/typing")
async def typing(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.typing.take(conversation_id)
    body = await read_body(request, Typing)
    request.app[keys.signals].typing(conversation_id, Sender.CUSTOMER.value, body.active)
    return web.Response(status=204)


@routes.post(ONE + "/handoff")
async def ask_for_person(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.changes.take(conversation_id)
    conversation = await request.app[keys.customers].request_handoff(conversation_id)
    return await _conversation(request, conversation, status=202)


@routes.delete(ONE + "/handoff")
async def stop_waiting(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.changes.take(conversation_id)
    conversation = await request.app[keys.customers].cancel_handoff(conversation_id)
    return await _conversation(request, conversation)


@routes.post(ONE + "/close")
async def close(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.changes.take(conversation_id)
    return await _conversation(request, await request.app[keys.customers].close(conversation_id))


@routes.post(ONE + "/rating")
async def rate(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    if (limits := request.app[keys.limits]).on:
        limits.changes.take(conversation_id)
    body = await read_body(request, Rating)
    async with request.app[keys.store].write() as tx:
        await tx.tokens.rate(conversation_id, body.score, body.comment, request.app[keys.core].clock.now())
    return web.json_response({"rating": {"score": body.score, "comment": body.comment}}, status=201)


@routes.get(ONE + "/transcript")
async def transcript(request: web.Request) -> web.Response:
    conversation_id = await customer_conversation(request)
    async with request.app[keys.store].read() as tx:
        conversation = await tx.conversations.get(conversation_id)
        messages = await tx.messages.latest(conversation_id, MAX_TRANSCRIPT)
    text = transcript_text(conversation, messages, request.app[keys.rules])
    name = f"gespraech-{conversation.created_at:%Y-%m-%d}.txt"
    return web.Response(
        text=text,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _started(request: web.Request, conversation: Conversation) -> WireConversation:
    wire = conversation_to_wire(conversation)
    if can_go_to_whatsapp(request.app, conversation):
        wire["continue_on"] = [Channel.WHATSAPP.value]
    return wire


async def _conversation(request: web.Request, conversation: Conversation, status: int = 200) -> web.Response:
    view = await conversation_view(request.app, conversation.id)
    return web.json_response({"conversation": view}, status=status)
