"""The customer's event stream: everything after a cursor, then everything that comes."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from handoff_bridge.channels.webchat.presence import CustomerPresence
from handoff_bridge.channels.webchat.view import view_of
from handoff_bridge.conversations.model import Message, Sender, State
from handoff_bridge.errors import InvalidBody, ShuttingDown
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_int
from handoff_bridge.http.encoded import encoded_message
from handoff_bridge.http.sse import HEARTBEAT_S, EventStream
from handoff_bridge.realtime.hub import Subscription, following

#: How many messages are read at once while a client catches up.
PAGE = 200
MAX_SEQ = 2**31 - 1
MAX_DIGITS = len(str(MAX_SEQ))


async def stream_events(request: web.Request, conversation_id: str) -> web.StreamResponse:
    """Resume after ``Last-Event-ID`` or ``?after=``; without either, from the beginning."""
    hub = request.app[keys.hub]
    if hub.closing:
        raise ShuttingDown
    cursor = read_cursor(request)
    with hub.subscribe(conversation_id) as subscription:
        async with EventStream(request) as stream:
            follower = Follower(request.app, subscription, cursor, stream)
            presence = CustomerPresence(request.app, conversation_id)
            try:
                await follower.start()
                while not hub.closing:
                    await presence.show(follower.state)
                    if await subscription.wait(HEARTBEAT_S):
                        await follower.deliver()
                    else:
                        await stream.heartbeat()
            finally:
                await asyncio.shield(presence.leave())
    return stream.response


def read_cursor(request: web.Request) -> int:
    """The last seq that the client has seen, 0 for none. Raises InvalidBody."""
    header = request.headers.get("Last-Event-ID")
    if header is None:
        return read_int(request, "after", 0, 0, MAX_SEQ)
    # Measured before it is read: Python refuses to read thousands of digits.
    if not (header.isascii() and header.isdigit() and len(header) <= MAX_DIGITS and int(header) <= MAX_SEQ):
        raise InvalidBody("Last-Event-ID: the number of the last message seen", field="Last-Event-ID")
    return int(header)


class Follower:
    """Sends one conversation to one client; remembers what the client has."""

    def __init__(self, app: web.Application, subscription: Subscription, cursor: int, stream: EventStream) -> None:
        assert subscription.conversation_id is not None
        self._app = app
        self._subscription = subscription
        self._conversation_id = subscription.conversation_id
        self._cursor = cursor
        self._stream = stream
        self._relay_s = app[keys.metrics].relay_s.labels("customer")
        self.state = ""

    async def start(self) -> None:
        """Send what the client lacks, the conversation as it is and whether the bot is writing."""
        await self._messages()
        if await self._conversation():
            await self._typing("bot", True)

    async def deliver(self) -> None:
        news = self._subscription.take_news().get(self._conversation_id, ())
        changed, queue, signs = self._subscription.take()
        typing = [event for event in signs if event.sender != Sender.CUSTOMER]
        # Typing ends before the message that it announced, and starts after the one it answers.
        for event in typing:
            if not event.active:
                await self._typing(event.sender, False)
        noticed = await self._news(news)
        if changed:
            noticed = await self._messages(live=True) or noticed
        # Every change of owner is a notice in the log, so without one the conversation is as it was.
        if noticed or queue:
            await self._conversation()
        for event in typing:
            if event.active:
                await self._typing(event.sender, True)

    async def _news(self, news: Sequence[Message]) -> bool:
        """Send what was just said, from the log if something before it is missing; True when a notice was among it."""
        fresh = following(news, self._cursor)
        if fresh is None:
            return await self._messages(live=True)
        return await self._send(fresh, live=True)

    async def _messages(self, *, live: bool = False) -> bool:
        """Send what comes after the cursor, in order; True when a notice was among it."""
        noticed = False
        while True:
            messages = await self._app[keys.store].messages_after(self._conversation_id, self._cursor, PAGE)
            noticed = await self._send(messages, live=live) or noticed
            if len(messages) < PAGE:
                return noticed

    async def _send(self, messages: Sequence[Message], *, live: bool) -> bool:
        for message in messages:
            await self._stream.send_encoded("message", encoded_message(message), message.seq)
            if live:
                self._relay_s.observe((self._app[keys.clock].now() - message.created_at).total_seconds())
            self._cursor = message.seq
        return any(message.draft.notice is not None for message in messages)

    async def _conversation(self) -> bool:
        """Send the conversation as it is; True when the bot is just writing."""
        seen = await self._app[keys.store].seen_conversation(self._conversation_id)
        view = await view_of(self._app, seen)
        hub = self._app[keys.hub]
        self.state = view["state"]
        hub.follow_queue(self._subscription, self.state == State.WAITING)
        await self._stream.send("conversation", view)
        return seen.bot_is_typing

    async def _typing(self, sender: str, active: bool) -> None:
        await self._stream.send("typing", {"sender": sender, "active": active})
