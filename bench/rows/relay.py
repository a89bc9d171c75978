"""Relay: a message is written by one side, committed, and seen on the other side's stream."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from statistics import median

from bench.children import Json, load
from bench.cpu import Meter
from bench.report import Figure, Target, percentile
from bench.seed import Seed, SeededAgent, SeededConversation
from bench.stack import Bench, Bridge
from handoff_bridge.conversations.model import State
from handoff_bridge.storage.database import Database

CONVERSATIONS = 64
#: Of the highest rate, for the latency at a load that can be kept up.
PACED_SHARE = 0.7
#: A desk as business.yml counts it: four conversations for each agent.
FULL_DESK = 16


@dataclass(frozen=True, slots=True)
class Measured:
    per_s: float
    delays_ms: Sequence[float]
    cores: dict[str, float]

    @property
    def busy(self) -> str:
        """CPU use in cores, by process."""
        return ", ".join(f"{name} {cores:.2f}" for name, cores in self.cores.items())


@dataclass(frozen=True, slots=True)
class Scene:
    """A database with 64 conversations that people own, and the bridges on it."""

    bench: Bench
    url: str
    bridges: Sequence[Bridge]
    agents: Sequence[SeededAgent]
    conversations: Sequence[SeededConversation]

    async def relay(self, rate: float | None) -> Measured:
        """Each agent and their customers are at the same bridge; the agents are spread over the bridges in turn."""
        agents = len(self.agents)
        at = [self.bridges[index % len(self.bridges)].port for index in range(agents)]
        job = {
            "kind": "relay",
            "rate": rate,
            "agents": [agent.job(port) for agent, port in zip(self.agents, at, strict=True)],
            "conversations": [
                conversation.job(at[index % agents], index % agents)
                for index, conversation in enumerate(self.conversations)
            ],
        }
        return await self._measured(job, {f"bridge {n}": b.child.pid for n, b in enumerate(self.bridges, 1)})

    async def bare(self, rate: float | None) -> Measured:
        dsn = self.url.replace("+asyncpg", "")
        ids = [conversation.id for conversation in self.conversations]
        return await self._measured({"kind": "bare_relay", "rate": rate, "dsn": dsn, "conversations": ids}, {})

    async def _measured(self, job: Json, bridges: dict[str, int]) -> Measured:
        seconds = {"warm_up_s": self.bench.much(2, 1), "duration_s": self.bench.much(6, 1)}
        async with load({**job, **seconds}, self.bench.folder) as child:
            meter = Meter({**bridges, "load": child.pid}, self.bench.postgres_pid)
            await child.hear("begin")
            meter.begin()
            await child.hear("end")
            cores = meter.cores()
            result = await child.hear("result")
        return Measured(result["per_s"], result["delays_ms"], cores)


async def scene(stack: AsyncExitStack, bench: Bench, bridges: int, agents: int) -> Scene:
    """``agents`` own the conversations in turn."""
    url = await stack.enter_async_context(bench.postgres())
    database = Database(url)
    seed = Seed(database)
    people = await seed.agents(agents)
    conversations = await seed.conversations(CONVERSATIONS, State.HUMAN, people)
    await seed.settle()
    await database.close()
    return Scene(bench, url, await stack.enter_async_context(bench.bridges(url, bridges)), people, conversations)


async def figures(bench: Bench) -> list[Figure]:
    """Throughput and latency on one bridge, then what a second bridge brings."""
    async with AsyncExitStack() as stack:
        bare = await scene(stack, bench, bridges=0, agents=1)
        single = await scene(stack, bench, bridges=1, agents=1)
        found = await _one_bridge(bench, single, bare)
        crowd = await scene(stack, bench, bridges=1, agents=FULL_DESK)
        found.append(await _full_desk(bench, single, crowd))
    async with AsyncExitStack() as stack:
        one = await scene(stack, bench, bridges=1, agents=2)
        two = await scene(stack, bench, bridges=2, agents=2)
        found += await _two_bridges(bench, one, two)
    return found


async def _one_bridge(bench: Bench, single: Scene, bare: Scene) -> list[Figure]:
    rounds = bench.much(3, 1)
    # In turn, so that whatever else the machine does falls on both.
    closed = [(await bare.bare(None), await single.relay(None)) for _ in range(rounds)]
    bare_per_s, relay_per_s = median(b.per_s for b, _ in closed), median(r.per_s for _, r in closed)
    paced = [
        (await bare.bare(bare_per_s * PACED_SHARE), await single.relay(relay_per_s * PACED_SHARE))
        for _ in range(rounds)
    ]
    bare_ms = [delay for b, _ in paced for delay in b.delays_ms]
    relay_ms = [delay for _, r in paced for delay in r.delays_ms]
    busy = f"cores in use: {closed[-1][1].busy}; bare loop: {closed[-1][0].busy}"
    part = "relay, 64 conversations, one bridge"
    paced_note = (
        f"paced at {PACED_SHARE:.0%} of the highest rate: {paced[-1][1].per_s:,.0f}/s, the bare loop at "
        f"{paced[-1][0].per_s:,.0f}/s; delays count from the moment the message was due"
    )
    return [
        Figure(
            part, "throughput", relay_per_s, "messages/s", bare_per_s, "bare loop", Target(0.6, at_least=True), busy
        ),
        *(
            Figure(
                part, f"latency p{share}", percentile(relay_ms, share / 100), "ms",
                percentile(bare_ms, share / 100), "bare loop", Target(limit), paced_note,
            )
            for share, limit in ((50, 3), (99, 6))
        ),
    ]  # fmt: skip


async def _full_desk(bench: Bench, single: Scene, crowd: Scene) -> Figure:
    runs = [(await single.relay(None), await crowd.relay(None)) for _ in range(bench.much(2, 1))]
    return Figure(
        "relay, 64 conversations, one bridge",
        f"throughput with {FULL_DESK} agents who all see everything",
        median(many.per_s for _, many in runs),
        "messages/s",
        median(single.per_s for single, _ in runs),
        "one agent",
        note=f"cores in use: {runs[-1][1].busy}",
    )


async def _two_bridges(bench: Bench, one: Scene, two: Scene) -> list[Figure]:
    runs = [(await one.relay(None), await two.relay(None)) for _ in range(bench.much(3, 1))]
    return [
        Figure(
            "relay, two bridges",
            "throughput, each half the load",
            median(both.per_s for _, both in runs),
            "messages/s",
            median(single.per_s for single, _ in runs),
            "one bridge",
            Target(1.5, at_least=True),
            f"cores in use with two bridges: {runs[-1][1].busy}; with one: {runs[-1][0].busy}",
        )
    ]
