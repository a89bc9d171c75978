"""Wakes the event streams of this process.

Streams read the log by cursor. Messages that this process has just committed are handed to them as they are: whoever
has everything before them need not read.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from handoff_bridge.conversations.model import Message, Sender

#: Somebody who writes says so again every few seconds; a bot's turn says it once and lasts longer.
TYPING_LIMIT_S = {"bot": 60.0}
TYPING_LIMIT_OTHERS_S = 8.0
#: Messages of one conversation kept for a stream that is behind; with more it reads the log.
MAX_NEWS = 20


@dataclass(frozen=True, slots=True)
class Typing:
    conversation_id: str
    sender: str
    active: bool


@dataclass(slots=True, eq=False)
class Subscription:
    """What one stream has yet to look at. Grows with what changed, not with how often."""

    conversation_id: str | None
    changed: set[str] = field(default_factory=set)
    news: dict[str, list[Message]] = field(default_factory=dict)
    queue: bool = False
    typing: dict[str, Typing] = field(default_factory=dict)
    _event: asyncio.Event = field(default_factory=asyncio.Event)
    _woken: bool = False
    _beat: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        self._woken = True
        self._event.set()

    def add_news(self, conversation_id: str, messages: Sequence[Message]) -> None:
        news = self.news.setdefault(conversation_id, [])
        news.extend(messages)
        if len(news) > MAX_NEWS:
            del self.news[conversation_id]
            self.changed.add(conversation_id)

    async def wait(self, beat_s: float) -> bool:
        """Wait until something changed; False at the latest after ``beat_s`` seconds in which nothing did.

        One timer serves many waits, so that each wake-up costs little: the beat may come sooner after a change.
        """
        if self._beat is None:
            self._beat = asyncio.get_running_loop().call_later(beat_s, self._beats)
        await self._event.wait()
        self._event.clear()
        woken, self._woken = self._woken, False
        return woken

    def end(self) -> None:
        """Nobody waits here any more."""
        if self._beat is not None:
            self._beat.cancel()

    def _beats(self) -> None:
        self._beat = None
        self._event.set()

    def take(self) -> tuple[set[str], bool, list[Typing]]:
        """Hand out what changed since the last call: conversations, the queue, typing."""
        taken = self.changed, self.queue, list(self.typing.values())
        self.changed, self.queue, self.typing = set(), False, {}
        return taken

    def take_news(self) -> dict[str, list[Message]]:
        """Hand out what was said in conversations that are otherwise as they were; call it before ``take``."""
        news, self.news = self.news, {}
        for conversation_id in self.changed & news.keys():
            del news[conversation_id]
        return news


class Hub:
    """The signals of the core, turned into wake-ups of subscriptions."""

    def __init__(self) -> None:
        self._by_conversation: dict[str, set[Subscription]] = {}
        self._desks: set[Subscription] = set()
        self._waiting: set[Subscription] = set()
        self._turns = asyncio.Event()
        self._typing_ends: dict[str, asyncio.TimerHandle] = {}
        #: A stop is coming: everybody here is still served, but nobody new should be sent here.
        self.leaving = False
        self.closing = False

    @contextmanager
    def subscribe(self, conversation_id: str | None) -> Iterator[Subscription]:
        """Follow one conversation, or with None every one (a desk)."""
        subscription = Subscription(conversation_id)
        if conversation_id is None:
            self._desks.add(subscription)
        else:
            self._by_conversation.setdefault(conversation_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            subscription.end()
            self._waiting.discard(subscription)
            if conversation_id is None:
                self._desks.discard(subscription)
            else:
                followers = self._by_conversation[conversation_id]
                followers.discard(subscription)
                if not followers:
                    del self._by_conversation[conversation_id]

    def follow_queue(self, subscription: Subscription, follows: bool) -> None:
        """Wake this subscription when places in the queue move, or no longer."""
        if follows:
            self._waiting.add(subscription)
        else:
            self._waiting.discard(subscription)

    def conversation_changed(self, conversation_id: str) -> None:
        for subscription in self._followers(conversation_id):
            subscription.changed.add(conversation_id)
            subscription.wake()

    def messages_logged(self, conversation_id: str, messages: Sequence[Message]) -> None:
        """These messages, in order, were committed by this process, and nothing else has changed."""
        for subscription in self._followers(conversation_id):
            subscription.add_news(conversation_id, messages)
            subscription.wake()

    def queue_changed(self) -> None:
        for subscription in self._waiting:
            subscription.queue = True
            subscription.wake()

    def typing(self, conversation_id: str, sender: str, active: bool) -> None:
        """Tell who follows that somebody is writing, or no longer; without renewal it ends by itself."""
        key = f"{conversation_id}/{sender}"
        if timer := self._typing_ends.pop(key, None):
            timer.cancel()
        elif not active and sender != Sender.BOT:
            # Nobody has seen them begin. Only the bot's turn is also shown to those who come in the middle of it.
            return
        if active:
            limit_s = TYPING_LIMIT_S.get(sender, TYPING_LIMIT_OTHERS_S)
            self._typing_ends[key] = asyncio.get_running_loop().call_later(
                limit_s, self.typing, conversation_id, sender, False
            )
        event = Typing(conversation_id, sender, active)
        for subscription in self._followers(conversation_id):
            subscription.typing[key] = event
            subscription.wake()

    def turn_due(self) -> None:
        self._turns.set()

    async def wait_for_turn(self, timeout_s: float) -> None:
        """Wait until a turn may be due, at most this long."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._turns.wait()
        except TimeoutError:
            return
        self._turns.clear()

    def close(self) -> None:
        """Let every stream end, so that its client can connect again elsewhere."""
        self.closing = True
        for followers in (*self._by_conversation.values(), self._desks):
            for subscription in followers:
                subscription.wake()
        self._turns.set()

    @property
    def stream_count(self) -> int:
        return sum(len(group) for group in self._by_conversation.values()) + len(self._desks)

    def _followers(self, conversation_id: str) -> list[Subscription]:
        return [*self._by_conversation.get(conversation_id, ()), *self._desks]


def following(news: Sequence[Message], cursor: int) -> Sequence[Message] | None:
    """What of the news comes after the cursor; None when there is a gap and the log has to be read."""
    fresh = sorted((message for message in news if message.seq > cursor), key=lambda message: message.seq)
    if any(message.seq != seq for seq, message in enumerate(fresh, cursor + 1)):
        return None
    return fresh
