"""From rows to the model and back."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Row

from handoff_bridge.conversations.model import (
    Button,
    Channel,
    Conversation,
    Draft,
    Handoff,
    HandoffDetails,
    HandoffStatus,
    Kind,
    Message,
    Notice,
    Reason,
    ReturnedTurns,
    Sender,
    State,
)

# A row's columns are typed by the table, which the type checker cannot see.
AnyRow = Row[Any]
#: Parts of a message's data that the model has fields for.
FIELDS = ("payload", "buttons", "image", "notice")


def returned_from(value: Mapping[str, Any] | None) -> ReturnedTurns | None:
    return ReturnedTurns(**value) if value else None


def returned_to(value: ReturnedTurns | None) -> dict[str, object] | None:
    if value is None:
        return None
    return {"from_seq": value.from_seq, "to_seq": value.to_seq, "note": value.note}


def conversation_from(row: AnyRow) -> Conversation:
    return Conversation(
        id=row.id,
        channel=Channel(row.channel),
        state=State(row.state),
        epoch=row.epoch,
        last_seq=row.last_seq,
        created_at=row.created_at,
        locale=row.locale,
        page_url=row.page_url,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        reserved_for=row.reserved_for,
        waiting_since=row.waiting_since,
        wait_reminded=row.wait_reminded,
        customer_seen_at=row.customer_seen_at,
        handoff_id=row.handoff_id,
        handed_over_seq=row.handed_over_seq,
        returned=returned_from(row.returned),
        closed_at=row.closed_at,
    )


def conversation_values(conversation: Conversation) -> dict[str, object]:
    """The columns that a change of owner may touch."""
    return {
        "state": conversation.state.value,
        "epoch": conversation.epoch,
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "reserved_for": conversation.reserved_for,
        "waiting_since": conversation.waiting_since,
        "wait_reminded": conversation.wait_reminded,
        "handoff_id": conversation.handoff_id,
        "handed_over_seq": conversation.handed_over_seq,
        "returned": returned_to(conversation.returned),
        "closed_at": conversation.closed_at,
    }


def draft_data(draft: Draft) -> dict[str, object] | None:
    """The parts of a message that only some kinds have."""
    data: dict[str, object] = dict(draft.data or {})
    if draft.payload is not None:
        data["payload"] = draft.payload
    if draft.buttons:
        data["buttons"] = list(draft.buttons)
    if draft.image is not None:
        data["image"] = draft.image
    if draft.notice is not None:
        data["notice"] = dict(draft.notice)
    return data or None


def message_from(row: AnyRow) -> Message:
    data: Mapping[str, Any] = row.data or {}
    draft = Draft(
        sender=Sender(row.sender),
        text=row.text,
        kind=Kind(row.kind),
        sender_name=row.sender_name,
        agent_id=row.agent_id,
        client_message_id=row.client_message_id,
        payload=data.get("payload"),
        buttons=tuple(cast(list[Button], data.get("buttons", []))),
        image=data.get("image"),
        notice=cast(Notice | None, data.get("notice")),
        data={name: part for name, part in data.items() if name not in FIELDS} or None,
    )
    return Message(row.id, row.conversation_id, row.seq, row.epoch, row.created_at, draft)


def message_values(message: Message) -> dict[str, object]:
    draft = message.draft
    return {
        "conversation_id": message.conversation_id,
        "seq": message.seq,
        "id": message.id,
        "epoch": message.epoch,
        "sender": draft.sender.value,
        "sender_name": draft.sender_name,
        "agent_id": draft.agent_id,
        "kind": draft.kind.value,
        "text": draft.text,
        "data": draft_data(draft),
        "client_message_id": draft.client_message_id,
        "created_at": message.created_at,
    }


def handoff_from(row: AnyRow) -> Handoff:
    return Handoff(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=Reason(row.reason),
        status=HandoffStatus(row.status),
        requested_at=row.requested_at,
        message_id=row.message_id,
        details=cast(HandoffDetails, row.details or {}),
    )
