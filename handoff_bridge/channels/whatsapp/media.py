"""Fetches what customers sent: asks the Graph API for the address, and keeps what may be kept.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/media: an id is good for seven days, the address it
leads to for five minutes, and both need the token.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import aiohttp
from aiohttp import ClientSession, ClientTimeout

from handoff_bridge.attachments.download import NOT_FOUND, Downloads, Fetched, Wanted
from handoff_bridge.attachments.errors import AttachmentError, Gone, NotNow, Refused
from handoff_bridge.business_whatsapp import Media, MediaKind
from handoff_bridge.channels.whatsapp.fields import mapping, whole, words
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.metrics import Metrics
from handoff_bridge.storage.attachments import Attachment, AttachmentStatus
from handoff_bridge.storage.store import SqlStore

log = logging.getLogger(__name__)

SWEEP_S = 1.0
AT_ONCE = 4
LEASE = timedelta(minutes=6)
ASK = ClientTimeout(total=20, sock_connect=5)
#: The answer to the question where a file is has some hundred bytes.
MAX_ANSWER = 64 * 1024
#: "Object with this ID does not exist": https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes.
NO_SUCH_OBJECT = 100
#: An address just given may not be there yet; one that is never there belongs to a file that is gone.
NOT_FOUND_AT_MOST = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 3600.0
#: WhatsApp itself keeps a file no longer.
GIVE_UP_AFTER = timedelta(days=7)


class MediaAddresses:
    """Asks the Graph API where a file is; ``base_url`` with the version."""

    def __init__(self, session: ClientSession, base_url: str, access_token: str) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self.headers = {"Authorization": f"Bearer {access_token}"}

    async def of(self, media_id: str) -> str:
        """Raises Gone, NotNow."""
        if not media_id.isascii() or not media_id.replace("-", "").replace("_", "").isalnum():
            raise Gone("media_id")
        try:
            async with self._session.get(
                f"{self._base}/{media_id}", headers={**self.headers, "Accept-Encoding": "identity"},
                timeout=ASK, allow_redirects=False,
            ) as response:  # fmt: skip
                status, raw = response.status, b""
                async for chunk in response.content.iter_any():
                    raw += chunk
                    if len(raw) > MAX_ANSWER:
                        raise NotNow("graph_answer")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotNow(type(error).__name__) from error
        return _address(status, raw)


def _address(status: int, raw: bytes) -> str:
    try:
        answer = mapping(json.loads(raw))
    except (ValueError, RecursionError):
        answer = {}
    code = whole(mapping(answer.get("error")).get("code"))
    if code == NO_SUCH_OBJECT or (code is None and status in (404, 410)):
        raise Gone("unknown_id")
    url = words(answer.get("url"))
    if status != 200 or url is None:
        raise NotNow(f"graph_{status}" if code is None else f"graph_{status}_{code}")
    return url


class MediaWorker:
    """Fetches what is pending, under leases; ``changed`` is told the conversation whose attachment has an end."""

    def __init__(
        self,
        store: SqlStore,
        clock: Clock,
        metrics: Metrics,
        owner: str,
        addresses: MediaAddresses,
        downloads: Downloads,
        bounds: Media,
        changed: Callable[[str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._owner = owner
        self._addresses = addresses
        self._downloads = downloads
        self._bounds = bounds
        self._changed = changed
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is under way then is fetched again by whoever comes next."""
        try:
            while True:
                try:
                    await self._claim()
                except StoreUnavailable:
                    log.warning("Looking for files to fetch failed: the database is away; trying again.")
                except Exception:
                    log.exception("Looking for files to fetch failed; trying again.")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SWEEP_S):
                        await self._woken.wait()
                self._woken.clear()
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim(self) -> None:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return
        now = self._clock.now()
        async with self._store.read() as tx:
            if not await tx.attachments.is_any_due(now):
                return
        async with self._store.write() as tx:
            claimed = await tx.attachments.claim(self._owner, now + LEASE, free, now)
        for attachment in claimed:
            task = asyncio.create_task(self._run(attachment), name=f"attachment {attachment.id}")
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.wake()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("An attachment's end could not be kept; its lease runs out.", exc_info=error)

    async def _run(self, attachment: Attachment) -> None:
        try:
            fetched = await self._fetch(attachment)
        except Refused as refused:
            await self._give_up(attachment, AttachmentStatus.REFUSED, refused)
        except Gone as gone:
            await self._give_up(attachment, AttachmentStatus.GONE, gone)
        except NotNow as later:
            await self._later(attachment, later)
        else:
            now = self._clock.now()
            async with self._store.write() as tx:
                kept = await tx.attachments.stored(
                    attachment.id, self._owner, now,
                    mime=fetched.mime, size=fetched.size, sha256=fetched.sha256, storage_key=attachment.id,
                )  # fmt: skip
            if kept:
                self._ended(attachment, AttachmentStatus.STORED.value)

    async def _fetch(self, attachment: Attachment) -> Fetched:
        kind = cast(MediaKind, attachment.kind)
        address = await self._addresses.of(str((attachment.source or {}).get("media_id", "")))
        wanted = Wanted(kind, attachment.mime, self._bounds.max_bytes(kind))
        return await self._downloads.save(address, self._addresses.headers, attachment.id, wanted)

    async def _give_up(self, attachment: Attachment, status: AttachmentStatus, error: AttachmentError) -> None:
        log.warning("Attachment %s was not kept: %s.", attachment.id, error.reason)
        async with self._store.write() as tx:
            kept = await tx.attachments.given_up(attachment.id, self._owner, self._clock.now(), status, error.reason)
        if kept:
            self._ended(attachment, f"{status.value}_{error.reason}" if status is AttachmentStatus.REFUSED else "gone")

    async def _later(self, attachment: Attachment, error: NotNow) -> None:
        now = self._clock.now()
        too_old = attachment.created_at is not None and now - attachment.created_at > GIVE_UP_AFTER
        if too_old or (error.reason == NOT_FOUND and attachment.attempts >= NOT_FOUND_AT_MOST):
            await self._give_up(attachment, AttachmentStatus.GONE, error)
            return
        log.warning("Attachment %s could not be fetched, attempt %d: %s.",
                    attachment.id, attachment.attempts, error.reason)  # fmt: skip
        async with self._store.write() as tx:
            await tx.attachments.retry(attachment.id, self._owner, now, _next_try(attachment, now), error.reason)

    def _ended(self, attachment: Attachment, outcome: str) -> None:
        self._metrics.attachments.labels(attachment.kind, outcome).inc()
        self._changed(attachment.conversation_id)


def _next_try(attachment: Attachment, now: datetime) -> datetime:
    wait_s = min(FIRST_WAIT_S * 2.0 ** min(attachment.attempts - 1, 30), LONGEST_WAIT_S)
    return now + timedelta(seconds=wait_s)
