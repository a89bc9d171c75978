"""Who has been shown that their message is read; taken once, whichever process asks first."""

from datetime import datetime

from sqlalchemy import or_, select, update

from handoff_bridge.outbox.courtesies import Unread
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.whatsapp_schema import whatsapp_threads


class CourtesyTable:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, conversation_id: str, typing_before: datetime, now: datetime) -> Unread | None:
        wanted = (
            whatsapp_threads.c.conversation_id == conversation_id,
            whatsapp_threads.c.last_inbound_wamid.is_not(None),
            whatsapp_threads.c.stopped_at.is_(None),
            or_(
                whatsapp_threads.c.read_wamid.is_distinct_from(whatsapp_threads.c.last_inbound_wamid),
                whatsapp_threads.c.typing_at < typing_before,
            ),
        )
        # Most conversations have no thread at all; they are not worth a transaction.
        async with self._database.read() as connection:
            if (await connection.execute(select(whatsapp_threads.c.conversation_id).where(*wanted))).first() is None:
                return None
        async with self._database.write() as connection:
            shown = (
                update(whatsapp_threads)
                .where(*wanted)
                .values(read_wamid=whatsapp_threads.c.last_inbound_wamid, typing_at=now)
                .returning(whatsapp_threads.c.phone_number_id, whatsapp_threads.c.last_inbound_wamid)
            )
            row = (await connection.execute(shown)).one_or_none()
        return None if row is None else Unread(row.phone_number_id, row.last_inbound_wamid)
