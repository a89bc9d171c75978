"""What an agent sees of a message's way to the customer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from handoff_bridge.outbox.model import DROPPED, MOVED, REOPEN, STOPPED, Delivery, Hold, Status

#: What is shown of several parts: the first of these that any part is.
WORST_FIRST = ("failed", "indeterminate", "held", "pending", "cancelled", "sent", "delivered", "read")


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """``status`` is one of WORST_FIRST; ``problem`` names what is wrong, ``code`` is the channel's for it.

    ``open_ids`` are deliveries that somebody can decide about.
    """

    status: str
    problem: str | None = None
    code: int | None = None
    open_ids: tuple[str, ...] = ()


def views_by_seq(deliveries: Sequence[Delivery], undeliverable: frozenset[int]) -> Mapping[int, DeliveryView]:
    """By the number of the log's entry; ``undeliverable`` are the channel's codes for a receiver out of reach."""
    asked = {delivery.from_seq for delivery in deliveries if delivery.kind == REOPEN and delivery.status is Status.SENT}
    latest: dict[tuple[int, int], Delivery] = {}
    for delivery in sorted(deliveries, key=lambda one: one.copy):
        if delivery.kind != REOPEN:
            latest[delivery.from_seq, delivery.part] = delivery
    by_seq: dict[int, list[DeliveryView]] = {}
    for delivery in latest.values():
        view = view_of(delivery, undeliverable, asked=delivery.from_seq in asked)
        for seq in range(delivery.from_seq, delivery.to_seq + 1):
            by_seq.setdefault(seq, []).append(view)
    return {seq: _together(views) for seq, views in by_seq.items()}


def view_of(delivery: Delivery, undeliverable: frozenset[int], *, asked: bool = False) -> DeliveryView:
    code = delivery.error_code
    ids = (delivery.id,)
    match delivery.status:
        case Status.SENT:
            reached = "read" if delivery.reached == "played" else delivery.reached
            return DeliveryView(reached or "sent")
        case Status.HELD if delivery.hold is Hold.WINDOW:
            return DeliveryView("held", "window_asked" if asked else "window", code, ids)
        case Status.HELD:
            return DeliveryView("held", "operator", code, ids)
        case Status.INDETERMINATE:
            return DeliveryView("indeterminate", "unknown", None, ids)
        case Status.DEAD:
            return DeliveryView("failed", "undeliverable" if code in undeliverable else "refused", code, ids)
        case Status.CANCELLED:
            problem = delivery.error if delivery.error in (STOPPED, MOVED) else DROPPED
            return DeliveryView("cancelled", problem)
    return DeliveryView("pending", "throttled" if code is not None else None, code)


def _together(views: Iterable[DeliveryView]) -> DeliveryView:
    listed = sorted(views, key=lambda view: WORST_FIRST.index(view.status))
    worst = listed[0]
    ids = tuple(id_ for view in listed for id_ in view.open_ids)
    return DeliveryView(worst.status, worst.problem, worst.code, ids)
