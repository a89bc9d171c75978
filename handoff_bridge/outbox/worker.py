"""Plans and sends in the background, woken by what is said and by a sweep."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from handoff_bridge.conversations.ports import Signals
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.outbox.courtesies import Courtesies
from handoff_bridge.outbox.dispatcher import Dispatcher, Leased
from handoff_bridge.outbox.outcomes import Outcome
from handoff_bridge.outbox.planner import Planner
from handoff_bridge.realtime.hub import Hub

log = logging.getLogger(__name__)

#: How often is looked for what nobody told of: other processes' leavings, releases, the ends of leases.
SWEEP_S = 2.0
#: The shortest look at what is due, and the longest.
SHORTEST_S, LONGEST_S = 0.02, 0.5
#: How long a stop waits for messages on their way; what takes longer is indeterminate afterwards.
STOP_GRACE_S = 8.0
#: What has happened is worth storing when the database is away for a moment; until the lease ends at the latest.
STORE_RETRIES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0, 4.0)


class OutboxWorker:
    """``alone`` says that no other process uses the database: then whatever was on its way at the start is lost."""

    def __init__(
        self,
        planner: Planner,
        dispatcher: Dispatcher,
        courtesies: Courtesies,
        hub: Hub,
        signals: Signals,
        *,
        at_once: int,
        alone: bool,
    ) -> None:
        self._planner = planner
        self._dispatcher = dispatcher
        self._courtesies = courtesies
        self._hub = hub
        self._signals = signals
        self._at_once = at_once
        self._alone = alone
        self._due = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._swept_at = 0.0
        self._stopping = False

    async def run(self) -> None:
        """Work until stop() is called and what is on its way then has ended."""
        if self._alone:
            await self._safely("looking after what was on its way", self._recover_alone)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._plan_on(), name="outbox planner")
            tasks.create_task(self._send_on(), name="outbox sender")

    async def stop(self) -> None:
        """Plan and claim nothing more; run() ends soon."""
        self._stopping = True
        self._due.set()

    async def _plan_on(self) -> None:
        with self._hub.subscribe(None) as subscription:
            await self._safely("planning", partial(self._plan, None))
            planned_all_at = time.monotonic()
            while not self._stopping:
                woken = await subscription.wait(LONGEST_S)
                said = set(subscription.take_news())
                changed, _, typing = subscription.take()
                await self._safely("a courtesy", partial(self._courtesies.note, typing))
                if time.monotonic() - planned_all_at > SWEEP_S:
                    planned_all_at = time.monotonic()
                    await self._safely("planning", partial(self._plan, None))
                elif woken and (said or changed):
                    await self._safely("planning", partial(self._plan, sorted(said | changed)))

    async def _plan(self, conversation_ids: Sequence[str] | None) -> None:
        planned = await self._planner.plan(conversation_ids)
        if planned:
            self._due.set()

    async def _send_on(self) -> None:
        while not self._stopping:
            await self._safely("sending", self._claim)
            await self._wait_until_due()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_GRACE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._courtesies.close()

    async def _wait_until_due(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._due.wait()
        except TimeoutError:
            return
        self._due.clear()

    async def _claim(self) -> None:
        if time.monotonic() - self._swept_at > SWEEP_S:
            self._swept_at = time.monotonic()
            self._tell(await self._dispatcher.recover())
            self._tell(await self._dispatcher.look_after_held())
        while not self._stopping and (free := self._at_once - len(self._running)) > 0:
            claimed = await self._dispatcher.claim(free)
            self._tell(claimed.changed)
            for leased in claimed.leased:
                self._start(leased)
            if claimed.held:
                # Whoever waits for the reply is asked at once, not at the next sweep.
                self._tell(await self._dispatcher.look_after_held())
            if not claimed.seen:
                return

    def _start(self, leased: Leased) -> None:
        task = asyncio.create_task(self._send(leased), name=f"delivery {leased.delivery.id}")
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        # A free place, and perhaps the next message to the same customer.
        self._due.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out, and then the delivery is indeterminate: somebody looks at it.
            log.error("A delivery failed in the bridge itself.", exc_info=error)

    async def _send(self, leased: Leased) -> None:
        await self._courtesies.settled(leased.delivery.conversation_id, leased.delivery.sender)
        outcome = await self._dispatcher.send(leased)
        await self._store(leased, outcome)
        self._tell([leased.delivery.conversation_id])

    async def _store(self, leased: Leased, outcome: Outcome) -> None:
        for wait_s in STORE_RETRIES_S:
            try:
                return await self._dispatcher.finish(leased, outcome)
            except StoreUnavailable:
                await asyncio.sleep(wait_s)
        return await self._dispatcher.finish(leased, outcome)

    async def _recover_alone(self) -> None:
        self._tell(await self._dispatcher.recover(alone=True))

    def _tell(self, conversation_ids: Sequence[str]) -> None:
        for conversation_id in conversation_ids:
            self._signals.conversation_changed(conversation_id)

    async def _safely(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        """The work of a loop: a failure is told, and tried again in the next round."""
        try:
            await work()
        except StoreUnavailable:
            log.warning("The outbox's %s failed: the database is away; trying again.", what)
            await asyncio.sleep(LONGEST_S)
        except Exception:
            log.exception("The outbox's %s failed; trying again.", what)
            await asyncio.sleep(LONGEST_S)
