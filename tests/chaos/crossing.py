"""How people reach a service of several bridges: at either, and again at the other when one is away."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiohttp import ClientError

from tests.chaos.ledger import Ledger
from tests.support.people import Refused

Result = TypeVar("Result")
#: One request; a bridge whose database is away answers within this.
REQUEST_S = 15.0
#: How long somebody insists. A restart of everything takes less.
INSIST_S = 90.0
#: What a client may meet while something is broken, and tries again.
AWAY = frozenset({502, 503, 504})


class GaveUp(Exception):
    """Nobody answered for too long."""


class Crossing:
    def __init__(self, urls: Sequence[str], ledger: Ledger, rng: random.Random) -> None:
        self._urls = urls
        self._ledger = ledger
        self._rng = rng

    def url(self) -> str:
        return self._rng.choice(self._urls)

    async def insist(self, call: Callable[[str], Awaitable[Result]]) -> Result:
        """Try until there is an answer; a refusal (4xx) is one. Raises Refused, GaveUp."""
        self._ledger.counts["operations"] += 1
        loop = asyncio.get_running_loop()
        ends = loop.time() + INSIST_S
        while loop.time() < ends:
            try:
                async with asyncio.timeout(REQUEST_S):
                    return await call(self.url())
            except Refused as refused:
                if refused.status < 500:
                    self._ledger.counts[f"refused: {refused.code}"] += 1
                    raise
                if refused.status not in AWAY:
                    self._ledger.problems.append(f"answered with {refused}")
            except (ClientError, ConnectionError, TimeoutError):
                pass
            self._ledger.counts["tried again"] += 1
            await asyncio.sleep(self._rng.uniform(0.02, 0.3))
        self._ledger.problems.append(f"nobody answered for {INSIST_S:.0f} s")
        raise GaveUp

    async def pause(self, mean_s: float) -> None:
        await asyncio.sleep(min(self._rng.expovariate(1 / mean_s), mean_s * 4))
