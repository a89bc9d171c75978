"""What a conversation is made of. Times are aware UTC; ids are UUID strings unless said otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NotRequired, TypedDict


class Channel(StrEnum):
    WEBCHAT = "webchat"
    WHATSAPP = "whatsapp"


class State(StrEnum):
    """Who owns the conversation."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Sender(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class Kind(StrEnum):
    TEXT = "text"
    BUTTONS = "buttons"
    IMAGE = "image"
    #: What a customer attached, of any kind; ``Draft.data["attachment"]`` names it.
    FILE = "file"
    NOTICE = "notice"


class NoticeType(StrEnum):
    BOT_DISCLOSURE = "bot_disclosure"
    HANDOFF_REQUESTED = "handoff_requested"
    WAITING = "waiting"
    HUMAN_JOINED = "human_joined"
    HUMAN_LEFT = "human_left"
    RETURNED_TO_BOT = "returned_to_bot"
    OUT_OF_HOURS = "out_of_hours"
    CLOSED = "closed"
    #: The conversation goes on on another channel; a way there; a code that is not taken.
    CHANNEL_CHANGED = "channel_changed"
    CHANNEL_OFFERED = "channel_offered"
    CODE_REFUSED = "code_refused"


class Reason(StrEnum):
    """Why a conversation was handed over."""

    CUSTOMER_REQUEST = "customer_request"
    LOW_CONFIDENCE = "low_confidence"
    FRUSTRATION = "frustration"
    COMPLEX_INTENT = "complex_intent"
    BOT_FAILURE = "bot_failure"
    POLICY = "policy"


class Button(TypedDict):
    title: str
    payload: str


class Notice(TypedDict):
    """A change of owner as the log keeps it; ``actor`` is customer, bot, system or agent:<id>."""

    type: str
    actor: str
    epoch: int
    reason: NotRequired[str]
    agent: NotRequired[str]
    queue_position: NotRequired[int]
    estimated_wait_s: NotRequired[int | None]
    next_opening: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message before the log has given it a number."""

    sender: Sender
    text: str
    kind: Kind = Kind.TEXT
    sender_name: str | None = None
    agent_id: str | None = None
    client_message_id: str | None = None
    payload: str | None = None
    buttons: tuple[Button, ...] = ()
    image: str | None = None
    notice: Notice | None = None
    #: What else a channel brings, as JSON: attachment, location, contacts, order, reply_to, referral, edited, …
    data: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the append-only log; ``seq`` starts at 1 and has no gaps."""

    id: str
    conversation_id: str
    seq: int
    epoch: int
    created_at: datetime
    draft: Draft


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    email: str
    name: str
    online: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedTurns:
    """What the bot must be told on its first turn after a person: the human part of the log."""

    from_seq: int
    to_seq: int
    note: str | None

    def after(self, seq: int) -> "ReturnedTurns | None":
        """What is left to tell once the turn of message ``seq`` has told what came before it."""
        if seq >= self.to_seq:
            return None
        return ReturnedTurns(max(self.from_seq, seq + 1), self.to_seq, None)


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    channel: Channel
    state: State
    epoch: int
    last_seq: int
    created_at: datetime
    locale: str = "de"
    page_url: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    reserved_for: str | None = None
    waiting_since: datetime | None = None
    wait_reminded: bool = False
    customer_seen_at: datetime | None = None
    handoff_id: str | None = None
    handed_over_seq: int | None = None
    returned: ReturnedTurns | None = None
    closed_at: datetime | None = None

    @property
    def label(self) -> str:
        """A short name for people who talk about it: the first four digits of its id."""
        return self.id[:4].upper()


class HandoffStatus(StrEnum):
    """``requested`` while the bot's turn that asked for it still runs."""

    REQUESTED = "requested"
    WAITING = "waiting"
    CLAIMED = "claimed"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    DROPPED = "dropped"


class Decision(TypedDict):
    """Why the machine stepped back; ``cues`` are German words an agent reads."""

    reason: str
    score: float | None
    threshold: float | None
    cues: list[str]


class TranscriptEntry(TypedDict):
    sender: str
    text: str
    created_at: str
    intent: NotRequired[str | None]
    confidence: NotRequired[float | None]
    entities: NotRequired[list[dict[str, object]]]


class HandoffDetails(TypedDict, total=False):
    """What the bot knows when it steps back."""

    decision: Decision
    summary: str | None
    slots: dict[str, object]
    latest_intent: dict[str, object] | None
    transcript: list[TranscriptEntry]


@dataclass(frozen=True, slots=True)
class Handoff:
    id: str
    conversation_id: str
    reason: Reason
    status: HandoffStatus
    requested_at: datetime
    message_id: str | None = None
    details: HandoffDetails = field(default_factory=HandoffDetails)


@dataclass(frozen=True, slots=True)
class Turn:
    """One customer message the bot owes an answer to; ``epoch`` is fixed when an attempt starts."""

    message_id: str
    conversation_id: str
    seq: int
    attempts: int
    epoch: int
    started_at: datetime
    text: str
    payload: str | None
    channel: Channel
    locale: str
    returned: ReturnedTurns | None


@dataclass(frozen=True, slots=True)
class BotAnswer:
    """What Rasa's channel returned for one turn."""

    messages: tuple[Draft, ...]
    nlu: dict[str, object]
