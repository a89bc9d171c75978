"""Works the inbox off: each update once, those of one sender in order, whatever happens in between.

What an update leads to is committed together with its end, so a process that dies leaves it whole for the next.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from handoff_bridge.conversations.ports import Clock, DuplicateMessage
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.metrics import Metrics
from handoff_bridge.storage.store import SqlStore, SqlTransaction
from handoff_bridge.storage.whatsapp_inbox import InboxStatus, InboxUpdate

log = logging.getLogger(__name__)

#: How often it is looked when nothing woke the worker: what other bridges took, retries, leases that ran out.
SWEEP_S = 0.5
LEASE = timedelta(seconds=20)
#: So many senders' updates are worked off at once.
AT_ONCE = 8
#: After these waits an update that fails is given up: kept, counted, and in nobody's way any more.
RETRIES_S = (1, 2, 5, 10, 30, 60, 300, 900)
STOP_GRACE_S = 5.0

#: What is to be done after the commit.
Afterwards = Callable[[], None]
Handler = Callable[[SqlTransaction, InboxUpdate], Awaitable[Afterwards]]


class InboxWorker:
    """``handlers`` by kind; updates of other kinds stay where they are."""

    def __init__(
        self, store: SqlStore, clock: Clock, metrics: Metrics, owner: str, handlers: dict[str, Handler]
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._owner = owner
        self.handlers = handlers
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    async def run(self) -> None:
        """Work until stop() is called and what runs then has ended."""
        while not self._stopping:
            try:
                await self._claim()
            except StoreUnavailable:
                log.warning("Looking into WhatsApp's inbox failed: the database is away; trying again.")
            except Exception:
                log.exception("Looking into WhatsApp's inbox failed; trying again.")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_S):
                    await self._woken.wait()
            self._woken.clear()
        if self._running:
            # What is late then has its lease run out, and is done by whoever comes next.
            _, late = await asyncio.wait(self._running, timeout=STOP_GRACE_S)
            for task in late:
                task.cancel()

    async def stop(self) -> None:
        self._stopping = True
        self.wake()

    async def _claim(self) -> None:
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return
        now, kinds = self._clock.now(), self.handlers.keys()
        async with self._store.read() as tx:
            # Writing locks on SQLite, and mostly there is nothing to do.
            if not await tx.whatsapp_inbox.is_any_due(kinds, now):
                return
        async with self._store.write() as tx:
            claimed = await tx.whatsapp_inbox.claim(self._owner, kinds, now + LEASE, free, now)
        for update in claimed:
            task = asyncio.create_task(self._run(update), name=f"whatsapp update {update.id}")
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        # A free place, and perhaps the next update of the same sender.
        self.wake()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("An update could not even be put back; its lease runs out.", exc_info=error)

    async def _run(self, update: InboxUpdate) -> None:
        try:
            await self._work(update)
        except StoreUnavailable:
            log.warning("An update of WhatsApp waits for the database.")
        except Exception as error:
            await self._failed(update, error)

    async def _work(self, update: InboxUpdate) -> None:
        try:
            async with self._store.write() as tx:
                if not await tx.whatsapp_inbox.hold(update.id, self._owner):
                    return
                afterwards = await self.handlers[update.kind](tx, update)
        except DuplicateMessage:
            # It is in the log already, under the same id.
            async with self._store.write() as tx:
                if await tx.whatsapp_inbox.hold(update.id, self._owner):
                    await tx.whatsapp_inbox.settle(update.id, self._clock.now(), note="already in the log")
            return
        afterwards()
        self._metrics.whatsapp_delay_s.observe((self._clock.now() - update.received_at).total_seconds())

    async def _failed(self, update: InboxUpdate, error: Exception) -> None:
        now, kind = self._clock.now(), type(error).__name__
        log.error("An update of WhatsApp failed, attempt %d.", update.attempts, exc_info=error)
        async with self._store.write() as tx:
            if update.attempts <= len(RETRIES_S):
                due_at = now + timedelta(seconds=RETRIES_S[update.attempts - 1])
                await tx.whatsapp_inbox.retry(update.id, self._owner, due_at, kind)
            elif await tx.whatsapp_inbox.hold(update.id, self._owner):
                await tx.whatsapp_inbox.settle(update.id, now, note=kind, status=InboxStatus.FAILED)
                self._metrics.whatsapp_updates.labels(update.kind, InboxStatus.FAILED.value).inc()
