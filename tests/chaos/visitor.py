"""A customer who writes, repeats, waits, loses patience and connection, at whichever bridge answers."""

import asyncio
import itertools
import random
from contextlib import suppress

from aiohttp import ClientError, ClientSession

from tests.chaos.crossing import Crossing, GaveUp
from tests.chaos.ledger import Ledger
from tests.support.people import Customer, EventReader, Refused

_numbers = itertools.count(1)
#: How long a stream is kept until the connection is lost again.
STREAM_S = (0.1, 2.5)
CATCH_UP_S = 45.0


class Visitor:
    """One conversation after the other, each in two windows that write at the same time."""

    def __init__(self, session: ClientSession, crossing: Crossing, ledger: Ledger, rng: random.Random) -> None:
        self._session = session
        self._crossing = crossing
        self._ledger = ledger
        self._rng = rng
        self._sent: list[str] = []
        self._customer = Customer(session, "http://127.0.0.1")
        self._readers: list[Reader] = []

    async def run(self, pause_s: float) -> None:
        """Live until cancelled."""
        while True:
            self._customer = await self._crossing.insist(lambda url: Customer(self._session, url).start())
            self._ledger.opened.append(self._customer.id)
            self._sent = []
            reader = Reader(self._customer, self._crossing, self._ledger, self._rng)
            self._readers.append(reader)
            async with asyncio.TaskGroup() as tasks:
                following = tasks.create_task(reader.follow())
                windows = [tasks.create_task(self._window(pause_s)) for _ in range(2)]
                await asyncio.wait(windows, return_when=asyncio.FIRST_COMPLETED)
                for task in (following, *windows):
                    task.cancel()

    async def catch_up(self) -> None:
        """See every conversation to its end, as far as this customer's streams did not yet."""
        for reader in self._readers:
            await reader.catch_up()

    async def _window(self, pause_s: float) -> None:
        """Ends when the conversation has ended."""
        while True:
            await self._crossing.pause(pause_s)
            try:
                await self._act()
            except Refused as refused:
                if refused.code == "conversation_closed":
                    return
            except GaveUp:
                return

    async def _act(self) -> None:
        customer, crossing = self._customer, self._crossing
        what = self._rng.choices(("write", "again", "ask", "stop", "leave"), weights=(74, 12, 6, 8, 1))[0]
        match what:
            case "write":
                await self._write(f"c{next(_numbers)}")
            case "again" if self._sent:
                await self._write(self._rng.choice(self._sent))
            case "ask":
                await crossing.insist(lambda url: customer.at(url).ask_for_person())
            case "stop":
                await crossing.insist(lambda url: customer.at(url).stop_waiting())
            case "leave":
                await crossing.insist(lambda url: customer.at(url).call("POST", "/close"))

    async def _write(self, client_id: str) -> None:
        customer = self._customer
        self._sent.append(client_id)
        message = await self._crossing.insist(lambda url: customer.at(url).write(f"Frage {client_id}", client_id))
        self._ledger.keep(message)


class Reader:
    """One customer's stream, cut and taken up again; every message must come once and in order."""

    def __init__(self, customer: Customer, crossing: Crossing, ledger: Ledger, rng: random.Random) -> None:
        self._customer = customer
        self._crossing = crossing
        self._ledger = ledger
        self._rng = rng
        self.cursor = 0

    async def follow(self) -> None:
        """Until cancelled; the connection is lost every few moments, and with a bridge."""
        while True:
            with suppress(ClientError, ConnectionError, TimeoutError, Refused):
                async with asyncio.timeout(self._rng.uniform(*STREAM_S)):
                    await self._read_until(None)
            self._ledger.counts["streams taken up"] += 1
            await asyncio.sleep(self._rng.uniform(0.01, 0.2))

    async def catch_up(self) -> None:
        """Read as far as the conversation has come. A stream that never brings it is a problem."""
        try:
            async with asyncio.timeout(CATCH_UP_S):
                customer = self._customer
                wanted = (await self._crossing.insist(lambda url: customer.at(url).conversation()))["last_seq"]
                while self.cursor < wanted:
                    with suppress(ClientError, ConnectionError):
                        await self._read_until(wanted)
        except TimeoutError:
            self._ledger.problems.append(f"{self._customer.id} was read to {self.cursor}, then nothing came")

    async def _read_until(self, wanted: int | None) -> None:
        here = self._customer.at(self._crossing.url())
        async with here.events(headers={"Last-Event-ID": str(self.cursor)}) as events:
            while wanted is None or self.cursor < wanted:
                await self._one(events)

    async def _one(self, events: EventReader) -> None:
        kind, data = await events.next()
        if kind != "message":
            return
        if data["seq"] != self.cursor + 1:
            self._ledger.problems.append(f"{self._customer.id}: after seq {self.cursor} came {data['seq']}")
        self.cursor = data["seq"]
        self._ledger.counts["messages read from streams"] += 1
