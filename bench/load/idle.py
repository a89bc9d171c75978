"""Many customers who keep the page open and say nothing."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load.http1 import customer_headers, follow

Json = dict[str, Any]
#: Streams that are opened at the same time.
AT_ONCE = 64
#: A port counts per address; from each address of the loopback net so many streams come.
PER_SOURCE = 20_000


class Idle:
    """A stream that remembers when it was last heard of."""

    __slots__ = ("heard", "heartbeats", "is_open")

    def __init__(self) -> None:
        self.heard = 0.0
        self.heartbeats = 0

    def on_event(self, event: bytes) -> None:
        self.heard = asyncio.get_running_loop().time()
        self.heartbeats += event.startswith(b":")


async def streams(job: Json, say: Callable[[Json], Awaitable[None]]) -> Json:
    """Open all, say so, hold them until a line comes in. Returns how long opening took and how many are alive.

    Alive is what is open and was heard of in the last ``silence_s`` seconds.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(place: int, conversation: Json) -> tuple[Idle, Any]:
        idle = Idle()
        async with gate:
            path = f"/v1/conversations/{conversation['id']}/events?after=1"
            source = f"127.0.0.{2 + place // PER_SOURCE}"
            headers = customer_headers(conversation["token"])
            return idle, await follow(conversation["port"], path, headers, idle.on_event, source)

    held = await asyncio.gather(*(one(place, each) for place, each in enumerate(job["conversations"])))
    opened_s = loop.time() - begun
    await say({"event": "open", "opened_s": opened_s})
    await loop.run_in_executor(None, sys.stdin.readline)
    now = loop.time()
    silence_s = float("inf") if job["silence_s"] is None else job["silence_s"]
    return {
        "opened_s": opened_s,
        "open": sum(events.is_open for _, events in held),
        "alive": sum(events.is_open and now - idle.heard < silence_s for idle, events in held),
    }
