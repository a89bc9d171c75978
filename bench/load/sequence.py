"""Single requests, one after the other, to several bridges in turn: what one costs when nothing else goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load.http1 import Broken, answer, connected

Json = dict[str, Any]


async def run(job: Json, _say: Callable[[Json], Awaitable[None]]) -> Json:
    """``requests``: {name, port, request, status}, where ``{n}`` in a request stands for a number that makes it unique.

    They are sent in turn, ``rounds`` times: so the machine's noise falls on all. Returns milliseconds by name.
    """
    loop = asyncio.get_running_loop()
    connections = [await connected(request["port"]) for request in job["requests"]]
    times: dict[str, list[float]] = {request["name"]: [] for request in job["requests"]}
    for number in range(-job["warm_up"], job["rounds"]):
        for connection, request in zip(connections, job["requests"], strict=True):
            # Ten digits always: the length in the head stays right.
            raw = request["request"].replace("{n}", f"{number + job['warm_up']:010d}").encode()
            begun = loop.time()
            status, body = await answer(connection, raw)
            if status != request["status"]:
                raise Broken(f"{request['name']} was answered with {status}: {body[:300]!r}")
            if number >= 0:
                times[request["name"]].append((loop.time() - begun) * 1000)
    for connection in connections:
        connection.close()
    return {"times_ms": times}
