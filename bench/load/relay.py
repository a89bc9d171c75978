"""Customers and agents write to each other; a message counts when the other side has seen it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bench.load.http1 import (
    Broken,
    Events,
    Requests,
    agent_headers,
    call,
    connected,
    customer_headers,
    follow,
    head,
)
from bench.load.pace import RUN, Record, Schedule, window
from bench.scene import TEXT

Json = dict[str, Any]
CLIENT_ID = re.compile(rb'"client_message_id": ?"([ac])(\d+)-(\d+)-')
SEQ = re.compile(rb"id: (\d+)\n")


class Talk:
    """One conversation: customer and agent write in turn, the next when the last was answered and seen."""

    def __init__(self, index: int, job: Json, agent: Json, relayed: Callable[["Talk", float], None]) -> None:
        self.index = index
        self.number = 0
        self.due = 0.0
        self._job = job
        self._agent = agent
        self._relayed = relayed
        self._seq = 0
        self._answered = self._seen = True
        self._customer: Requests
        self._at_desk: Requests
        self._stream: Events

    async def open(self) -> None:
        job, agent = self._job, self._agent
        self._customer = await connected(job["port"])
        self._at_desk = await connected(job["agent_port"])
        path, headers = f"/v1/conversations/{job['id']}", customer_headers(job["token"])
        # What earlier runs have left in the log is not to be told again.
        latest = await call(self._customer, head("GET", f"{path}/messages?limit=1", headers), 200)
        cursor = latest["conversation"]["last_seq"]
        self._stream = await follow(job["port"], f"{path}/events?after={cursor}", headers, self._event)
        self._heads = (
            lambda length: head("POST", f"{path}/messages", headers, length),
            lambda length: head(
                "POST",
                f"/desk/api/conversations/{job['id']}/messages",
                agent_headers(agent["session"], agent["csrf"]),
                length,
            ),
        )

    def write(self, due: float) -> None:
        self.due = due
        self._answered = self._seen = False
        by_agent = self.number % 2
        key = f"{'ca'[by_agent]}{self.index}-{self.number}-{RUN}"
        epoch = f', "epoch": {self._job["epoch"]}' if by_agent else ""
        body = f'{{"client_message_id": "{key}", "text": "{TEXT}"{epoch}}}'.encode()
        connection = self._at_desk if by_agent else self._customer
        connection.send(self._heads[by_agent](len(body)) + body, self._answer)

    def seen(self, number: int) -> None:
        if number == self.number and not self._seen:
            self._seen = True
            self._complete()

    def close(self) -> None:
        for connection in (self._customer, self._at_desk, self._stream):
            connection.close()

    def _answer(self, status: int, body: bytes) -> None:
        if status != 202:
            raise Broken(f"a message was answered with {status}: {body[:300]!r}")
        self._answered = True
        self._complete()

    def _event(self, event: bytes) -> None:
        if not event.startswith(b"event: message"):
            return
        seq = int(SEQ.search(event)[1])  # type: ignore[index]
        if self._seq and seq != self._seq + 1:
            raise Broken(f"message {seq} came after {self._seq} on a customer's stream")
        self._seq = seq
        if (found := CLIENT_ID.search(event)) and found[1] == b"a":
            self.seen(int(found[3]))

    def _complete(self) -> None:
        if self._answered and self._seen:
            self._relayed(self, asyncio.get_running_loop().time())


class Relay:
    """All conversations of a job, and every agent's stream."""

    def __init__(self, job: Json) -> None:
        self._job = job
        self._record = Record()
        self._acks = 0
        self._schedule: Schedule
        self._stopping = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._talks = [
            Talk(index, talk, job["agents"][talk["agent"]], self._relayed)
            for index, talk in enumerate(job["conversations"])
        ]
        self._desks: list[Events] = []

    async def run(self, say: Callable[[Json], Awaitable[None]]) -> Json:
        loop = asyncio.get_running_loop()
        for index, agent in enumerate(self._job["agents"]):
            headers = agent_headers(agent["session"], agent["csrf"])
            on_event = partial(self._at_desk, index)
            self._desks.append(await follow(agent["port"], "/desk/api/events", headers, on_event))
        for talk in self._talks:
            await talk.open()
        begin, end = window(self._record, self._job)
        self._schedule = Schedule(len(self._talks), self._job.get("rate"), loop.time())
        self._busy = len(self._talks)
        for talk in self._talks:
            self._next(talk)
        await asyncio.sleep(begin - loop.time())
        await say({"event": "begin"})
        await asyncio.sleep(end - loop.time())
        await say({"event": "end"})
        self._stopping = True
        async with asyncio.timeout(30):
            await self._idle.wait()
        for talk in self._talks:
            talk.close()
        for desk in self._desks:
            desk.close()
        return self._record.result()

    def _next(self, talk: Talk) -> None:
        loop = asyncio.get_running_loop()
        due = self._schedule.due(talk.index, talk.number, loop.time())
        if due <= loop.time():
            self._write(talk, due)
        else:
            loop.call_at(due, self._write, talk, due)

    def _write(self, talk: Talk, due: float) -> None:
        if self._stopping:
            self._ended()
        else:
            talk.write(due)

    def _relayed(self, talk: Talk, now: float) -> None:
        self._record.add(talk.due, now)
        talk.number += 1
        if self._stopping:
            self._ended()
        else:
            self._next(talk)

    def _ended(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    def _at_desk(self, desk: int, event: bytes) -> None:
        if not event.startswith(b"event: message"):
            return
        found = CLIENT_ID.search(event)
        if found and found[1] == b"c":
            talk = self._talks[int(found[2])]
            if self._job["conversations"][talk.index]["agent"] == desk:
                talk.seen(int(found[3]))
