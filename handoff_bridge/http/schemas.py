"""What the bridge answers, for the OpenAPI document and for the tests that hold answers to it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from handoff_bridge.conversations.model import Channel, HandoffStatus, Kind, NoticeType, Reason, Sender, State
from handoff_bridge.conversations.promise import PromiseKind


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorBody(Answer):
    code: str
    message: str
    details: dict[str, Any]


class ErrorAnswer(Answer):
    error: ErrorBody


class ButtonShape(Answer):
    title: str
    payload: str


class NoticeShape(Answer):
    type: NoticeType
    reason: Reason | None = None
    agent: str | None = None
    queue_position: PositiveInt | None = None
    estimated_wait_s: NonNegativeInt | None = None
    next_opening: AwareDatetime | None = None


class MessageShape(Answer):
    id: str
    conversation_id: str
    seq: PositiveInt
    sender: Sender
    kind: Kind
    text: str
    created_at: AwareDatetime
    sender_name: str | None = None
    buttons: list[ButtonShape] | None = None
    image: str | None = None
    notice: NoticeShape | None = None
    data: dict[str, Any] | None = None
    client_message_id: str | None = None


class AgentName(Answer):
    name: str


class WaitShape(Answer):
    reason: Reason
    queue_position: PositiveInt | None = None
    estimated_wait_s: NonNegativeInt | None = None
    next_opening: AwareDatetime | None = None


class ConversationShape(Answer):
    id: str
    channel: Channel
    state: State
    epoch: PositiveInt
    last_seq: PositiveInt
    created_at: AwareDatetime
    agent: AgentName | None = None
    handoff: WaitShape | None = None


class StartedAnswer(Answer):
    conversation: ConversationShape
    token: str
    messages: list[MessageShape]


class MessageAnswer(Answer):
    message: MessageShape


class MessagesAnswer(Answer):
    messages: list[MessageShape]
    conversation: ConversationShape


class ConversationAnswer(Answer):
    conversation: ConversationShape


class RatingShape(Answer):
    score: PositiveInt
    comment: str | None


class RatingAnswer(Answer):
    rating: RatingShape


class AgentShape(Answer):
    id: str
    name: str
    email: str


class SessionAnswer(Answer):
    agent: AgentShape
    csrf_token: str


class ListedAgent(Answer):
    id: str
    name: str
    online: bool


class AgentsAnswer(Answer):
    agents: list[ListedAgent]


class Owner(Answer):
    id: str
    name: str


class LastMessageShape(Answer):
    sender: Sender
    text: str
    created_at: AwareDatetime


class DeskConversationShape(Answer):
    id: str
    channel: Channel
    state: State
    epoch: PositiveInt
    last_seq: PositiveInt
    created_at: AwareDatetime
    label: str
    locale: str
    customer_online: bool
    agent: Owner | None = None
    handoff: WaitShape | None = None
    waiting_since: AwareDatetime | None = None
    reserved_for: str | None = None
    last_message: LastMessageShape | None = None


class DeskConversationAnswer(Answer):
    conversation: DeskConversationShape


class DeskConversationsAnswer(Answer):
    conversations: list[DeskConversationShape]


class HandoffShape(Answer):
    id: str
    reason: Reason
    status: HandoffStatus
    requested_at: AwareDatetime
    decision: dict[str, Any] | None
    summary: str | None
    slots: dict[str, Any]
    latest_intent: dict[str, Any] | None
    transcript: list[dict[str, Any]]


class DeskDetailAnswer(Answer):
    conversation: DeskConversationShape
    handoff: HandoffShape | None
    messages: list[MessageShape]


class HandoffReceipt(Answer):
    id: str
    status: HandoffStatus


class PromiseShape(Answer):
    kind: PromiseKind
    queue_position: PositiveInt
    estimated_wait_s: NonNegativeInt | None
    next_opening: AwareDatetime | None


class HandoffAnswer(Answer):
    handoff: HandoffReceipt
    promise: PromiseShape


class Health(Answer):
    status: Literal["ok"]


class Readiness(Answer):
    status: Literal["ready", "not_ready"]
    database: Literal["up", "down"]
    bot: Literal["up", "down"]
    closing: bool


ALL: tuple[type[BaseModel], ...] = (
    ErrorAnswer,
    StartedAnswer,
    MessageAnswer,
    MessagesAnswer,
    ConversationAnswer,
    RatingAnswer,
    SessionAnswer,
    AgentsAnswer,
    DeskConversationAnswer,
    DeskConversationsAnswer,
    DeskDetailAnswer,
    HandoffAnswer,
    Health,
    Readiness,
)
