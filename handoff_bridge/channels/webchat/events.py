"""The customer's event stream: everything after a cursor, then everything that comes."""

from aiohttp import web

from handoff_bridge.channels.webchat.view import read_view
from handoff_bridge.errors import InvalidBody, ShuttingDown
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_int
from handoff_bridge.http.sse import HEARTBEAT_S, EventStream
from handoff_bridge.http.wire import WireConversation, message_to_wire
from handoff_bridge.realtime.hub import Subscription

#: How many messages are read at once while a client catches up.
PAGE = 200
MAX_SEQ = 2**31 - 1


async def stream_events(request: web.Request, conversation_id: str) -> web.StreamResponse:
    """Resume after ``Last-Event-ID`` or ``?after=``; without either, from the beginning."""
    hub = request.app[keys.hub]
    if hub.closing:
        raise ShuttingDown
    cursor = read_cursor(request)
    with hub.subscribe(conversation_id) as subscription:
        async with EventStream(request) as stream:
            follower = Follower(request.app, conversation_id, cursor, stream)
            await follower.catch_up(typing=True)
            while not hub.closing:
                if await subscription.wait(HEARTBEAT_S):
                    await follower.deliver(subscription)
                else:
                    await stream.heartbeat()
    return stream.response


def read_cursor(request: web.Request) -> int:
    """The last seq that the client has seen, 0 for none. Raises InvalidBody."""
    header = request.headers.get("Last-Event-ID")
    if header is None:
        return read_int(request, "after", 0, 0, MAX_SEQ)
    if not (header.isascii() and header.isdigit() and int(header) <= MAX_SEQ):
        raise InvalidBody("Last-Event-ID: the number of the last message seen", field="Last-Event-ID")
    return int(header)


class Follower:
    """Sends one conversation to one client; remembers what the client has."""

    def __init__(self, app: web.Application, conversation_id: str, cursor: int, stream: EventStream) -> None:
        self._app = app
        self._conversation_id = conversation_id
        self._cursor = cursor
        self._stream = stream
        self._sent: WireConversation | None = None

    async def deliver(self, subscription: Subscription) -> None:
        changed, queue, typing = subscription.take()
        # Typing ends before the message that it announced, and starts after the one it answers.
        for event in typing:
            if not event.active:
                await self._typing(event.sender, False)
        if changed or queue:
            await self.catch_up()
        for event in typing:
            if event.active:
                await self._typing(event.sender, True)

    async def catch_up(self, *, typing: bool = False) -> None:
        """Send what the client lacks: messages in order, then the conversation if it changed."""
        while True:
            async with self._app[keys.store].read() as tx:
                messages = await tx.messages.after(self._conversation_id, self._cursor, PAGE)
                view = await read_view(self._app, tx, self._conversation_id)
                is_typing = typing and await tx.turns.is_typing(self._conversation_id)
            for message in messages:
                await self._stream.send("message", message_to_wire(message), message.seq)
                self._cursor = message.seq
            if len(messages) < PAGE:
                break
        if view != self._sent:
            await self._stream.send("conversation", view)
            self._sent = view
        if is_typing:
            await self._typing("bot", True)

    async def _typing(self, sender: str, active: bool) -> None:
        await self._stream.send("typing", {"sender": sender, "active": active})
