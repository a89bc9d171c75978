"""Many agents reach for the same conversations at the same moment."""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench.load.http1 import Broken, Requests, agent_headers, answer, connected, head
from bench.scene import EPOCH

Json = dict[str, Any]
CLAIM = """
    UPDATE conversations SET state = 'human', agent_id = $2, epoch = epoch + 1, last_seq = last_seq + 1, updated_at = $3
    WHERE id = $1 AND state = 'waiting' AND epoch = $4 RETURNING last_seq, epoch
"""
NOTICE = """
    INSERT INTO messages (conversation_id, seq, id, epoch, sender, kind, text, created_at)
    VALUES ($1, $2, $3, $4, 'system', 'notice', '', $5)
"""


async def storm(job: Json, _say: Callable[[Json], Awaitable[None]]) -> Json:
    """All agents claim one conversation at once, then the next. Returns the winners of each and every claim's time."""
    loop = asyncio.get_running_loop()
    connections = [await connected(agent["port"]) for agent in job["agents"]]
    body = json.dumps({"epoch": EPOCH}).encode()
    delays_ms: list[float] = []
    winners: list[int] = []

    async def claim(connection: Requests, agent: Json, conversation_id: str) -> int:
        path = f"/desk/api/conversations/{conversation_id}/claim"
        headers = agent_headers(agent["session"], agent["csrf"])
        begun = loop.time()
        status, answered = await answer(connection, head("POST", path, headers, len(body)) + body)
        delays_ms.append((loop.time() - begun) * 1000)
        if status not in (200, 409):
            raise Broken(f"a claim was answered with {status}: {answered[:300]!r}")
        return int(status == 200)

    begun = loop.time()
    for conversation_id in job["conversations"]:
        pairs = zip(connections, job["agents"], strict=True)
        won = await asyncio.gather(*(claim(connection, agent, conversation_id) for connection, agent in pairs))
        winners.append(sum(won))
    passed_s = loop.time() - begun
    for connection in connections:
        connection.close()
    return {"winners": winners, "delays_ms": delays_ms, "passed_s": passed_s}


async def bare(job: Json, _say: Callable[[Json], Awaitable[None]]) -> Json:
    """The same reaching in the database alone: a guarded update, the winner's notice, the commit."""
    loop = asyncio.get_running_loop()
    connections = [await asyncpg.connect(job["dsn"]) for _ in job["agents"]]
    prepared = [(await each.prepare(CLAIM), await each.prepare(NOTICE)) for each in connections]

    async def claim(place: int, conversation_id: str) -> int:
        update, notice = prepared[place]
        now = datetime.now(UTC)
        async with connections[place].transaction():
            row = await update.fetchrow(conversation_id, job["agents"][place], now, EPOCH)
            if row is not None:
                await notice.fetch(conversation_id, row["last_seq"], str(uuid.uuid4()), row["epoch"], now)
        return int(row is not None)

    begun = loop.time()
    winners = [
        sum(await asyncio.gather(*(claim(place, conversation_id) for place in range(len(prepared)))))
        for conversation_id in job["conversations"]
    ]
    passed_s = loop.time() - begun
    for connection in connections:
        await connection.close()
    return {"winners": winners, "passed_s": passed_s}
