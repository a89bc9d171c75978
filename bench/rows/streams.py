"""Many open, mostly idle streams on one bridge."""

import asyncio
from contextlib import AsyncExitStack
from statistics import median

from bench.children import load
from bench.cpu import Meter, memory_bytes
from bench.report import Figure, Target, percentile
from bench.rows.relay import Scene, scene
from bench.seed import Seed, SeededConversation
from bench.stack import Bench
from handoff_bridge.conversations.model import State
from handoff_bridge.http.sse import HEARTBEAT_S
from handoff_bridge.storage.database import Database

FEW = 10
#: A stream that was silent for longer than this is dead; the heartbeat comes earlier.
SILENCE_S = HEARTBEAT_S + 5
#: A load that leaves room, in messages a second: what is told is the delay, not the queue.
EASY_RATE = 100.0


async def figures(bench: Bench) -> list[Figure]:
    many = bench.much(10_000, 200)
    async with AsyncExitStack() as stack:
        relay = await scene(stack, bench, bridges=1, agents=1)
        database = Database(relay.url)
        customers = await Seed(database).conversations(many, State.BOT)
        await database.close()
        few = await _with_streams(bench, relay, customers[:FEW])
        crowd = await _with_streams(bench, relay, customers)
    part = f"{many:,} open streams on one bridge"
    closed, paced = "1 message at a time in 64 conversations", f"paced at {EASY_RATE:.0f} messages/s"
    return [
        Figure(part, "alive, heartbeat seen", crowd.alive, "streams", many, "opened", Target(1.0, at_least=True)),
        Figure(
            part, "memory of each", (crowd.memory - few.memory) / (many - FEW) / 1024, "KiB", None, "",
            Target(30, unit="KiB"), f"resident memory {few.memory / 2**20:.0f} → {crowd.memory / 2**20:.0f} MiB",
        ),
        Figure(part, "opening all", crowd.opened_s, "s", note=f"idle afterwards: {crowd.idle_cores:.2f} cores"),
        Figure(
            part, "time per relayed message", 1000 / crowd.per_s, "ms", 1000 / few.per_s, f"{FEW} streams",
            Target(1.5), closed,
        ),
        *(
            Figure(
                part, f"relay latency p{share}", percentile(crowd.delays_ms, share / 100), "ms",
                percentile(few.delays_ms, share / 100), f"{FEW} streams", Target(1.5) if share == 50 else None, paced,
            )
            for share in (50, 99)
        ),
    ]  # fmt: skip


class Held:
    """What was seen while this many streams were held open."""

    def __init__(self) -> None:
        self.alive = 0
        self.opened_s = 0.0
        self.memory = 0
        self.idle_cores = 0.0
        self.per_s = 0.0
        self.delays_ms: list[float] = []


async def _with_streams(bench: Bench, relay: Scene, customers: list[SeededConversation]) -> Held:
    (bridge,) = relay.bridges
    job = {
        "kind": "idle",
        # A quick run does not wait for heartbeats: an open stream has to do.
        "silence_s": None if bench.quick else SILENCE_S,
        "conversations": [customer.job(bridge.port) for customer in customers],
    }
    held = Held()
    async with load(job, bench.folder) as idle:
        held.opened_s = (await idle.hear("open"))["opened_s"]
        meter = Meter({"bridge": bridge.child.pid})
        meter.begin()
        # Everybody's heartbeat falls into this time; the few only wait for their memory to settle.
        await asyncio.sleep(HEARTBEAT_S + 2 if len(customers) > FEW and not bench.quick else 2)
        held.idle_cores = meter.cores()["bridge"]
        held.memory = memory_bytes(bridge.child.pid)
        runs = [(await relay.relay(None), await relay.relay(EASY_RATE)) for _ in range(bench.much(2, 1))]
        held.per_s = median(closed.per_s for closed, _ in runs)
        held.delays_ms = [delay for _, paced in runs for delay in paced.delays_ms]
        await idle.tell({})
        held.alive = (await idle.hear("result"))["alive"]
    return held
