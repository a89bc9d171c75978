"""What is promised is what is true."""

from datetime import UTC, datetime

import pytest

from handoff_bridge.business import Desk
from handoff_bridge.conversations.opening import Opening
from handoff_bridge.conversations.promise import Capacity, Promise, PromiseKind, make_promise
from tests.unit.samples import hours

DESK = Desk(conversations_per_agent=4, handling_time_min=6)
OPENING = Opening(hours({"mon": ["08:00-20:00"]}))
OPEN = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CLOSED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def promise(position: int, online: int, taken: int, now: datetime = OPEN, opening: Opening = OPENING) -> Promise:
    return make_promise(now, position, Capacity(online, taken), DESK, opening)


@pytest.mark.parametrize(
    ("position", "online", "taken"),
    [(1, 1, 0), (1, 1, 3), (4, 1, 0), (2, 3, 10), (400, 100, 0)],
)
def test_somebody_is_free_while_there_are_places_for_all_who_wait(position: int, online: int, taken: int) -> None:
    assert promise(position, online, taken) == Promise(PromiseKind.AGENT_AVAILABLE, position, estimated_wait_s=0)


@pytest.mark.parametrize(
    ("position", "online", "taken", "wait_s"),
    [
        (1, 1, 4, 90),  # four places, six minutes each: one is free every 90 seconds
        (2, 1, 4, 180),
        (2, 1, 3, 90),  # the first in the queue has the free place
        (1, 2, 8, 45),
        (1, 1, 9, 90),  # more conversations than places, because somebody left
        (3, 100, 400, 3),  # rounded up: nobody is told a shorter wait
    ],
)
def test_a_full_desk_tells_the_place_and_the_wait(position: int, online: int, taken: int, wait_s: int) -> None:
    assert promise(position, online, taken) == Promise(PromiseKind.QUEUED, position, estimated_wait_s=wait_s)


def test_without_anybody_at_the_desk_no_wait_is_told() -> None:
    assert promise(3, 0, 0) == Promise(PromiseKind.QUEUED, 3, estimated_wait_s=None)


def test_out_of_hours_tells_the_next_opening() -> None:
    told = promise(2, 0, 0, CLOSED)
    assert told.kind is PromiseKind.OUT_OF_HOURS
    assert told.queue_position == 2
    assert told.estimated_wait_s is None
    assert told.next_opening == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_somebody_at_the_desk_out_of_hours_counts_as_open() -> None:
    assert promise(1, 1, 0, CLOSED).kind is PromiseKind.AGENT_AVAILABLE
    assert promise(1, 1, 4, CLOSED).kind is PromiseKind.QUEUED


def test_a_company_that_never_opens_promises_no_opening() -> None:
    told = promise(1, 0, 0, CLOSED, Opening(hours({})))
    assert (told.kind, told.next_opening) == (PromiseKind.OUT_OF_HOURS, None)
