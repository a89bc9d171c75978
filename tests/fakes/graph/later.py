"""A day goes by for one customer: what 24 hours of silence leave behind, in the fake and in the bridge's database."""

from datetime import timedelta

from sqlalchemy import select, update

from handoff_bridge.storage.database import Database
from handoff_bridge.storage.whatsapp_schema import whatsapp_people, whatsapp_threads

A_DAY = timedelta(hours=24, minutes=1)


async def age_in_bridge(database_url: str, user_id: str) -> int:
    """Move the time at which the customer wrote last. Returns how many conversations there were."""
    database = Database(database_url)
    try:
        async with database.write() as connection:
            theirs = select(whatsapp_people.c.id).where(whatsapp_people.c.user_id == user_id)
            query = select(whatsapp_threads.c.conversation_id, whatsapp_threads.c.last_inbound_at).where(
                whatsapp_threads.c.person_id.in_(theirs), whatsapp_threads.c.last_inbound_at.is_not(None)
            )
            rows = (await connection.execute(query)).all()
            for row in rows:
                await connection.execute(
                    update(whatsapp_threads)
                    .where(whatsapp_threads.c.conversation_id == row.conversation_id)
                    .values(last_inbound_at=row.last_inbound_at - A_DAY)
                )
    finally:
        await database.close()
    return len(rows)
