"""The agent's event stream: a picture of all open conversations, then every change.

Messages are sent from the moment the stream opens; a desk that comes back reads what it missed of the
conversation it has open by its cursor.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from handoff_bridge.conversations.model import Agent, Conversation, Message, State
from handoff_bridge.desk.access import COOKIE
from handoff_bridge.desk.delivery_news import DeliveryNews
from handoff_bridge.desk.listing import listing
from handoff_bridge.errors import ShuttingDown, Unauthenticated
from handoff_bridge.http import keys
from handoff_bridge.http.encoded import encoded_message
from handoff_bridge.http.sse import HEARTBEAT_S, EventStream
from handoff_bridge.realtime.hub import Subscription, following
from handoff_bridge.storage.desk_views import ListedConversation, ListFilter

#: Conversations in the first picture and in one round of changes.
MAX_LISTED = 500
#: Whoever has a person or waits for one is in the first picture, however many have talked to the bot since.
PICTURE = (State.HUMAN, State.WAITING, State.BOT)
PAGE = 200
#: How much is sent of a conversation that the desk hears of for the first time.
UNSEEN = 50
#: How many streams each agent has open in this process.
STREAMS = web.AppKey("desk_streams", Counter[str])


async def stream_events(request: web.Request, agent: Agent) -> web.StreamResponse:
    """Being connected here is what makes an agent count as at the desk."""
    hub = request.app[keys.hub]
    if hub.closing:
        raise ShuttingDown
    with hub.subscribe(None) as subscription:
        async with EventStream(request) as stream:
            presence = Presence(request.app, agent, request.cookies.get(COOKIE))
            follower = DeskFollower(request.app, stream)
            try:
                await presence.show()
                await follower.start()
                while not hub.closing:
                    if await subscription.wait(HEARTBEAT_S):
                        await follower.deliver(subscription)
                    else:
                        await stream.heartbeat()
                    await presence.show()
            except Unauthenticated:
                # Signed out elsewhere, or the session has ended: so does the stream.
                pass
            finally:
                await asyncio.shield(presence.leave())
    return stream.response


class Presence:
    """Keeps the agent's sign of life fresh, for all processes to see."""

    def __init__(self, app: web.Application, agent: Agent, session_token: str | None) -> None:
        self._app = app
        self._agent = agent
        self._session_token = session_token
        self._shown: datetime | None = None

    async def show(self) -> None:
        """Raises Unauthenticated when the session has ended."""
        now = self._app[keys.core].clock.now()
        if self._shown is not None and (now - self._shown).total_seconds() < HEARTBEAT_S:
            return
        await self._app[keys.sessions].agent(self._session_token)
        async with self._app[keys.store].write() as tx:
            await tx.agents.seen(self._agent.id, now, at_desk=True)
        first, self._shown = self._shown is None, now
        if first:
            self._app[STREAMS][self._agent.id] += 1
            # Whoever waits is told that somebody has come.
            self._app[keys.signals].queue_changed()

    async def leave(self) -> None:
        """Gone, unless the agent has another stream open; one at another bridge shows itself again soon."""
        if self._shown is None:
            return
        streams = self._app[STREAMS]
        streams[self._agent.id] -= 1
        if streams[self._agent.id]:
            return
        del streams[self._agent.id]
        async with self._app[keys.store].write() as tx:
            await tx.agents.left(self._agent.id)
        self._app[keys.signals].queue_changed()


class DeskFollower:
    """Sends every conversation's changes to one desk."""

    def __init__(self, app: web.Application, stream: EventStream) -> None:
        self._app = app
        self._stream = stream
        self._relay_s = app[keys.metrics].relay_s.labels("agent")
        self._cursors: dict[str, int] = {}
        self._deliveries = DeliveryNews(app, stream)

    async def start(self) -> None:
        found: dict[str, ListedConversation] = {}
        async with self._app[keys.store].read() as tx:
            for state in PICTURE:
                if (left := MAX_LISTED - len(found)) > 0:
                    for item in await tx.desk_views.list(ListFilter(state=state, limit=left)):
                        # What changes hands between two looks counts as it was seen last.
                        found[item.conversation.id] = item
            listed = list(found.values())
            wires = await listing(self._app, tx, listed)
        self._cursors = {item.conversation.id: item.conversation.last_seq for item in listed}
        await self._stream.send("snapshot", {"conversations": wires})

    async def deliver(self, subscription: Subscription) -> None:
        news = subscription.take_news()
        changed, _, typing = subscription.take()
        for event in typing:
            if not event.active:
                await self._typing(event.conversation_id, event.sender, False)
        changed |= {
            conversation_id for conversation_id, said in news.items() if not await self._news(conversation_id, said)
        }
        if changed:
            await self._changes(sorted(changed))
        for event in typing:
            if event.active:
                await self._typing(event.conversation_id, event.sender, True)

    async def _news(self, conversation_id: str, said: Sequence[Message]) -> bool:
        """Send what was just said in a conversation that the desk has; False when more has to be read first."""
        cursor = self._cursors.get(conversation_id)
        fresh = None if cursor is None else following(said, cursor)
        if fresh is None:
            return False
        await self._send(fresh)
        return True

    async def _changes(self, conversation_ids: list[str]) -> None:
        async with self._app[keys.store].read() as tx:
            listed = await tx.desk_views.list(
                ListFilter(conversation_ids=conversation_ids, limit=len(conversation_ids))
            )
            wires = await listing(self._app, tx, listed)
        for item, wire in zip(listed, wires, strict=True):
            await self._messages(item.conversation)
            await self._stream.send("conversation", {"conversation": wire})
            await self._deliveries.send(item.conversation)

    async def _messages(self, conversation: Conversation) -> None:
        # One not in the first picture is new, or was closed, or there were too many: of an old one only the end is
        # sent, and a desk that has it open asks for what is missing before.
        conversation_id = conversation.id
        cursor = self._cursors.get(conversation_id, max(0, conversation.last_seq - UNSEEN))
        while True:
            messages = await self._app[keys.store].messages_after(conversation_id, cursor, PAGE)
            await self._send(messages)
            if len(messages) < PAGE:
                self._cursors.setdefault(conversation_id, cursor)
                return
            cursor = messages[-1].seq

    async def _send(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._stream.send_encoded("message", encoded_message(message))
            self._relay_s.observe((self._app[keys.clock].now() - message.created_at).total_seconds())
            self._cursors[message.conversation_id] = message.seq

    async def _typing(self, conversation_id: str, sender: str, active: bool) -> None:
        await self._stream.send("typing", {"conversation_id": conversation_id, "sender": sender, "active": active})
