"""Asks a process over HTTP whether it is ready."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

_LOOK_AGAIN_S = 0.25


async def http_status(url: str, timeout_s: float = 2) -> int | None:
    """The status of ``GET url``, or None when there was no HTTP answer in time. Plain HTTP only."""
    parts = urlsplit(url)
    if parts.hostname is None:
        raise ValueError(f"no host in {url!r}")
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            try:
                request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
                writer.write(request.encode("ascii"))
                await writer.drain()
                return _status(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return None


def _status(first_line: bytes) -> int | None:
    """The status in ``HTTP/1.1 200 OK``."""
    words = first_line.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return None
    return int(words[1])


async def until_ready(url: str) -> None:
    """Return when ``GET url`` answers 200. It asks for as long as it is not cancelled."""
    while True:
        if await http_status(url) == 200:
            return
        await asyncio.sleep(_LOOK_AGAIN_S)
