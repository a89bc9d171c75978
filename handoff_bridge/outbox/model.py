"""A delivery and what can become of it. Times are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from handoff_bridge.conversations.model import Sender

#: Kinds of deliveries: words of the log; a template of the log; the template that asks for an answer.
MESSAGE, TEMPLATE, REOPEN = "message", "template", "reopen"


class Status(StrEnum):
    #: Due at its time, when everything before it in its lane is done.
    PLANNED = "planned"
    #: On its way, or its sender has died.
    SENDING = "sending"
    #: Accepted by the channel; what it has told since is in ``reached``.
    SENT = "sent"
    #: Waits for the customer (the window) or the operator.
    HELD = "held"
    #: Nobody knows whether the channel has accepted it; a status may still tell.
    INDETERMINATE = "indeterminate"
    #: Refused for good; a person may have it sent again.
    DEAD = "dead"
    #: Not wanted any more: dropped, sent anew as another delivery, or the customer wants no messages.
    CANCELLED = "cancelled"


class Hold(StrEnum):
    WINDOW = "window"
    OPERATOR = "operator"


#: Why a delivery is cancelled, as its ``error`` says: the customer wants no more messages; somebody did not want it;
#: the conversation goes on on another channel, where it can be read.
STOPPED, DROPPED, MOVED = "stopped", "dropped", "moved"

#: How far a message has come, the best last. ``failed`` stands beside them: a message can be delivered and failed.
RANKS: Mapping[str, int] = {"sent": 1, "delivered": 2, "read": 3, "played": 4}
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Piece:
    """One message of the channel before it is planned; ``body`` is in the channel's own words, without the receiver."""

    sender: Sender
    kind: str
    body: Mapping[str, Any]
    from_seq: int
    to_seq: int
    part: int


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    conversation_id: str
    account: str
    lane: str
    position: int
    from_seq: int
    to_seq: int
    part: int
    copy: int
    sender: Sender
    kind: str
    body: Mapping[str, Any]
    status: Status
    attempts: int
    due_at: datetime
    created_at: datetime
    updated_at: datetime
    hold: Hold | None = None
    external_id: str | None = None
    reached: str | None = None
    error_code: int | None = None
    error: str | None = None

    @property
    def rank(self) -> int:
        return RANKS.get(self.reached or "", 0)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation's place in the channel: from which account it goes, to whom, and up to where it is planned."""

    conversation_id: str
    account: str
    lane: str
    planned_seq: int
    #: The conversation has left the channel with this entry.
    left_seq: int | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What the channel tells about a message.

    ``callback_id`` is the delivery's id, where the channel has kept it; ``window_closed`` says that it failed because
    the customer has to write first.
    """

    account: str | None
    external_id: str
    status: str
    at: datetime
    callback_id: str | None = None
    error_code: int | None = None
    error: str | None = None
    window_closed: bool = False
