"""Tells the customer that their message is read and that somebody is writing, while the bot or an agent works on it."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handoff_bridge.conversations.model import Sender
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.realtime.hub import Typing

log = logging.getLogger(__name__)

#: Whoever answers sooner than this was never seen writing: the sign would come after the words.
DELAY_S = 0.3
#: The sign lasts 25 seconds at the customer's, unless a message ends it.
AGAIN_AFTER = timedelta(seconds=20)
#: A message waits at most this long for a sign that is on its way.
PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Unread:
    """The latest message of a customer; ``account`` is the one it was sent to."""

    account: str
    external_id: str


class CourtesyRows(Protocol):
    async def take(self, conversation_id: str, typing_before: datetime, now: datetime) -> Unread | None:
        """The latest message, if nobody has shown since that it is read or somebody writes; then it counts as shown."""
        ...


class CourtesyChannel(Protocol):
    async def mark_read(self, account: str, external_id: str, *, typing: bool) -> bool: ...


class Courtesies:
    def __init__(self, rows: CourtesyRows, channel: CourtesyChannel, clock: Clock) -> None:
        self._rows = rows
        self._channel = channel
        self._clock = clock
        self._running: dict[str, asyncio.Task[None]] = {}
        self._writing: set[str] = set()
        self._on_its_way: set[str] = set()

    async def note(self, typing: Sequence[Typing]) -> None:
        """Take notice of who has begun or ended to write."""
        for event in typing:
            if event.sender == Sender.CUSTOMER.value:
                continue
            if not event.active:
                self._writing.discard(event.conversation_id)
                continue
            self._writing.add(event.conversation_id)
            if event.conversation_id not in self._running:
                task = asyncio.create_task(self._show(event.conversation_id), name="courtesy")
                self._running[event.conversation_id] = task

    async def settled(self, conversation_id: str, sender: Sender) -> None:
        """Before a message: wait for a sign that is on its way; one that came after the words would be a lie."""
        if sender is not Sender.SYSTEM:
            # A notice says nothing about whether somebody still writes.
            self._writing.discard(conversation_id)
        if conversation_id in self._on_its_way:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await asyncio.shield(self._running[conversation_id])

    async def close(self) -> None:
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _show(self, conversation_id: str) -> None:
        try:
            await asyncio.sleep(DELAY_S)
            now = self._clock.now()
            unread = await self._rows.take(conversation_id, now - AGAIN_AFTER, now)
            if unread is not None:
                self._on_its_way.add(conversation_id)
                typing = conversation_id in self._writing
                await self._channel.mark_read(unread.account, unread.external_id, typing=typing)
        except Exception as error:  # nothing is lost without it
            log.warning("A read mark was not set (%s).", type(error).__name__)
        finally:
            self._on_its_way.discard(conversation_id)
            del self._running[conversation_id]
