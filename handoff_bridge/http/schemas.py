"""What the bridge answers, for the OpenAPI document and for the tests that hold answers to it."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, PositiveInt

from handoff_bridge.conversations.model import Channel, HandoffStatus, Kind, NoticeType, Reason, Sender, State
from handoff_bridge.conversations.promise import PromiseKind
from handoff_bridge.storage.attachments import AttachmentStatus


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
    continue_on: list[Channel] | None = None


class StartedAnswer(Answer):
    conversation: ConversationShape
    token: str
    messages: list[MessageShape]


class ChannelCodeAnswer(Answer):
    """``code`` is good once and until ``expires_at``; ``url`` opens WhatsApp with ``text`` ready to be sent."""

    code: str
    text: str
    url: str
    display_number: str
    expires_at: AwareDatetime


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


class BusinessNumber(Answer):
    """``reopen_title`` names the template that asks for an answer when the 24 hours are over."""

    id: str
    name: str
    display_number: str
    reopen_title: str | None


class WhatsAppShape(Answer):
    """The customer on WhatsApp; after ``window_ends_at`` only templates can be sent until they write again."""

    name: str | None
    phone: str | None
    window_ends_at: AwareDatetime | None
    window_open: bool
    stopped: bool
    number: BusinessNumber


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
    whatsapp: WhatsAppShape | None = None


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


class DeliveryProblem(Answer):
    """``message`` is German for agents, ``code`` the Graph API's error."""

    kind: Literal[
        "window",
        "window_asked",
        "operator",
        "throttled",
        "undeliverable",
        "refused",
        "unknown",
        "stopped",
        "dropped",
        "moved",
    ]
    message: str
    code: int | None = None


class DeliveryState(Answer):
    """What became of a message; ``open_ids`` are deliveries that can be sent again or dropped."""

    status: Literal["pending", "held", "sent", "delivered", "read", "failed", "indeterminate", "cancelled"]
    error: DeliveryProblem | None = None
    open_ids: list[str] | None = None


class DeskMessageShape(MessageShape):
    """``delivery`` only on WhatsApp, and only for what is not the customer's own."""

    delivery: DeliveryState | None = None


class DeskMessageAnswer(Answer):
    message: DeskMessageShape


class AttachmentShape(Answer):
    """A file of the customer; its bytes are at ``…/attachments/{id}`` once it is stored."""

    id: str
    message_id: str
    kind: Literal["image", "audio", "video", "document", "sticker"]
    status: AttachmentStatus
    mime: str | None = None
    size: NonNegativeInt | None = None
    name: str | None = None


class DeskDetailAnswer(Answer):
    conversation: DeskConversationShape
    handoff: HandoffShape | None
    messages: list[DeskMessageShape]
    attachments: list[AttachmentShape]


class VariableShape(Answer):
    name: str
    label: str
    example: str
    default: str | None


class TemplateShape(Answer):
    """``text`` has its variables in braces."""

    name: str
    language: str
    title: str
    text: str
    variables: list[VariableShape]


class TemplatesAnswer(Answer):
    templates: list[TemplateShape]


class DeliveryShape(Answer):
    """Carries the entries ``from_seq`` to ``to_seq`` of the log, or a part of one; ``reopen`` asks for an answer."""

    id: str
    conversation_id: str
    from_seq: PositiveInt
    to_seq: PositiveInt
    kind: Literal["message", "template", "reopen"]
    sender: Sender
    attempts: NonNegativeInt
    text: str
    delivery: DeliveryState
    created_at: AwareDatetime
    updated_at: AwareDatetime


class DeliveriesAnswer(Answer):
    deliveries: list[DeliveryShape]


class DeliveryAnswer(Answer):
    delivery: DeliveryShape


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


class WebhookAnswer(Answer):
    """How many updates the body held, and how many of them were new."""

    received: NonNegativeInt
    new: NonNegativeInt


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
    ChannelCodeAnswer,
    MessageAnswer,
    MessagesAnswer,
    ConversationAnswer,
    RatingAnswer,
    SessionAnswer,
    AgentsAnswer,
    DeskConversationAnswer,
    DeskConversationsAnswer,
    DeskDetailAnswer,
    DeskMessageAnswer,
    TemplatesAnswer,
    DeliveriesAnswer,
    DeliveryAnswer,
    HandoffAnswer,
    WebhookAnswer,
    Health,
    Readiness,
)
