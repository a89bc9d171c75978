"""``python -m bench.load``: one job as a JSON line on standard input, events and the result as lines on output."""

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load import bare, claims, idle, sequence, turns, webhooks
from bench.load.relay import Relay

Json = dict[str, Any]
Say = Callable[[Json], Awaitable[None]]


async def _relay(job: Json, say: Say) -> Json:
    return await Relay(job).run(say)


JOBS: dict[str, Callable[[Json, Say], Awaitable[Json]]] = {
    "relay": _relay,
    "bare_relay": bare.relay,
    "bare_claims": claims.bare,
    "claims": claims.storm,
    "idle": idle.streams,
    "sequence": sequence.run,
    "turns": turns.run,
    "webhooks": webhooks.run,
}


async def _say(message: Json) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Errors in callbacks, for instance an unexpected status, end the process at once."""
    failed: asyncio.Future[Json] = asyncio.get_running_loop().create_future()

    def fail(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not failed.done():
            failed.set_exception(context.get("exception") or RuntimeError(context["message"]))

    asyncio.get_running_loop().set_exception_handler(fail)
    job: Json = json.loads(sys.stdin.readline())
    # What is loaded stays; the collector need not look at it in the middle of a measurement.
    gc.freeze()
    work = asyncio.ensure_future(JOBS[job["kind"]](job, _say))
    done, _ = await asyncio.wait([work, failed], return_when=asyncio.FIRST_COMPLETED)
    await _say({"event": "result", **done.pop().result()})


if __name__ == "__main__":
    asyncio.run(main())
