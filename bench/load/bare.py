"""The baseline of the relay: the same work in the database and nothing else.

Each place has a connection of its own and prepared statements. A message is a transaction: the guarded bump of the
conversation's number, the insert, the commit.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.load.pace import RUN, Record, Schedule, window
from bench.scene import EPOCH, TEXT

Json = dict[str, Any]
BUMP = """
    UPDATE conversations SET last_seq = last_seq + 1, updated_at = $2
    WHERE id = $1 AND state = 'human' AND epoch = $3 RETURNING last_seq, epoch
"""
INSERT = """
    INSERT INTO messages (conversation_id, seq, id, epoch, sender, kind, text, client_message_id, created_at)
    VALUES ($1, $2, $3, $4, $5, 'text', $6, $7, $8)
"""


async def relay(job: Json, say: Callable[[Json], Awaitable[None]]) -> Json:
    """As many places as conversations; closed or paced like the relay itself."""
    loop = asyncio.get_running_loop()
    record = Record()
    ids: list[str] = job["conversations"]
    connections = [await asyncpg.connect(job["dsn"]) for _ in ids]
    begin, end = window(record, job)
    schedule = Schedule(len(ids), job.get("rate"), loop.time())
    async with asyncio.TaskGroup() as tasks:
        for place, conversation_id in enumerate(ids):
            tasks.create_task(_place(connections[place], place, conversation_id, schedule, record))
        await asyncio.sleep(begin - loop.time())
        await say({"event": "begin"})
        await asyncio.sleep(end - loop.time())
        await say({"event": "end"})
    for connection in connections:
        await connection.close()
    return record.result()


async def _place(
    connection: asyncpg.Connection, place: int, conversation_id: str, schedule: Schedule, record: Record
) -> None:
    loop = asyncio.get_running_loop()
    bump, insert = await connection.prepare(BUMP), await connection.prepare(INSERT)
    number = 0
    while loop.time() < record.end:
        due = schedule.due(place, number, loop.time())
        if due > loop.time():
            await asyncio.sleep(due - loop.time())
        now = datetime.now(UTC)
        async with connection.transaction():
            row = await bump.fetchrow(conversation_id, now, EPOCH)
            sender = ("customer", "agent")[number % 2]
            key = f"{sender[0]}{place}-{number}-{RUN}"
            await insert.fetch(
                conversation_id, row["last_seq"], str(uuid.uuid4()), row["epoch"], sender, TEXT, key, now
            )
        record.add(due, loop.time())
        number += 1
