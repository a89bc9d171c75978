"""Runs the turns that are due, several conversations at once, one turn of each at a time."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from handoff_bridge.conversations.model import Turn
from handoff_bridge.conversations.ports import Bot
from handoff_bridge.conversations.turns import BotSide, Outcome
from handoff_bridge.errors import BotError, BotFailed, StoreUnavailable
from handoff_bridge.logs import REQUEST, RequestContext
from handoff_bridge.metrics import Metrics
from handoff_bridge.realtime.hub import Hub

log = logging.getLogger(__name__)

#: How often due turns are looked for when nothing woke the worker (retries, expired leases).
SWEEP_S = 0.5
#: A bot's answer is worth waiting for the database, until the turn's lease ends at the latest.
STORE_RETRIES_S = (0.1, 0.2, 0.5, 1.0, 2.0, 2.0, 2.0)
#: How long a stop waits for running turns before their leases are given back.
STOP_GRACE_S = 5.0


async def _stored(store: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Store a turn's end, also when the database is away for a moment; the lease guards against doing it twice."""
    for wait_s in STORE_RETRIES_S:
        try:
            return await store()
        except StoreUnavailable:
            await asyncio.sleep(wait_s)
    return await store()


class TurnWorker:
    """Claims due turns and runs them until it is stopped."""

    def __init__(self, bot_side: BotSide, bot: Bot, hub: Hub, metrics: Metrics, timeout_s: float, at_once: int) -> None:
        self._metrics = metrics
        self._bot_side = bot_side
        self._bot = bot
        self._hub = hub
        self._timeout_s = timeout_s
        self._at_once = at_once
        self._running: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self) -> None:
        """Work until stop() is called and what runs then has ended; an error of the store is tried again."""
        while not self._stopping:
            try:
                await self._claim()
            except StoreUnavailable:
                log.warning("Looking for due turns failed: the database is away; trying again.")
            except Exception:
                log.exception("Looking for due turns failed; trying again.")
            await self._hub.wait_for_turn(SWEEP_S)
        # Only here: a claim that was under way when the stop came has started its turns by now.
        await self._end_running()

    async def stop(self) -> None:
        """Claim nothing more; run() ends when the running turns have."""
        self._stopping = True
        self._hub.turn_due()

    async def _end_running(self) -> None:
        """Let running turns end for a moment, then give them back."""
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=STOP_GRACE_S)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _claim(self) -> None:
        free = self._at_once - len(self._running)
        if free <= 0:
            return
        for turn in await self._bot_side.claim_turns(free):
            task = asyncio.create_task(self._run(turn), name=f"turn {turn.message_id}")
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        # A free place, and perhaps the next message of the same conversation.
        self._hub.turn_due()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out and the turn is taken up again.
            log.error("A turn failed in the bridge itself.", exc_info=error)

    async def _run(self, turn: Turn) -> None:
        # Every line about this turn names its conversation; a task has a context of its own.
        REQUEST.set(RequestContext(f"turn {turn.message_id}", turn.conversation_id))
        self._bot_side.typing(turn, True)
        try:
            await self._answer(turn)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                await self._bot_side.release(turn)
            raise

    async def _answer(self, turn: Turn) -> None:
        try:
            outcome = await self._take_turn(turn)
        except StoreUnavailable:
            raise
        except Exception as error:
            # Whatever it was: the customer gets an answer, or a person.
            failure: BotError = error if isinstance(error, BotError) else BotFailed("The bot's answer is unusable.")
            if failure is not error:
                log.exception("Turn %s failed in the bridge itself.", turn.message_id)
            outcome = await _stored(partial(self._bot_side.fail, turn, failure))
            log.warning(
                "Turn %s attempt %d failed: %s; %s.",
                turn.message_id, turn.attempts, failure.code, outcome.value,
            )  # fmt: skip
            if outcome is Outcome.RETRY:
                self._metrics.turn_retries.labels(failure.code).inc()
                return  # still being answered, as far as the customer is concerned
        self._metrics.turns.labels(outcome.value).inc()
        self._metrics.turn_s.observe(self._bot_side.age_s(turn))
        self._bot_side.typing(turn, False)

    async def _take_turn(self, turn: Turn) -> Outcome:
        returned = await self._bot_side.returned_messages(turn)
        answer = await self._bot.answer(turn, returned, self._timeout_s)
        if not answer.messages and not await self._bot_side.asked_for_person(turn):
            raise BotFailed("The bot gave no answer.")
        return await _stored(partial(self._bot_side.complete, turn, answer))
