"""Wakes the streams of other bridges on the same PostgreSQL by LISTEN and NOTIFY.

A notification names what changed and carries nothing else; whoever is woken reads by cursor. It is sent after the
commit, from a connection of its own, and everything that gathers while one is on its way goes into the next. A
notification that gets lost costs time only: a sweep looks for conversations that changed lately.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from handoff_bridge.conversations.model import Message
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.realtime.hub import Hub
from handoff_bridge.storage.store import SqlStore

log = logging.getLogger(__name__)

CHANNEL = "handschlag"
#: PostgreSQL takes payloads of less than 8,000 bytes.
MAX_PAYLOAD = 7_900
#: The shortest time between two notifications; one that stands alone goes out at once.
GATHER_S = 0.005
SWEEP_S = 5.0
#: The sweep looks back this much further than to its last run: transactions become visible late.
SWEEP_MARGIN = timedelta(seconds=10)
LONGEST_RECONNECT_S = 5.0
#: What ends a connection, or keeps one from being made; the sweep has the store's own word for it.
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, StoreUnavailable)


class PostgresSignals:
    """The core's signals, for this process's hub and for everybody else's."""

    def __init__(self, hub: Hub, store: SqlStore, clock: Clock, origin: str) -> None:
        self._hub = hub
        self._store = store
        self._clock = clock
        self._origin = origin
        self._pending: dict[str, list[object]] = {}
        self._gathered = asyncio.Event()
        self._swept_at = clock.now()

    def conversation_changed(self, conversation_id: str) -> None:
        self._hub.conversation_changed(conversation_id)
        self._gather(f"c/{conversation_id}", ["c", conversation_id])

    def messages_logged(self, conversation_id: str, messages: Sequence[Message]) -> None:
        self._hub.messages_logged(conversation_id, messages)
        self._gather(f"c/{conversation_id}", ["c", conversation_id])

    def queue_changed(self) -> None:
        self._hub.queue_changed()
        self._gather("q", ["q"])

    def typing(self, conversation_id: str, sender: str, active: bool) -> None:
        # An end that is none here may be one elsewhere: this process may have missed the beginning.
        self._hub.typing(conversation_id, sender, active)
        self._gather(f"t/{conversation_id}/{sender}", ["t", conversation_id, sender, active])

    def turn_due(self) -> None:
        # Whoever committed the turn runs it; when that process is busy or dead, another one's sweep finds it.
        self._hub.turn_due()

    async def run(self) -> None:
        """Keep a connection, send and listen; reconnect until cancelled."""
        wait_s = 0.1
        while True:
            try:
                await self._connected()
                wait_s = 0.1
                continue
            except LOST as error:
                log.warning("No connection for wake-ups (%s); trying again.", type(error).__name__)
            except Exception:
                # Whatever it was: without this task nobody would hear of the other bridges again.
                log.exception("Wake-ups failed; trying again.")
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_RECONNECT_S)

    async def sweep(self) -> None:
        """Wake the followers of every conversation that changed since the last sweep."""
        since = self._swept_at - SWEEP_MARGIN
        now = self._clock.now()
        async with self._store.read() as tx:
            changed = await tx.conversations.changed_since(since)
        self._swept_at = now
        for conversation_id in changed:
            self._hub.conversation_changed(conversation_id)
        if changed:
            self._hub.queue_changed()

    async def _connected(self) -> None:
        connection = await asyncpg.connect(
            self._store.database.driver_dsn,
            # A wake-up is worth nothing after a crash; it need not wait for the disk.
            server_settings={"synchronous_commit": "off"},
        )
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _: gone.set())
        try:
            await connection.add_listener(CHANNEL, self._heard)
            # Whatever was said while nobody listened.
            await self.sweep()
            async with asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(self._send(connection))
                sweeper = tasks.create_task(self._sweep_regularly())
                await gone.wait()
                sender.cancel()
                sweeper.cancel()
        except* LOST as group:
            raise group.exceptions[0] from None
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)

    async def _send(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._gathered.wait()
            self._gathered.clear()
            pending, self._pending = self._pending, {}
            try:
                for payload in _payloads(self._origin, list(pending.values())):
                    await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, payload)
            except BaseException:
                # Told again on the next connection: hearing something twice does no harm.
                self._pending = {**pending, **self._pending}
                self._gathered.set()
                raise
            # Under load the next one names all that gathers in this time.
            await asyncio.sleep(GATHER_S)

    async def _sweep_regularly(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            await self.sweep()

    def _gather(self, key: str, item: list[object]) -> None:
        self._pending[key] = item
        self._gathered.set()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        origin, items = json.loads(str(payload))
        if origin == self._origin:
            return
        for item in items:
            match item:
                case ["c", str(conversation_id)]:
                    self._hub.conversation_changed(conversation_id)
                case ["q"]:
                    self._hub.queue_changed()
                case ["t", str(conversation_id), str(sender), bool(active)]:
                    self._hub.typing(conversation_id, sender, active)


def _payloads(origin: str, items: Sequence[object]) -> list[str]:
    """Cut into pieces that PostgreSQL takes."""
    payloads: list[str] = []
    batch: list[object] = []
    size = len(origin) + 10
    for item in items:
        item_size = len(json.dumps(item)) + 2
        if batch and size + item_size > MAX_PAYLOAD:
            payloads.append(json.dumps([origin, batch]))
            batch, size = [], len(origin) + 10
        batch.append(item)
        size += item_size
    if batch:
        payloads.append(json.dumps([origin, batch]))
    return payloads
