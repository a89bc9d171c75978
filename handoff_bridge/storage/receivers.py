"""Where a delivery leads: the person behind its lane, as they are known now."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.outbox.model import Delivery
from handoff_bridge.outbox.ports import Receiver
from handoff_bridge.storage.schema import conversations
from handoff_bridge.storage.whatsapp_schema import whatsapp_people, whatsapp_threads


class ReceiverTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def receiver(self, delivery: Delivery) -> Receiver:
        own = (
            select(
                whatsapp_people.c.id,
                whatsapp_people.c.user_id,
                whatsapp_people.c.phone,
                whatsapp_threads.c.stopped_at,
                conversations.c.last_seq,
            )
            .join(whatsapp_people, whatsapp_people.c.id == whatsapp_threads.c.person_id)
            .join(conversations, conversations.c.id == whatsapp_threads.c.conversation_id)
            .where(whatsapp_threads.c.conversation_id == delivery.conversation_id)
        )
        row = (await self._connection.execute(own)).one()
        # The window and the wish for no more messages are the person's, in whichever conversation they spoke.
        person = select(
            func.max(whatsapp_threads.c.last_inbound_at).label("answered_at"),
            func.max(whatsapp_threads.c.stopped_at).label("stopped_at"),
        ).where(whatsapp_threads.c.person_id == row.id)
        known = (await self._connection.execute(person)).one()
        return Receiver(
            user_id=row.user_id,
            phone=row.phone,
            window_from=known.answered_at,
            stopped_at=known.stopped_at,
            stopped_after_seq=row.last_seq if row.stopped_at is not None else None,
        )
