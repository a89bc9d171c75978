"""Fetches a file within bounds: allowed hosts, at most so many bytes, of the type it is said to be."""

import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import ClientConnectorError, ClientResponse, ClientSession, ClientTimeout, TCPConnector
from yarl import URL

from handoff_bridge.attachments.errors import Gone, NotNow, Refused
from handoff_bridge.attachments.hosts import Hosts, NotPublic, PublicResolver
from handoff_bridge.attachments.storage import CHUNK, AttachmentStore
from handoff_bridge.attachments.types import HEAD, kept_as

TIMEOUT = ClientTimeout(total=300, sock_connect=10, sock_read=30)
MAX_REDIRECTS = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: The reason of NotNow where there is nothing at the address: addresses run out.
NOT_FOUND = "status_404"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is fetched: its kind, what the sender says it is, and the most it may have."""

    kind: str
    declared: str | None
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Fetched:
    mime: str
    size: int
    sha256: str


@asynccontextmanager
async def careful_session(hosts: Hosts, resolver: PublicResolver | None = None) -> AsyncIterator[ClientSession]:
    """A session that connects to addresses on the internet only; nothing is unpacked on the way."""
    connector = TCPConnector(resolver=resolver or PublicResolver(hosts), limit=8)
    async with ClientSession(
        connector=connector, timeout=TIMEOUT, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        yield session


class Downloads:
    def __init__(self, session: ClientSession, hosts: Hosts, store: AttachmentStore) -> None:
        self._session = session
        self._hosts = hosts
        self._store = store

    async def save(self, url: str, headers: Mapping[str, str], key: str, wanted: Wanted) -> Fetched:
        """Keep the file at this address under this key. Raises Refused, Gone, NotNow; then nothing is kept."""
        try:
            async with self._response(url, headers) as response:
                if response.content_length is not None and response.content_length > wanted.max_bytes:
                    raise Refused("too_large")
                checked = _Checked(response.content.iter_chunked(CHUNK), wanted)
                await self._store.save(key, checked.chunks())
                return checked.result()
        except ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                raise Refused("address") from None
            raise NotNow(type(error).__name__) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotNow(type(error).__name__) from error

    @asynccontextmanager
    async def _response(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[ClientResponse]:
        url = self._allowed(address, "host")
        for _ in range(MAX_REDIRECTS + 1):
            async with self._session.get(
                url, headers={**headers, "Accept-Encoding": "identity"}, allow_redirects=False
            ) as response:
                if response.status in REDIRECTS:
                    url = self._allowed(response.headers.get("Location", ""), "redirect", url)
                    continue
                if response.status == 410:
                    raise Gone("status_410")
                if response.status != 200:
                    raise NotNow(f"status_{response.status}")
                yield response
                return
        raise Refused("redirect")

    def _allowed(self, address: str, reason: str, base: URL | None = None) -> URL:
        try:
            url = URL(address) if base is None else base.join(URL(address))
            allowed = self._hosts.may_ask(url)
        except ValueError:
            raise Refused(reason) from None
        if not allowed:
            raise Refused(reason)
        return url


@dataclass(slots=True)
class _Checked:
    """Lets bytes through as long as they may be kept."""

    source: AsyncIterator[bytes]
    wanted: Wanted
    size: int = 0
    mime: str | None = None
    hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    async def chunks(self) -> AsyncIterator[bytes]:
        head = b""
        async for chunk in self.source:
            self.size += len(chunk)
            if self.size > self.wanted.max_bytes:
                raise Refused("too_large")
            self.hash.update(chunk)
            if self.mime is None:
                head += chunk
                if len(head) < HEAD:
                    continue
                self._decide(head)
                chunk = head
            yield chunk
        if self.mime is None:
            self._decide(head)
            yield head

    def result(self) -> Fetched:
        assert self.mime is not None
        return Fetched(self.mime, self.size, self.hash.hexdigest())

    def _decide(self, head: bytes) -> None:
        self.mime = kept_as(self.wanted.kind, self.wanted.declared, head[:HEAD])
        if self.mime is None:
            raise Refused("type")
