"""A customer over plain HTTP, as stubborn as the page: what was not acknowledged is sent again with the same id."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import TypedDict, cast

import aiohttp


class Message(TypedDict, total=False):
    """The fields of a message that the tests look at."""

    id: str
    seq: int
    sender: str
    kind: str
    text: str
    created_at: str
    client_message_id: str
    notice: Mapping[str, object]


class Conversation(TypedDict, total=False):
    """The fields of a conversation that the tests look at."""

    id: str
    state: str
    last_seq: int


class CustomerClient:
    """One conversation. ``acknowledged`` holds every message the bridge has answered with success."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self._token = ""
        self.conversation: Conversation = {}
        self.acknowledged: dict[str, Message] = {}

    async def begin(self) -> None:
        """Start the conversation."""
        async with self._http.post(f"{self._url}/v1/conversations", json={"locale": "de"}) as response:
            assert response.status == 201, await response.text()
            body = await response.json()
        self._token = body["token"]
        self.conversation = body["conversation"]

    async def say(self, text: str, *, give_up_after_s: float = 90) -> Message:
        """Send a message until it is acknowledged, through crashes and restarts of the bridge."""
        client_message_id = str(uuid.uuid4())
        async with asyncio.timeout(give_up_after_s):
            while True:
                message = await self._try_to_send(client_message_id, text)
                if message is not None:
                    self.acknowledged[client_message_id] = message
                    return message
                await asyncio.sleep(0.2)

    async def send_again(self, client_message_id: str, text: str) -> tuple[int, Message]:
        """Send an acknowledged message once more; returns the status and the message."""
        status, body = await self._post(client_message_id, text)
        return status, cast(Message, body["message"])

    async def read(self) -> list[Message]:
        """The whole log from the first message on."""
        messages: list[Message] = []
        while True:
            after = messages[-1]["seq"] if messages else 0
            body = await self._get(f"messages?after={after}&limit=200")
            page = cast(list[Message], body["messages"])
            self.conversation = cast(Conversation, body["conversation"])
            messages += page
            if len(page) < 200:
                return messages

    async def until_answered(self, timeout_s: float = 120) -> list[Message]:
        """Wait until nothing the customer wrote is open: each message answered, or the conversation with a person."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    messages = await self.read()
                    if self.conversation["state"] != "bot" or len(answers(messages)) >= len(of(messages, "customer")):
                        return messages
                    await asyncio.sleep(0.2)
        except TimeoutError:
            senders = [message["sender"] for message in await self.read()]
            raise AssertionError(
                f"silence after {timeout_s} s in state {self.conversation['state']}: {senders}"
            ) from None

    async def typing(self) -> None:
        """Return when the bridge has told that the bot is writing; the stream begins before the caller goes on."""
        address = f"{self._url}/v1/conversations/{self.conversation['id']}/events"
        no_end = aiohttp.ClientTimeout(total=None, sock_read=60)
        async with self._http.get(address, headers=self._headers, timeout=no_end) as response:
            assert response.status == 200
            async for line in response.content:
                if line.startswith(b"data:") and b'"active": true' in line.replace(b'":true', b'": true'):
                    return
        raise AssertionError("the stream ended before the bot wrote")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _try_to_send(self, client_message_id: str, text: str) -> Message | None:
        try:
            status, body = await self._post(client_message_id, text)
        except (aiohttp.ClientError, TimeoutError):
            return None
        assert status in (200, 202) or status >= 500, (status, body)
        return cast(Message, body["message"]) if status < 500 else None

    async def _post(self, client_message_id: str, text: str) -> tuple[int, Mapping[str, object]]:
        address = f"{self._url}/v1/conversations/{self.conversation['id']}/messages"
        sent = {"client_message_id": client_message_id, "text": text}
        async with self._http.post(address, json=sent, headers=self._headers) as response:
            return response.status, await response.json()

    async def _get(self, what: str) -> Mapping[str, object]:
        address = f"{self._url}/v1/conversations/{self.conversation['id']}/{what}"
        async with self._http.get(address, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            return cast(Mapping[str, object], await response.json())


def of(messages: list[Message], sender: str) -> list[Message]:
    """The messages one side has written."""
    return [message for message in messages if message["sender"] == sender]


def answers(messages: list[Message]) -> list[str]:
    """When each of the bot's turns was answered: what is said in one turn is written at the same moment."""
    return sorted({message["created_at"] for message in of(messages, "bot")})


def assert_gapless(messages: list[Message]) -> None:
    """Numbers run from 1 without a gap, whatever happened in between."""
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
