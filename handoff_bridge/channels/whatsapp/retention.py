"""Deletes what need not be kept any longer: webhooks as they came, and files.

Also where no number is configured any more: what is there still has an end.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from handoff_bridge.attachments.storage import AttachmentStore
from handoff_bridge.business_whatsapp import Retention
from handoff_bridge.channels.whatsapp.wiring import ATTACHMENTS
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http import keys
from handoff_bridge.storage.store import SqlStore

log = logging.getLogger(__name__)

EVERY_S = 3600.0
#: So many in one transaction: nobody waits long for it.
UPDATES, FILES = 500, 20
#: A file that is still being written after this long belongs to a process that died.
UNFINISHED = timedelta(days=1)


class Deletion:
    """Deletes by the rules; several bridges may do so at once."""

    def __init__(self, store: SqlStore, clock: Clock, files: AttachmentStore, rules: Retention) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._rules = rules

    async def run(self) -> None:
        """Delete now and once an hour, until cancelled."""
        while True:
            try:
                updates, files = await self.run_once()
                if updates or files:
                    log.info("Deleted %d webhook updates and %d files whose time of keeping is over.", updates, files)
            except StoreUnavailable:
                log.warning("Deleting what is old failed: the database is away; trying again in an hour.")
            except Exception:
                log.exception("Deleting what is old failed; trying again in an hour.")
            await asyncio.sleep(EVERY_S)

    async def run_once(self) -> tuple[int, int]:
        """Delete everything that is too old now; returns how many updates and files that was."""
        updates = await self._delete_updates()
        files = await self._delete_files()
        await self._files.discard_unfinished(UNFINISHED)
        return updates, files

    async def _delete_updates(self) -> int:
        before, done = self._clock.now() - timedelta(days=self._rules.webhooks_days), 0
        while True:
            async with self._store.write() as tx:
                deleted = await tx.retention.delete_updates(before, UPDATES)
            done += deleted
            if not deleted:
                return done

    async def _delete_files(self) -> int:
        before, done = self._clock.now() - timedelta(days=self._rules.files_days), 0
        while True:
            async with self._store.write() as tx:
                old = await tx.retention.old_files(before, FILES)
                for file in old:
                    # First the bytes: if this ends in between, the row still says that there is something to delete.
                    await self._files.delete(file.storage_key)
                    await tx.retention.forget_file(file.id, self._clock.now())
            done += len(old)
            if not old:
                return done


async def retaining(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after that of receiving."""
    rules = app[keys.rules].whatsapp
    if rules is None:
        yield
        return
    deletion = Deletion(app[keys.store], app[keys.clock], app[ATTACHMENTS], rules.retention)
    task = asyncio.create_task(deletion.run(), name="retention")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
