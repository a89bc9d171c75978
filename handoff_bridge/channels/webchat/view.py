"""The conversation as its customer sees it, with the place in the queue as it is now."""

from aiohttp import web

from handoff_bridge.conversations.model import State
from handoff_bridge.http import keys
from handoff_bridge.http.wire import WireConversation, conversation_to_wire
from handoff_bridge.storage.store import SqlTransaction


async def read_view(app: web.Application, tx: SqlTransaction, conversation_id: str) -> WireConversation:
    """Raises NotFound."""
    conversation = await tx.conversations.get(conversation_id)
    promise, reason = None, None
    if conversation.state is State.WAITING:
        promise = await app[keys.core].promise(tx, conversation)
    if conversation.handoff_id is not None:
        reason = (await tx.handoffs.get(conversation.handoff_id)).reason.value
    return conversation_to_wire(conversation, promise, reason)


async def conversation_view(app: web.Application, conversation_id: str) -> WireConversation:
    """Raises NotFound."""
    async with app[keys.store].read() as tx:
        return await read_view(app, tx, conversation_id)
