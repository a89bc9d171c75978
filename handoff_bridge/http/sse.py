"""Server-sent events: one writer, heartbeats, no endless wait for a reader, an end that lets the client come back.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http.encoded import encode

#: A comment goes out after this much silence, so that both sides notice a dead connection.
HEARTBEAT_S = 15.0
#: A client that takes nothing for this long while more waits for it is cut off; it resumes by its cursor.
PATIENCE_S = 30.0
#: Far below the 64 KiB from which a transport lets its writer wait, in bytes.
SMALL = 16_384
#: Clients come back after this long, in milliseconds.
RETRY_MS = 1000


class EventStream:
    """Writes events to one client; used as ``async with EventStream(request) as stream``."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                # Tells nginx and its kin not to hold events back.
                "X-Accel-Buffering": "no",
            }
        )

    @property
    def response(self) -> web.StreamResponse:
        return self._response

    async def __aenter__(self) -> Self:
        await self._response.prepare(self._request)
        await self._write(f"retry: {RETRY_MS}\n\n".encode())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        # A client that went away is the normal end of a stream. When the database is away, the stream ends in order:
        # no answer can follow what was already sent, and the client comes back for what it missed.
        return isinstance(error, ConnectionError | StoreUnavailable)

    async def send(self, event: str, data: object, event_id: int | None = None) -> None:
        await self.send_encoded(event, encode(data), event_id)

    async def send_encoded(self, event: str, data: str, event_id: int | None = None) -> None:
        """``data`` is JSON in one line."""
        number = "" if event_id is None else f"id: {event_id}\n"
        await self._write(f"event: {event}\n{number}data: {data}\n\n".encode())

    async def heartbeat(self) -> None:
        await self._write(b": still here\n\n")

    async def _write(self, part: bytes) -> None:
        """Raises ConnectionResetError for a client that has gone or takes nothing."""
        transport = self._request.transport
        if len(part) <= SMALL and transport is not None and not transport.get_write_buffer_size():
            # The reader has taken everything so far, and this alone cannot fill the buffer: no timer is needed.
            await self._response.write(part)
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._response.write(part)
        except TimeoutError:
            # What lies in the buffers is given up: an end in order would wait for this reader, too.
            if transport is not None:
                transport.abort()
            raise ConnectionResetError("The reader takes nothing.") from None
