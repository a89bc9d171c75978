"""What an agent sees at a message: the worst of its parts, and only what holds now."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handoff_bridge.conversations.model import Sender
from handoff_bridge.outbox.model import MESSAGE, REOPEN, STOPPED, Delivery, Hold, Status
from handoff_bridge.outbox.views import views_by_seq

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
UNDELIVERABLE = frozenset({131026})


def delivery(id_: str, status: Status, seq: int = 5, part: int = 0, **more: object) -> Delivery:
    made = Delivery(
        id_, "c1", "1", "p1", 1, seq, seq, part, 0, Sender.AGENT, MESSAGE, {"type": "text"}, status, 1, NOW, NOW, NOW
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "status", "problem"),
    [
        (delivery("a", Status.PLANNED), "pending", None),
        (delivery("a", Status.PLANNED, error_code=131056), "pending", "throttled"),
        (delivery("a", Status.SENDING), "pending", None),
        (delivery("a", Status.SENT), "sent", None),
        (delivery("a", Status.SENT, reached="delivered"), "delivered", None),
        (delivery("a", Status.SENT, reached="played"), "read", None),
        (delivery("a", Status.HELD, hold=Hold.WINDOW), "held", "window"),
        (delivery("a", Status.HELD, hold=Hold.OPERATOR, error_code=190), "held", "operator"),
        (delivery("a", Status.INDETERMINATE), "indeterminate", "unknown"),
        (delivery("a", Status.DEAD, error_code=131026), "failed", "undeliverable"),
        (delivery("a", Status.DEAD, error_code=100), "failed", "refused"),
        (delivery("a", Status.CANCELLED, error=STOPPED), "cancelled", "stopped"),
        (delivery("a", Status.CANCELLED, error="dropped"), "cancelled", "dropped"),
    ],
)
def test_each_state_has_one_word(one: Delivery, status: str, problem: str | None) -> None:
    view = views_by_seq([one], UNDELIVERABLE)[5]
    assert (view.status, view.problem) == (status, problem)


def test_of_several_parts_the_worst_is_shown_with_all_that_is_open() -> None:
    parts = [
        delivery("a", Status.SENT, reached="read"),
        delivery("b", Status.DEAD, part=1),
        delivery("c", Status.INDETERMINATE, part=2),
    ]
    view = views_by_seq(parts, UNDELIVERABLE)[5]
    assert (view.status, view.open_ids) == ("failed", ("b", "c"))


def test_what_was_sent_again_counts_in_place_of_the_first() -> None:
    first = delivery("a", Status.CANCELLED)
    view = views_by_seq([delivery("b", Status.SENT, copy=1), first], UNDELIVERABLE)[5]
    assert (view.status, view.open_ids) == ("sent", ())


def test_a_reply_for_which_the_customer_was_asked_says_so() -> None:
    held = delivery("a", Status.HELD, hold=Hold.WINDOW)
    asked = delivery("b", Status.SENT, part=-1, kind=REOPEN)
    assert views_by_seq([held, asked], UNDELIVERABLE)[5].problem == "window_asked"


def test_every_entry_of_a_merged_message_has_its_state() -> None:
    merged = delivery("a", Status.SENT, from_seq=5, to_seq=7)
    assert set(views_by_seq([merged], UNDELIVERABLE)) == {5, 6, 7}
