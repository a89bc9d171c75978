"""Posts updates to the business as Meta does: signed, in batches, concurrently, in no order, more than once.

What is not answered with 200 comes again later, until it is.
"""

import asyncio
import hashlib
import hmac
import json
import random
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

Json = dict[str, Any]
FIELD = "messages"


@dataclass(slots=True)
class Manners:
    """How badly updates travel: shares between 0 and 1, times in seconds."""

    repeated: float = 0.0
    shuffled_s: float = 0.0
    batch: int = 1
    gather_s: float = 0.01
    first_retry_s: float = 0.2
    longest_retry_s: float = 5.0


@dataclass(slots=True)
class Posted:
    ok: int = 0
    failed: int = 0
    statuses: list[int] = field(default_factory=list)


def raw_body(updates: list[tuple[str, str, Json]], account_id: str) -> bytes:
    """``updates`` are (number id, its display number, the value's own keys); umlauts and slashes are escaped."""
    changes = [
        {
            "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": display, "phone_number_id": number_id},
                **value,
            },
            "field": FIELD,
        }
        for number_id, display, value in updates
    ]
    body = {"object": "whatsapp_business_account", "entry": [{"id": account_id, "changes": changes}]}
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(app_secret: str, raw: bytes) -> str:
    return "sha256=" + hmac.new(app_secret.encode(), raw, hashlib.sha256).hexdigest()


class Webhooks:
    """A queue of updates to one address."""

    def __init__(self, app_secret: str, rng: random.Random, account_id: str = "419561257915477") -> None:
        self._app_secret = app_secret
        self._rng = rng
        self._account_id = account_id
        #: Where updates go; to one of them by chance, if there are several.
        self.urls: list[str] = []
        self.manners = Manners()
        self.posted = Posted()
        self._gathered: list[tuple[str, str, Json]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None

    @property
    def url(self) -> str | None:
        return self.urls[0] if self.urls else None

    @url.setter
    def url(self, url: str | None) -> None:
        self.urls = [] if url is None else [url]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def send(self, number_id: str, display: str, value: Json, delay_s: float = 0.0) -> None:
        """Post this update soon; once more by chance."""
        copies = 2 if self._rng.random() < self.manners.repeated else 1
        for _ in range(copies):
            late_s = delay_s + self._rng.random() * self.manners.shuffled_s
            self._start(self._later(late_s, (number_id, display, value)))

    async def drained(self) -> None:
        """Wait until everything has been taken."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    async def _later(self, late_s: float, update: tuple[str, str, Json]) -> None:
        if late_s:
            await asyncio.sleep(late_s)
        self._gathered.append(update)
        if len(self._gathered) >= self.manners.batch:
            await self._flush()
        else:
            await asyncio.sleep(self.manners.gather_s)
            await self._flush()

    async def _flush(self) -> None:
        updates, self._gathered = self._gathered, []
        if updates:
            self._start(self._post_until_taken(raw_body(updates, self._account_id)))

    def _start(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _post_until_taken(self, raw: bytes) -> None:
        wait_s = self.manners.first_retry_s
        while self.urls:
            status = await self._post(raw)
            self.posted.statuses.append(status)
            if status == 200:
                self.posted.ok += 1
                return
            self.posted.failed += 1
            await asyncio.sleep(wait_s * (0.5 + self._rng.random()))
            wait_s = min(wait_s * 2, self.manners.longest_retry_s)

    async def _post(self, raw: bytes) -> int:
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=10))
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": signature(self._app_secret, raw),
            "User-Agent": "facebookexternalua",
        }
        try:
            async with self._session.post(self._rng.choice(self.urls), data=raw, headers=headers) as response:
                await response.read()
                return response.status
        except (ClientError, OSError, TimeoutError):
            return 0
