"""Claim storms: many agents, the same conversation, the same moment."""

from contextlib import AsyncExitStack

from bench.children import Json, load
from bench.report import Figure, Target, percentile
from bench.seed import Seed, SeededAgent
from bench.stack import Bench
from handoff_bridge.conversations.model import State
from handoff_bridge.storage.database import Database

AGENTS, CONVERSATIONS = 50, 20


async def figures(bench: Bench) -> list[Figure]:
    people, conversations = bench.much(AGENTS, 5), bench.much(CONVERSATIONS, 3)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(bench.postgres())
        database = Database(url)
        seed = Seed(database)
        agents = await seed.agents(people)
        reached = [each.id for each in await seed.conversations(conversations, State.WAITING)]
        for_bare = [each.id for each in await seed.conversations(conversations, State.WAITING)]
        await database.close()
        bridge = await stack.enter_async_context(bench.bridge(url))
        storm = await _run(bench, _storm(agents, bridge.port, reached))
        bare = await _run(
            bench,
            {
                "kind": "bare_claims",
                "dsn": url.replace("+asyncpg", ""),
                "agents": [agent.id for agent in agents],
                "conversations": for_bare,
            },
        )
    claims = people * conversations
    part = f"claim storm, {people} agents on {conversations} conversations"
    return [
        Figure(
            part, "conversations with exactly one winner", sum(won == 1 for won in storm["winners"]), "conversations",
            conversations, "claimed", Target(1.0, at_least=True),
        ),
        Figure(
            part, "time per claim", storm["passed_s"] / claims * 1000, "ms", bare["passed_s"] / claims * 1000,
            "bare loop", note=f"an agent waits {percentile(storm['delays_ms'], 0.5):.0f} ms at the median, "
            f"{percentile(storm['delays_ms'], 0.99):.0f} ms at p99",
        ),
    ]  # fmt: skip


def _storm(agents: list[SeededAgent], port: int, conversations: list[str]) -> Json:
    return {"kind": "claims", "agents": [agent.job(port) for agent in agents], "conversations": conversations}


async def _run(bench: Bench, job: Json) -> Json:
    async with load(job, bench.folder) as child:
        return await child.hear("result")
