"""Between the website and WhatsApp, seen from the website: a code to take along, and a code that is brought."""

from aiohttp import web

from handoff_bridge.channels.webchat.access import customer_conversation
from handoff_bridge.channels.webchat.bodies import BroughtCode
from handoff_bridge.channels.webchat.routes import MAX_LIMIT, ONE
from handoff_bridge.channels.webchat.view import conversation_view
from handoff_bridge.channels.whatsapp.moving import Crossing
from handoff_bridge.conversations.model import Channel, Conversation
from handoff_bridge.conversations.moves import MoveSide
from handoff_bridge.errors import ElsewhereAlready, NotFound
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_body
from handoff_bridge.http.limits import client_address
from handoff_bridge.http.wire import message_to_wire

routes = web.RouteTableDef()


@routes.post(ONE + "/channel-codes")
async def make_code(request: web.Request) -> web.Response:
    """A code for going on on WhatsApp, and an address that opens WhatsApp with it. Raises ElsewhereAlready."""
    conversation_id = await customer_conversation(request)
    moves, _ = _parts(request)
    if (limits := request.app[keys.limits]).on:
        limits.messages.take(conversation_id)
    whatsapp = request.app[keys.rules].whatsapp
    assert whatsapp is not None
    assert whatsapp.moving is not None
    async with request.app[keys.store].write() as tx:
        conversation = await tx.conversations.get(conversation_id, lock=True)
        if conversation.channel is Channel.WHATSAPP:
            raise ElsewhereAlready
        code = await moves.offer(tx, conversation, Channel.WHATSAPP)
    number, text = whatsapp.numbers[0], whatsapp.moving.prefilled.format(code=code.code)
    return web.json_response(
        {
            "code": code.code,
            "text": text,
            "url": number.chat_with(text),
            "display_number": number.display_number,
            "expires_at": code.expires_at.isoformat(),
        },
        status=201,
    )


@routes.post("/v1/channel-codes")
async def bring_code(request: web.Request) -> web.Response:
    """Go on on the website with a conversation of another channel. Raises CodeUnknown, CodeExpired, CodeUsed."""
    moves, crossing = _parts(request)
    if (limits := request.app[keys.limits]).on:
        limits.conversations.take(client_address(request, request.app[keys.settings].trusted_proxies))
    body = await read_body(request, BroughtCode)
    async with request.app[keys.store].write() as tx:
        code_hash, conversation = await moves.look_up(tx, body.code, Channel.WEBCHAT)
        await moves.use(tx, code_hash)
        conversation = await crossing.go_to_web(tx, conversation)
        token = await moves.new_token(tx, code_hash)
        messages = await tx.messages.latest(conversation.id, MAX_LIMIT)
    return web.json_response(
        {
            "conversation": await _moved(request, conversation),
            "token": token,
            "messages": [message_to_wire(message) for message in messages],
        }
    )


@routes.post(ONE + "/return-to-web")
async def return_to_web(request: web.Request) -> web.Response:
    """The page has the conversation still: it goes on there again."""
    conversation_id = await customer_conversation(request)
    _, crossing = _parts(request)
    async with request.app[keys.store].write() as tx:
        conversation = await tx.conversations.get(conversation_id, lock=True)
        conversation = await crossing.go_to_web(tx, conversation)
    return web.json_response({"conversation": await _moved(request, conversation)})


async def _moved(request: web.Request, conversation: Conversation) -> object:
    request.app[keys.signals].conversation_changed(conversation.id)
    return await conversation_view(request.app, conversation.id)


def _parts(request: web.Request) -> tuple[MoveSide, Crossing]:
    moves, crossing = request.app.get(keys.moves), request.app.get(keys.crossing)
    if moves is None or crossing is None:
        raise NotFound("WhatsApp is off.")
    return moves, crossing
