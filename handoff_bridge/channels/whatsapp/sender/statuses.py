"""Reading a status as the webhook brings it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from handoff_bridge.channels.whatsapp.sender.codes import WINDOW_CLOSED
from handoff_bridge.outbox.model import StatusUpdate

#: Longer ones are not Meta's.
MAX_ID, MAX_STATUS, MAX_ERROR = 500, 16, 300
MAX_CODE = 2**31 - 1


def read_status(phone_number_id: str | None, status: Mapping[str, Any], received_at: datetime) -> StatusUpdate | None:
    """One element of ``statuses``; None for one without an id or a status. Anything else may be missing or odd."""
    external_id, name = status.get("id"), status.get("status")
    if not isinstance(external_id, str) or not isinstance(name, str) or not external_id or not name:
        return None
    callback = status.get("biz_opaque_callback_data")
    code, error = _error(status.get("errors"))
    return StatusUpdate(
        account=phone_number_id,
        external_id=external_id[:MAX_ID],
        status=name[:MAX_STATUS],
        at=_time(status.get("timestamp")) or received_at,
        callback_id=callback if isinstance(callback, str) and len(callback) == 36 else None,
        error_code=code,
        error=error,
        window_closed=code == WINDOW_CLOSED,
    )


def _error(errors: object) -> tuple[int | None, str | None]:
    match errors:
        case [{"code": int(code), **more}, *_]:
            details = more.get("error_data")
            said = details.get("details") if isinstance(details, Mapping) else None
            words = str(said or more.get("title") or more.get("message") or "")
            return code if abs(code) <= MAX_CODE else None, words[:MAX_ERROR]
    return None, None


def _time(timestamp: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(str(timestamp)), UTC)
    except (ValueError, OverflowError, OSError):
        return None
