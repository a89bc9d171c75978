"""The conversation as it goes over the wire; the shapes are those of the public contract."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from handoff_bridge.conversations.model import (
    Agent,
    Button,
    Conversation,
    Handoff,
    Message,
    State,
    TranscriptEntry,
)
from handoff_bridge.conversations.promise import Promise, PromiseKind
from handoff_bridge.storage.desk_views import ListedConversation

#: What a notice tells the customer; actor and epoch stay inside.
NOTICE_FIELDS = ("type", "reason", "agent", "queue_position", "estimated_wait_s", "next_opening")


class WireMessage(TypedDict):
    id: str
    conversation_id: str
    seq: int
    sender: str
    kind: str
    text: str
    created_at: str
    sender_name: NotRequired[str]
    buttons: NotRequired[list[Button]]
    image: NotRequired[str]
    notice: NotRequired[dict[str, object]]
    data: NotRequired[dict[str, object]]
    client_message_id: NotRequired[str]


class WireHandoff(TypedDict):
    """What a waiting customer may know."""

    reason: str
    queue_position: NotRequired[int]
    estimated_wait_s: NotRequired[int]
    next_opening: NotRequired[str]


class WireConversation(TypedDict):
    id: str
    channel: str
    state: str
    epoch: int
    last_seq: int
    created_at: str
    agent: NotRequired[dict[str, str]]
    handoff: NotRequired[WireHandoff]
    #: Channels that the customer can take the conversation to; only told to customers.
    continue_on: NotRequired[list[str]]


def message_to_wire(message: Message) -> WireMessage:
    draft = message.draft
    wire = WireMessage(
        id=message.id,
        conversation_id=message.conversation_id,
        seq=message.seq,
        sender=draft.sender.value,
        kind=draft.kind.value,
        text=draft.text,
        created_at=message.created_at.isoformat(),
    )
    if draft.sender_name is not None:
        wire["sender_name"] = draft.sender_name
    if draft.buttons:
        wire["buttons"] = list(draft.buttons)
    if draft.image is not None:
        wire["image"] = draft.image
    if draft.notice is not None:
        notice: Mapping[str, object] = {**draft.notice}
        wire["notice"] = {name: notice[name] for name in NOTICE_FIELDS if notice.get(name) is not None}
    if draft.data:
        wire["data"] = dict(draft.data)
    if draft.client_message_id is not None:
        wire["client_message_id"] = draft.client_message_id
    return wire


def conversation_to_wire(
    conversation: Conversation, promise: Promise | None = None, reason: str | None = None
) -> WireConversation:
    """``promise`` and ``reason`` are told while the customer waits."""
    wire = WireConversation(
        id=conversation.id,
        channel=conversation.channel.value,
        state=conversation.state.value,
        epoch=conversation.epoch,
        last_seq=conversation.last_seq,
        created_at=conversation.created_at.isoformat(),
    )
    if conversation.state is State.HUMAN and conversation.agent_name:
        wire["agent"] = {"name": conversation.agent_name}
    if reason is not None and conversation.state in (State.WAITING, State.HUMAN):
        handoff = WireHandoff(reason=reason)
        if promise is not None and conversation.state is State.WAITING:
            handoff["queue_position"] = promise.queue_position
            if promise.estimated_wait_s is not None:
                handoff["estimated_wait_s"] = promise.estimated_wait_s
            if promise.next_opening is not None:
                handoff["next_opening"] = promise.next_opening.isoformat()
        wire["handoff"] = handoff
    return wire


def promise_to_wire(promise: Promise) -> dict[str, object]:
    opening = promise.next_opening
    return {
        "kind": PromiseKind(promise.kind).value,
        "queue_position": promise.queue_position,
        "estimated_wait_s": promise.estimated_wait_s,
        "next_opening": opening.isoformat() if opening else None,
    }


def agent_to_wire(agent: Agent) -> dict[str, object]:
    return {"id": agent.id, "name": agent.name, "email": agent.email}


def listed_to_wire(listed: ListedConversation, customer_online_since: datetime) -> dict[str, object]:
    """A conversation as the desk lists it; a customer seen after that time has the chat open."""
    conversation = listed.conversation
    wire: dict[str, object] = {
        **conversation_to_wire(conversation, reason=listed.reason),
        "label": f"Gast {conversation.label}",
        "locale": conversation.locale,
        "customer_online": _is_after(conversation.customer_seen_at, customer_online_since),
    }
    if conversation.agent_id is not None:
        wire["agent"] = {"id": conversation.agent_id, "name": conversation.agent_name}
    if conversation.waiting_since is not None:
        wire["waiting_since"] = conversation.waiting_since.isoformat()
    if conversation.reserved_for is not None:
        wire["reserved_for"] = conversation.reserved_for
    if listed.last_message is not None:
        wire["last_message"] = {
            "sender": listed.last_message.sender,
            "text": listed.last_message.text,
            "created_at": listed.last_message.created_at.isoformat(),
        }
    return wire


def _is_after(at: datetime | None, since: datetime) -> bool:
    return at is not None and at > since


def handoff_to_wire(
    handoff: Handoff, messages: list[Message], nlu: Mapping[str, Mapping[str, Any]]
) -> dict[str, object]:
    """What the desk sees of a handoff; without the bot's own transcript one is made from the log."""
    details = handoff.details
    transcript = details.get("transcript") or [_transcript_entry(message, nlu.get(message.id)) for message in messages]
    return {
        "id": handoff.id,
        "reason": handoff.reason.value,
        "status": handoff.status.value,
        "requested_at": handoff.requested_at.isoformat(),
        "decision": details.get("decision"),
        "summary": details.get("summary"),
        "slots": details.get("slots") or {},
        "latest_intent": details.get("latest_intent"),
        "transcript": transcript,
    }


def _transcript_entry(message: Message, nlu: Mapping[str, Any] | None) -> TranscriptEntry:
    entry = TranscriptEntry(
        sender=message.draft.sender.value,
        text=message.draft.text,
        created_at=message.created_at.isoformat(),
    )
    intent = (nlu or {}).get("intent")
    if isinstance(intent, Mapping):
        entry["intent"] = intent.get("name")
        entry["confidence"] = intent.get("confidence")
    return entry
