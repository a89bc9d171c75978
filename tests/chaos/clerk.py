"""An agent who claims, writes, gives back, passes on, closes; now and then under an epoch that is no more."""

import asyncio
import itertools
import random
from contextlib import suppress

from aiohttp import ClientError

from tests.chaos.crossing import Crossing, GaveUp
from tests.chaos.ledger import Ledger
from tests.support.people import AgentAtDesk, Json, Refused

_numbers = itertools.count(1)


class Clerk:
    def __init__(self, agent: AgentAtDesk, crossing: Crossing, ledger: Ledger, rng: random.Random) -> None:
        self._agent = agent
        self._crossing = crossing
        self._ledger = ledger
        self._rng = rng
        #: What this agent believes to own, and under which epoch.
        self._mine: dict[str, int] = {}
        self._sent: list[tuple[str, str, int]] = []
        self.colleagues: list[str] = []

    @property
    def id(self) -> str:
        return str(self._agent.agent["id"])

    async def run(self, pause_s: float) -> None:
        """Work until cancelled."""
        while True:
            await self._crossing.pause(pause_s)
            with suppress(Refused, GaveUp):
                await self._act()

    async def stay_at_desk(self) -> None:
        """Keep an event stream, the sign that somebody is there, and lose it now and then."""
        while True:
            with suppress(ClientError, ConnectionError, TimeoutError, Refused):
                async with asyncio.timeout(self._rng.uniform(1, 6)):
                    async with self._agent.at(self._crossing.url()).events() as events:
                        await events.until("snapshot")
                        while True:
                            await events.next()
                            self._ledger.counts["events read at desks"] += 1
            await asyncio.sleep(self._rng.uniform(0.01, 0.5))

    async def _act(self) -> None:
        acts = {"claim": 22, "write": 30, "again": 8, "return": 33, "transfer": 5, "close": 2}
        what = self._rng.choices(list(acts), weights=list(acts.values()))[0]
        if what == "claim":
            await self._claim()
        elif what == "again" and self._sent:
            await self._write(*self._rng.choice(self._sent))
        elif self._mine:
            conversation_id = self._rng.choice(list(self._mine))
            await self._with(conversation_id, self._mine[conversation_id], what)

    async def _claim(self) -> None:
        state = self._rng.choices(("waiting", "bot"), weights=(93, 7))[0]
        listed = await self._crossing.insist(lambda url: self._agent.at(url).list(f"state={state}"))
        if not listed:
            return
        chosen: Json = self._rng.choice(listed[:4])
        claimed = await self._crossing.insist(lambda url: self._agent.at(url).claim(chosen["id"], chosen["epoch"]))
        self._mine[chosen["id"]] = claimed["epoch"]

    async def _with(self, conversation_id: str, epoch: int, what: str) -> None:
        if what in ("write", "again"):
            await self._write(conversation_id, f"a{next(_numbers)}", epoch)
            return
        del self._mine[conversation_id]
        body: Json = {"epoch": epoch}
        if what == "return":
            body["note"] = "Erledigt"
        if what == "transfer":
            body["to"] = self._rng.choice(self.colleagues)
        path = f"/conversations/{conversation_id}/{what}"
        await self._crossing.insist(lambda url: self._agent.at(url).call("POST", path, json=body))

    async def _write(self, conversation_id: str, client_id: str, epoch: int) -> None:
        self._sent.append((conversation_id, client_id, epoch))
        try:
            message = await self._crossing.insist(
                lambda url: self._agent.at(url).write(conversation_id, "Guten Tag", epoch, client_id)
            )
        except Refused:
            self._mine.pop(conversation_id, None)
            raise
        self._ledger.keep(message)
