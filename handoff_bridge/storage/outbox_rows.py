"""Deliveries from rows and to rows."""

from collections.abc import Mapping
from typing import Any

from handoff_bridge.conversations.model import Sender
from handoff_bridge.outbox.model import Delivery, Hold, Status
from handoff_bridge.storage.rows import AnyRow


def delivery_from(row: AnyRow) -> Delivery:
    return Delivery(
        id=row.id,
        conversation_id=row.conversation_id,
        account=row.account,
        lane=row.lane,
        position=row.position,
        from_seq=row.from_seq,
        to_seq=row.to_seq,
        part=row.part,
        copy=row.copy,
        sender=Sender(row.sender),
        kind=row.kind,
        body=row.body,
        status=Status(row.status),
        attempts=row.attempts,
        due_at=row.due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        hold=Hold(row.hold) if row.hold else None,
        external_id=row.external_id,
        reached=row.reached,
        error_code=row.error_code,
        error=row.error,
    )


def delivery_values(delivery: Delivery) -> Mapping[str, Any]:
    return {
        "id": delivery.id,
        "conversation_id": delivery.conversation_id,
        "account": delivery.account,
        "lane": delivery.lane,
        "position": delivery.position,
        "from_seq": delivery.from_seq,
        "to_seq": delivery.to_seq,
        "part": delivery.part,
        "copy": delivery.copy,
        "sender": delivery.sender.value,
        "kind": delivery.kind,
        "body": dict(delivery.body),
        "status": delivery.status.value,
        "attempts": delivery.attempts,
        "due_at": delivery.due_at,
        "created_at": delivery.created_at,
        "updated_at": delivery.updated_at,
        "hold": delivery.hold.value if delivery.hold else None,
        "external_id": delivery.external_id,
        "reached": delivery.reached,
        "error_code": delivery.error_code,
        "error": delivery.error,
    }
