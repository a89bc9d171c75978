"""A small HTTP/1.1 client on bare protocols: two cores are shared with what is measured, so it has to be light."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

Answered = Callable[[int, bytes], None]
Json = dict[str, Any]


class Broken(Exception):
    """The bridge ended a connection or answered with something that the measurement does not count with."""


def head(method: str, path: str, headers: dict[str, str], length: int | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if length is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def customer_headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def agent_headers(session: str, csrf: str) -> dict[str, str]:
    return {"Cookie": f"handschlag_session={session}", "X-CSRF-Token": csrf}


class Requests(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answered: Answered | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes, answered: Answered) -> None:
        """Call ``answered(status, body)`` when the answer is here."""
        if self._transport.is_closing():
            raise Broken("a connection was closed between two requests")
        self._answered = answered
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        at = buffer.find(b"Content-Length: ")
        if not 0 <= at < end:
            raise Broken(f"an answer without a length: {buffer[:200]!r}")
        length = int(buffer[at + 16 : buffer.find(b"\r\n", at)])
        if len(buffer) < end + 4 + length:
            return
        self._buffer = b""
        answered, self._answered = self._answered, None
        assert answered is not None
        answered(int(buffer[9:12]), buffer[end + 4 :])

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answered is not None:
            answered, self._answered = self._answered, None
            answered(0, b"")

    def close(self) -> None:
        self._transport.close()


async def connected(port: int, source: str | None = None) -> Requests:
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_connection(Requests, "127.0.0.1", port, local_addr=(source, 0) if source else None)
    return protocol


async def call(requests: Requests, request: bytes, *expected: int) -> Json:
    """One request; raises Broken for an unexpected status."""
    status, body = await answer(requests, request)
    if status not in expected:
        raise Broken(f"{request.split(b' HTTP')[0]!r} was answered with {status}: {body[:300]!r}")
    parsed: Json = json.loads(body)
    return parsed


async def answer(requests: Requests, request: bytes) -> tuple[int, bytes]:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[int, bytes]] = loop.create_future()
    requests.send(request, lambda status, body: done.set_result((status, body)))
    return await done


class Events(asyncio.Protocol):
    """One event stream; ``on_event`` gets each event's bytes, heartbeats too, without the empty line."""

    def __init__(self, request: bytes, on_event: Callable[[bytes], None]) -> None:
        self._request = request
        self._on_event = on_event
        self._raw = b""
        self._text = b""
        self._in_body = False
        self._transport: asyncio.Transport
        self.is_open = False
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        raw = self._raw + data if self._raw else data
        if not self._in_body:
            end = raw.find(b"\r\n\r\n")
            if end < 0:
                self._raw = raw
                return
            if raw[9:12] != b"200":
                self._fail(Broken(f"a stream was refused: {raw[:300]!r}"))
                return
            self._in_body, raw = True, raw[end + 4 :]
        # The body is chunked (RFC 9112, section 7.1).
        at = 0
        while (line_end := raw.find(b"\r\n", at)) >= 0:
            size = int(raw[at:line_end], 16)
            chunk_end = line_end + 2 + size
            if len(raw) < chunk_end + 2:
                break
            self._chunk(raw[line_end + 2 : chunk_end])
            at = chunk_end + 2
        self._raw = raw[at:]

    def _chunk(self, chunk: bytes) -> None:
        *events, self._text = (self._text + chunk).split(b"\n\n")
        for event in events:
            if self.is_open:
                self._on_event(event)
            elif event.startswith((b"event: conversation", b"event: snapshot")):
                # The stream has told what there is; from here on it follows.
                self.is_open = True
                if not self.opened.done():
                    self.opened.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self._fail(Broken(f"a stream was cut ({error})"))

    def _fail(self, error: Broken) -> None:
        if not self.opened.done():
            self.opened.set_exception(error)

    def close(self) -> None:
        self._transport.close()


async def follow(
    port: int, path: str, headers: dict[str, str], on_event: Callable[[bytes], None], source: str | None = None
) -> Events:
    """Open a stream and wait until it has told what there is already."""
    loop = asyncio.get_running_loop()
    request = head("GET", path, headers)
    _, protocol = await loop.create_connection(
        lambda: Events(request, on_event), "127.0.0.1", port, local_addr=(source, 0) if source else None
    )
    await protocol.opened
    return protocol
