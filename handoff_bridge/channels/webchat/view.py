"""The conversation as its customer sees it, with the place in the queue as it is now."""

from aiohttp import web

from handoff_bridge.conversations.model import Channel, Conversation, State
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
    wire = conversation_to_wire(seen.conversation, promise, seen.reason)
    if can_go_to_whatsapp(app, seen.conversation):
        wire["continue_on"] = [Channel.WHATSAPP.value]
    return wire


def can_go_to_whatsapp(app: web.Application, conversation: Conversation) -> bool:
    """Whether the customer can take this conversation along to WhatsApp."""
    return keys.crossing in app and conversation.channel is Channel.WEBCHAT and conversation.state is not State.CLOSED
