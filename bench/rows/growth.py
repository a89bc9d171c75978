"""What a long conversation and a large database cost, on both databases."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from statistics import median

from bench.children import Json, load
from bench.load.http1 import agent_headers, customer_headers, head
from bench.report import Figure, Target
from bench.scene import TEXT
from bench.seed import Seed, SeededAgent, SeededConversation
from bench.stack import Bench
from handoff_bridge.conversations.model import State
from handoff_bridge.desk.sessions import csrf_token
from handoff_bridge.storage.database import Database

#: What both cases have: a conversation of this length, as the replay asks for it, and a queue.
USUAL, QUEUE = 50, 20
LONG, ARCHIVED, ARCHIVED_LENGTH = 10_000, 20_000, 50


async def figures(bench: Bench) -> list[Figure]:
    found = []
    for name, fresh in (("PostgreSQL", bench.postgres), ("SQLite", bench.sqlite)):
        found += await _on(bench, name, [fresh() for _ in range(3)])
    return found


async def _on(bench: Bench, name: str, databases: Sequence[AbstractAsyncContextManager[str]]) -> list[Figure]:
    """Three bridges side by side, asked in turn: an empty database, a long conversation, a large archive."""
    long = bench.much(LONG, 500)
    archive = (bench.much(ARCHIVED, 50), ARCHIVED_LENGTH)
    cases: list[tuple[str, int, tuple[int, int] | None]] = [
        ("empty", USUAL, None),
        ("long", long, None),
        ("large", USUAL, archive),
    ]
    requests: list[Json] = []
    async with AsyncExitStack() as stack:
        for (case, length, old), database in zip(cases, databases, strict=True):
            prefix = await stack.enter_async_context(_bridge(bench, database, length, old))
            requests += [{**request, "name": f"{case}/{request['name']}"} for request in prefix]
        # The same question to each of the three in turn, so that noise falls on all.
        requests.sort(key=lambda request: request["name"].partition("/")[2])
        job = {"kind": "sequence", "requests": requests, "warm_up": 20, "rounds": bench.much(400, 20)}
        async with load(job, bench.folder) as child:
            times = (await child.hear("result"))["times_ms"]
    grown = {
        "long": f"{name}, conversation of {long:,} messages",
        "large": f"{name}, database of {archive[0] * archive[1]:,} messages",
    }
    return [
        Figure(part, what, median(times[f"{case}/{what}"]), "ms", median(times[f"empty/{what}"]), "empty", Target(1.3))
        for case, part in grown.items()
        for what in ("append", "replay of the last 50", "desk's queue")
    ]


@asynccontextmanager
async def _bridge(
    bench: Bench, database: AbstractAsyncContextManager[str], length: int, archive: tuple[int, int] | None
) -> AsyncIterator[list[Json]]:
    """Yield the three requests to a bridge on this database."""
    async with database as url:
        opened = Database(url)
        seed = Seed(opened)
        (agent,) = await seed.agents(1)
        (conversation,) = await seed.conversations(1, State.HUMAN, [agent])
        await seed.past(conversation.id, length)
        await seed.conversations(QUEUE, State.WAITING)
        if archive is not None:
            await seed.archive(*archive)
        await seed.settle()
        await opened.close()
        async with bench.bridge(url) as bridge:
            yield _requests(bridge.port, conversation, agent)


def _requests(port: int, conversation: SeededConversation, agent: SeededAgent) -> list[Json]:
    path, customer = f"/v1/conversations/{conversation.id}/messages", customer_headers(conversation.token)
    desk = agent_headers(agent.session, csrf_token(agent.session))
    body = json.dumps({"client_message_id": "c{n}", "text": TEXT}, ensure_ascii=False)
    # The number takes ten digits where the placeholder has three.
    append = head("POST", path, customer, len(body.encode()) + 7).decode() + body
    return [
        {"name": "append", "port": port, "request": append, "status": 202},
        {
            "name": "replay of the last 50",
            "port": port,
            "request": head("GET", f"{path}?limit=50", customer).decode(),
            "status": 200,
        },
        {
            "name": "desk's queue",
            "port": port,
            "request": head("GET", "/desk/api/conversations?state=waiting", desk).decode(),
            "status": 200,
        },
    ]
