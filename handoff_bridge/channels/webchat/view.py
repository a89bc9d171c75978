"""The conversation as its customer sees it, with the place in the queue as it is now."""

from aiohttp import web

from handoff_bridge.conversations.model import State
from handoff_bridge.http import keys
from handoff_bridge.http.wire import WireConversation, conversation_to_wire
from handoff_bridge.storage.lookups import SeenConversation


async def conversation_view(app: web.Application, conversation_id: str) -> WireConversation:
    """Raises NotFound."""
    return await view_of(app, await app[keys.store].seen_conversation(conversation_id))


async def view_of(app: web.Application, seen: SeenConversation) -> WireConversation:
    """While the customer waits, the promise is made anew."""
    promise = None
    if seen.conversation.state is State.WAITING:
        async with app[keys.store].read() as tx:
            promise = await app[keys.core].promise(tx, seen.conversation)
    return conversation_to_wire(seen.conversation, promise, seen.reason)
