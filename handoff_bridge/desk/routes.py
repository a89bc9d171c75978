"""The desk's HTTP entry."""

from aiohttp import web

from handoff_bridge.channels.webchat.bodies import Typing
from handoff_bridge.conversations.core import AGENT_ONLINE_FOR
from handoff_bridge.conversations.model import Channel, State
from handoff_bridge.desk.access import COOKIE, COOKIE_PATH, signed_in
from handoff_bridge.desk.attachments import attachment_to_wire
from handoff_bridge.desk.bodies import AgentMessage, AtEpoch, Return, SignIn, Transfer
from handoff_bridge.desk.events import stream_events
from handoff_bridge.desk.listing import listing
from handoff_bridge.desk.sessions import csrf_token
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.errors import InvalidBody, NotFound
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_body, read_int
from handoff_bridge.http.encoded import message_response
from handoff_bridge.http.limits import client_address
from handoff_bridge.http.wire import agent_to_wire, handoff_to_wire
from handoff_bridge.storage.desk_views import ListFilter

DEFAULT_LIMIT = 200
MAX_LIMIT = 1000
MAX_SEARCH = 200
MAX_SEQ = 2**31 - 1

routes = web.RouteTableDef()
SESSION = "/desk/api/session"
BASE = "/desk/api/conversations"
ONE = BASE + "/{conversation_id}"


@routes.post(SESSION)
async def sign_in(request: web.Request) -> web.Response:
    address = client_address(request, request.app[keys.settings].trusted_proxies)
    if (limits := request.app[keys.limits]).on:
        limits.sign_ins.take(address)
    body = await read_body(request, SignIn)
    signed = await request.app[keys.sessions].sign_in(body.email, body.password, address)
    response = web.json_response({"agent": agent_to_wire(signed.agent), "csrf_token": signed.csrf_token})
    response.set_cookie(
        COOKIE,
        signed.token,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=request.app[keys.settings].cookies_are_secure,
        max_age=int(request.app[keys.sessions].ttl.total_seconds()),
    )
    return response


@routes.get(SESSION)
async def who_am_i(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    return web.json_response({"agent": agent_to_wire(agent), "csrf_token": csrf_token(request.cookies[COOKIE])})


@routes.delete(SESSION)
async def sign_out(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    await request.app[keys.sessions].sign_out(request.cookies[COOKIE])
    async with request.app[keys.store].write() as tx:
        await tx.agents.left(agent.id)
    request.app[keys.signals].queue_changed()
    response = web.Response(status=204)
    response.del_cookie(COOKIE, path=COOKIE_PATH)
    return response


@routes.get("/desk/api/agents")
async def agents(request: web.Request) -> web.Response:
    await signed_in(request)
    online_since = request.app[keys.core].clock.now() - AGENT_ONLINE_FOR
    async with request.app[keys.store].read() as tx:
        found = await tx.agents.list(online_since)
    return web.json_response(
        {"agents": [{"id": agent.id, "name": agent.name, "online": agent.online} for agent in found]}
    )


@routes.get(BASE)
async def conversations(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    wanted = ListFilter(
        state=_state(request),
        agent_id=agent.id if request.query.get("mine", "") in ("1", "true") else None,
        text=_search(request),
    )
    async with request.app[keys.store].read() as tx:
        found = await listing(request.app, tx, await tx.desk_views.list(wanted))
    return web.json_response({"conversations": found})


@routes.get(ONE)
async def conversation(request: web.Request) -> web.Response:
    await signed_in(request)
    conversation_id = request.match_info["conversation_id"]
    limit = read_int(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    after = read_int(request, "after", -1, 0, MAX_SEQ)
    async with request.app[keys.store].read() as tx:
        listed = await tx.desk_views.list(ListFilter(conversation_ids=[conversation_id]))
        if not listed:
            raise NotFound("There is no such conversation.")
        if after < 0:
            messages = await tx.messages.latest(conversation_id, limit)
        else:
            messages = await tx.messages.after(conversation_id, after, limit)
        handoff = await tx.handoffs.latest(conversation_id)
        nlu = await tx.turns.transcript_nlu(conversation_id)
        said = [] if handoff is None else await tx.messages.latest(conversation_id, limit)
        (wire,) = await listing(request.app, tx, listed)
        shown = await WhatsAppView(request.app).messages(tx, listed[0].conversation, messages)
        files = await tx.attachments.of_conversation(conversation_id)
    return web.json_response(
        {
            "conversation": wire,
            "handoff": handoff_to_wire(handoff, list(said), nlu) if handoff else None,
            "messages": shown,
            "attachments": [attachment_to_wire(file) for file in files],
        }
    )


@routes.post(ONE + "/claim")
async def claim(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, AtEpoch)
    conversation_id = request.match_info["conversation_id"]
    await request.app[keys.desk].claim(conversation_id, agent, body.epoch)
    return await _conversation(request, conversation_id)


@routes.post(ONE + "/messages")
async def write(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, AgentMessage)
    conversation, message, created = await request.app[keys.desk].write(
        request.match_info["conversation_id"], agent, body.epoch, body.client_message_id, body.text
    )
    if conversation.channel is not Channel.WHATSAPP:
        return message_response(message, created=created)
    async with request.app[keys.store].read() as tx:
        # On WhatsApp the agent is told at once when the message has to wait for the customer.
        wire = await WhatsAppView(request.app).written(tx, message)
    return web.json_response({"message": wire}, status=202 if created else 200)


@routes.post(ONE + "/typing")
async def typing(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, Typing)
    await request.app[keys.desk].typing(request.match_info["conversation_id"], agent, body.active)
    return web.Response(status=204)


@routes.post(ONE + "/return")
async def return_to_bot(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, Return)
    conversation_id = request.match_info["conversation_id"]
    await request.app[keys.desk].return_to_bot(conversation_id, agent, body.epoch, body.note)
    return await _conversation(request, conversation_id)


@routes.post(ONE + "/transfer")
async def transfer(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, Transfer)
    conversation_id = request.match_info["conversation_id"]
    await request.app[keys.desk].transfer(conversation_id, agent, body.epoch, body.to, body.note)
    return await _conversation(request, conversation_id)


@routes.post(ONE + "/close")
async def close(request: web.Request) -> web.Response:
    agent = await signed_in(request)
    body = await read_body(request, AtEpoch)
    conversation_id = request.match_info["conversation_id"]
    await request.app[keys.desk].close(conversation_id, agent, body.epoch)
    return await _conversation(request, conversation_id)


@routes.get("/desk/api/events")
async def events(request: web.Request) -> web.StreamResponse:
    agent = await signed_in(request)
    limits = request.app[keys.limits]
    if not limits.on:
        return await stream_events(request, agent)
    address = client_address(request, request.app[keys.settings].trusted_proxies)
    with limits.streams_per_address.one(address), limits.streams_per_agent.one(agent.id):
        return await stream_events(request, agent)


async def _conversation(request: web.Request, conversation_id: str) -> web.Response:
    async with request.app[keys.store].read() as tx:
        (wire,) = await listing(
            request.app, tx, await tx.desk_views.list(ListFilter(conversation_ids=[conversation_id]))
        )
    return web.json_response({"conversation": wire})


def _state(request: web.Request) -> State | None:
    raw = request.query.get("state")
    if raw is None:
        return None
    try:
        return State(raw)
    except ValueError:
        raise InvalidBody(f"state: one of {', '.join(State)}", field="state") from None


def _search(request: web.Request) -> str | None:
    text = request.query.get("q", "").replace("\x00", "").strip()
    if len(text) > MAX_SEARCH:
        raise InvalidBody(f"q: at most {MAX_SEARCH} characters", field="q")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidBody("q: not a text", field="q") from None
    return text or None
