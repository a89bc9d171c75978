"""What the core needs from the outside: a transactional store, a clock and somebody to wake."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handoff_bridge.conversations.changes import Change
from handoff_bridge.conversations.model import (
    Agent,
    BotAnswer,
    Conversation,
    Draft,
    Handoff,
    HandoffDetails,
    HandoffStatus,
    Message,
    ReturnedTurns,
    Turn,
)
from handoff_bridge.conversations.promise import Capacity


class DuplicateMessage(Exception):
    """This sender has used this client_message_id in the conversation before."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Whom the conversation must belong to: an agent, under the epoch they saw."""

    agent_id: str
    epoch: int


class ConversationRows(Protocol):
    async def add(self, conversation: Conversation, token_hash: str, token_expires_at: datetime) -> None: ...

    async def get(self, conversation_id: str, *, lock: bool = False) -> Conversation:
        """Raises NotFound."""
        ...

    async def save(self, change: Change, now: datetime) -> Conversation:
        """Store the change and append its notices. Raises StaleEpoch when the epoch has moved."""
        ...

    async def with_silent_agents(self, silent_since: datetime, limit: int) -> Sequence[Conversation]: ...

    async def waiting_unreminded(self, waiting_since: datetime, limit: int) -> Sequence[Conversation]: ...

    async def mark_reminded(self, conversation_id: str) -> None: ...

    async def silent_with_agents(self, silent_since: datetime, limit: int) -> Sequence[Conversation]: ...

    async def set_returned(self, conversation_id: str, returned: ReturnedTurns | None) -> None: ...

    async def queue_position(self, conversation: Conversation) -> int:
        """The place in the queue from 1; for one not waiting, the place it would get."""
        ...

    async def capacity(self, online_since: datetime) -> Capacity: ...


class MessageRows(Protocol):
    async def append(
        self, conversation_id: str, drafts: Sequence[Draft], now: datetime, epoch: int | None = None
    ) -> tuple[Conversation, Sequence[Message]]:
        """Append under ``epoch`` (any when None).

        Raises DuplicateMessage, StaleEpoch, ConversationClosed, NotFound; the transaction must then end.
        """
        ...

    async def by_client_id(self, conversation_id: str, sender: str, client_id: str) -> Message | None: ...

    async def latest(self, conversation_id: str, limit: int) -> Sequence[Message]: ...

    async def after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Message]: ...

    async def offered_title(self, conversation_id: str, payload: str) -> str | None:
        """The title of the button with this payload that the conversation was offered last."""
        ...

    async def suppress(
        self, conversation: Conversation, made_for: int, drafts: Sequence[Draft], now: datetime
    ) -> None: ...


class TurnRows(Protocol):
    async def claim(self, owner: str, lease: timedelta, limit: int, now: datetime) -> Sequence[Turn]: ...

    async def is_running(self, conversation_id: str, message_id: str) -> bool | None:
        """Whether the turn is still open; None when there never was one."""
        ...

    async def finish(self, turn: Turn, owner: str, nlu: dict[str, object], now: datetime) -> bool:
        """Close the turn if ``owner`` still holds it; False when the lease was lost."""
        ...

    async def retry(self, turn: Turn, owner: str, due_at: datetime, error: str) -> bool: ...

    async def release(self, turn: Turn, owner: str, now: datetime) -> None: ...

    async def owe(self, message: Message, now: datetime) -> None:
        """The bot owes this message an answer."""
        ...

    async def settle(self, message: Message, now: datetime) -> None:
        """This message needs no answer of the bot, now or later."""
        ...

    async def supersede(self, conversation_id: str, now: datetime) -> None:
        """End every open turn: the conversation has gone to a person."""
        ...

    async def owe_again(self, conversation_id: str, since_seq: int, now: datetime) -> None:
        """The bot has the conversation back: owe what it owed before and what nobody has answered since."""
        ...

    async def transcript_nlu(self, conversation_id: str) -> dict[str, dict[str, object]]:
        """The NLU result by customer message id."""
        ...


class HandoffRows(Protocol):
    async def add(self, handoff: Handoff) -> None: ...

    async def get(self, handoff_id: str) -> Handoff: ...

    async def for_message(self, conversation_id: str, message_id: str) -> Handoff | None: ...

    async def latest(self, conversation_id: str) -> Handoff | None: ...

    async def set_status(
        self, handoff_id: str, status: HandoffStatus, now: datetime, note: str | None = None
    ) -> None: ...

    async def attach(self, handoff_id: str, message_id: str, details: HandoffDetails) -> None:
        """Add what the bot knows, and the message for which it would have asked as well."""
        ...


class AgentRows(Protocol):
    async def get(self, agent_id: str) -> Agent:
        """Raises NotFound."""
        ...

    async def seen(self, agent_id: str, at: datetime) -> None:
        """Note a sign of life."""
        ...


class Transaction(Protocol):
    """All rows of one transaction; it commits when the block ends and rolls back on any error."""

    @property
    def conversations(self) -> ConversationRows: ...
    @property
    def messages(self) -> MessageRows: ...
    @property
    def turns(self) -> TurnRows: ...
    @property
    def handoffs(self) -> HandoffRows: ...
    @property
    def agents(self) -> AgentRows: ...


class Store(Protocol):
    def write(self) -> AbstractAsyncContextManager[Transaction]: ...
    def read(self) -> AbstractAsyncContextManager[Transaction]: ...
    async def append(
        self, conversation_id: str, draft: Draft, now: datetime, guard: Guard | None = None
    ) -> tuple[Conversation, Message]:
        """Append one message in a transaction of its own, and owe a customer's a turn if the bot is the owner.

        Raises DuplicateMessage, StaleEpoch (the guard), ConversationClosed, NotFound.
        """
        ...

    async def claim_turns(self, owner: str, lease: timedelta, limit: int, now: datetime) -> Sequence[Turn]:
        """Lease due turns of conversations that the bot owns, the first open one of each only."""
        ...

    async def complete_plainly(
        self, turn: Turn, owner: str, answer: BotAnswer, now: datetime
    ) -> Sequence[Message] | None:
        """End a turn with the bot's words and nothing else, the short way.

        None, and nothing done, where there is no short way or the turn's end takes more than that.
        """
        ...


class Clock(Protocol):
    def now(self) -> datetime: ...


class Signals(Protocol):
    """Called after a commit, never inside a transaction; a lost signal costs time, not data."""

    def conversation_changed(self, conversation_id: str) -> None: ...
    def messages_logged(self, conversation_id: str, messages: Sequence[Message]) -> None:
        """These messages were added, in order, and nothing else about the conversation has changed."""
        ...

    def queue_changed(self) -> None: ...
    def turn_due(self) -> None: ...
    def typing(self, conversation_id: str, sender: str, active: bool) -> None: ...


class Bot(Protocol):
    async def answer(self, turn: Turn, returned: Sequence[Message], timeout_s: float) -> BotAnswer:
        """Run one turn. Raises BotUnreachable, BotTimeout or BotFailed."""
        ...
