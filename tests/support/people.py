"""A customer and an agent who use the bridge over HTTP."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, ClientSession

Json = dict[str, Any]
#: How long people wait for something that must happen before they call it a failure.
PATIENCE_S = 20.0
_ids = itertools.count(1)


class Refused(Exception):
    """The bridge answered with an error."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.code: str = body["error"]["code"]
        self.details: Json = body["error"]["details"]


async def _json(response: ClientResponse, *expected: int) -> Json:
    body: Json = await response.json() if response.status != 204 else {}
    if response.status not in expected:
        raise Refused(response.status, body)
    return body


class EventReader:
    """Reads server-sent events."""

    def __init__(self, response: ClientResponse) -> None:
        self.response = response

    async def next(self) -> tuple[str, Json]:
        """The next event that is no heartbeat. Raises ConnectionError at the stream's end."""
        async with asyncio.timeout(PATIENCE_S):
            event, data = "message", ""
            while True:
                line = (await self.response.content.readline()).decode()
                if not line:
                    raise ConnectionError("the stream has ended")
                line = line.rstrip("\n")
                if line.startswith("event: "):
                    event = line[7:]
                elif line.startswith("data: "):
                    data += line[6:]
                elif not line:
                    if data:
                        return event, json.loads(data)
                    event = "message"

    async def until(self, event: str, matches: Callable[[Json], bool] = lambda _: True) -> Json:
        """Skip to the first event of this kind that matches; others that keep coming do not put off the failure."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                kind, data = await self.next()
                if kind == event and matches(data):
                    return data


class Customer:
    """One customer with one conversation."""

    def __init__(self, session: ClientSession, base_url: str) -> None:
        self._session = session
        self._base = f"{base_url.rstrip('/')}/v1/conversations"
        self.id = ""
        self.token = ""
        self.first_messages: list[Json] = []

    def at(self, base_url: str) -> "Customer":
        """The same customer, talking to another bridge."""
        other = Customer(self._session, base_url)
        other.id, other.token = self.id, self.token
        return other

    async def start(self, **body: object) -> "Customer":
        async with self._session.post(self._base, json=body) as response:
            started = await _json(response, 201)
        self.id = started["conversation"]["id"]
        self.token = started["token"]
        self.first_messages = started["messages"]
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def call(
        self, method: str, path: str = "", *expected: int, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> Json:
        async with self._session.request(
            method, f"{self._base}/{self.id}{path}", headers={**self.headers, **(headers or {})}, **kwargs
        ) as response:
            return await _json(response, *(expected or (200, 201, 202)))

    async def write(self, text: str, client_message_id: str | None = None) -> Json:
        body = {"client_message_id": client_message_id or f"c{next(_ids)}", "text": text}
        message: Json = (await self.call("POST", "/messages", json=body))["message"]
        return message

    async def tap(self, payload: str) -> Json:
        body = {"client_message_id": f"c{next(_ids)}", "payload": payload}
        message: Json = (await self.call("POST", "/messages", json=body))["message"]
        return message

    async def ask_for_person(self) -> Json:
        conversation: Json = (await self.call("POST", "/handoff"))["conversation"]
        return conversation

    async def stop_waiting(self) -> Json:
        conversation: Json = (await self.call("DELETE", "/handoff"))["conversation"]
        return conversation

    async def conversation(self) -> Json:
        conversation: Json = (await self.call("GET", "/messages"))["conversation"]
        return conversation

    async def messages(self) -> list[Json]:
        """The whole log, read page by page."""
        log: list[Json] = []
        while True:
            after = log[-1]["seq"] if log else 0
            page = (await self.call("GET", f"/messages?after={after}&limit=200"))["messages"]
            log.extend(page)
            if len(page) < 200:
                return log

    async def texts(self, sender: str) -> list[str]:
        return [message["text"] for message in await self.messages() if message["sender"] == sender]

    async def notices(self) -> list[str]:
        return [m["notice"]["type"] for m in await self.messages() if m["kind"] == "notice"]

    async def wait_for(self, matches: Callable[[list[Json]], bool]) -> list[Json]:
        """Follow the events until the log as a whole matches."""
        async with asyncio.timeout(PATIENCE_S), self.events() as events:
            while True:
                await events.until("message")
                log = await self.messages()
                if matches(log):
                    return log

    async def wait_for_text(self, sender: str, text: str) -> list[Json]:
        return await self.wait_for(lambda log: any(m["sender"] == sender and text in m["text"] for m in log))

    async def wait_for_notice(self, notice: str) -> list[Json]:
        return await self.wait_for(
            lambda log: any(m["kind"] == "notice" and m["notice"]["type"] == notice for m in log)
        )

    @asynccontextmanager
    async def events(self, after: int = 0, headers: Mapping[str, str] | None = None) -> AsyncIterator[EventReader]:
        url = f"{self._base}/{self.id}/events?after={after}"
        async with self._session.get(url, headers={**self.headers, **(headers or {})}) as response:
            if response.status != 200:
                raise Refused(response.status, await response.json())
            yield EventReader(response)


class AgentAtDesk:
    """One agent, signed in."""

    def __init__(self, session: ClientSession, base_url: str) -> None:
        self._session = session
        self._base = f"{base_url.rstrip('/')}/desk/api"
        self._csrf = ""
        self._cookie = ""
        self.agent: Json = {}

    def at(self, base_url: str) -> "AgentAtDesk":
        """The same agent in the same session, at another bridge."""
        other = AgentAtDesk(self._session, base_url)
        other._csrf, other._cookie, other.agent = self._csrf, self._cookie, self.agent
        return other

    async def sign_in(self, email: str, password: str) -> "AgentAtDesk":
        body = {"email": email, "password": password}
        async with self._session.post(f"{self._base}/session", json=body) as response:
            signed = await _json(response, 200)
            self._cookie = response.cookies["handschlag_session"].value
        self.agent, self._csrf = signed["agent"], signed["csrf_token"]
        return self

    def resume(self, before: "AgentAtDesk") -> "AgentAtDesk":
        """Go on with the session of an agent who was at another bridge."""
        self.agent, self._csrf, self._cookie = before.agent, before._csrf, before._cookie
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"handschlag_session={self._cookie}", "X-CSRF-Token": self._csrf}

    async def call(
        self, method: str, path: str, *expected: int, headers: Mapping[str, str] | None = None, **kwargs: Any
    ) -> Json:
        async with self._session.request(
            method, f"{self._base}{path}", headers=headers or self.headers, **kwargs
        ) as response:
            return await _json(response, *(expected or (200, 201, 202, 204)))

    async def list(self, query: str = "state=waiting") -> "list[Json]":
        listed: list[Json] = (await self.call("GET", f"/conversations?{query}"))["conversations"]
        return listed

    async def open(self, conversation_id: str) -> Json:
        return await self.call("GET", f"/conversations/{conversation_id}")

    async def epoch(self, conversation_id: str) -> int:
        return int((await self.open(conversation_id))["conversation"]["epoch"])

    async def claim(self, conversation_id: str, epoch: int | None = None) -> Json:
        return await self._change(conversation_id, "claim", epoch)

    async def write(
        self, conversation_id: str, text: str, epoch: int | None = None, client_message_id: str | None = None
    ) -> Json:
        body = {
            "client_message_id": client_message_id or f"a{next(_ids)}",
            "text": text,
            "epoch": epoch or await self.epoch(conversation_id),
        }
        path = f"/conversations/{conversation_id}/messages"
        message: Json = (await self.call("POST", path, json=body))["message"]
        return message

    async def give_back(self, conversation_id: str, note: str | None = None, epoch: int | None = None) -> Json:
        return await self._change(conversation_id, "return", epoch, note=note)

    async def pass_on(self, conversation_id: str, to: str, note: str | None = None) -> Json:
        return await self._change(conversation_id, "transfer", None, to=to, note=note)

    async def close(self, conversation_id: str, epoch: int | None = None) -> Json:
        return await self._change(conversation_id, "close", epoch)

    @asynccontextmanager
    async def events(self) -> AsyncIterator[EventReader]:
        async with self._session.get(f"{self._base}/events", headers=self.headers) as response:
            if response.status != 200:
                raise Refused(response.status, await response.json())
            yield EventReader(response)

    async def _change(self, conversation_id: str, what: str, epoch: int | None, **body: object) -> Json:
        body["epoch"] = epoch or await self.epoch(conversation_id)
        path = f"/conversations/{conversation_id}/{what}"
        conversation: Json = (await self.call("POST", path, json=body))["conversation"]
        return conversation
