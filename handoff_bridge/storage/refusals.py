"""Why a guarded change met no row."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import State
from handoff_bridge.errors import BridgeError, ConversationClosed, NotFound, StaleEpoch
from handoff_bridge.storage.schema import conversations


async def refusal(connection: AsyncConnection, conversation_id: str) -> BridgeError:
    """NotFound, ConversationClosed or StaleEpoch, by the state that the conversation is in."""
    query = select(conversations.c.state, conversations.c.epoch, conversations.c.agent_name).where(
        conversations.c.id == conversation_id
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return NotFound("There is no such conversation.")
    if row.state == State.CLOSED.value:
        return ConversationClosed(state=row.state)
    return StaleEpoch(epoch=row.epoch, state=row.state, agent={"name": row.agent_name} if row.agent_name else None)
