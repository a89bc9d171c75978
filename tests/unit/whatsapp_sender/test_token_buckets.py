"""Token buckets: never more than was agreed on, whatever the clock does."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff_bridge.channels.whatsapp.sender.budgets import PAIR, number_rate
from handoff_bridge.outbox.budgets import LONGEST_BLOCK_S, Bucket, Rate
from tests.fakes.graph.limits import NUMBER_PER_S, PAIR_BURST, PAIR_EVERY_S

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RATE = Rate(capacity=3, per_s=0.5)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_full_bucket_gives_its_capacity_at_once_and_then_makes_wait() -> None:
    bucket = Bucket.full(RATE, NOW)
    for _ in range(3):
        assert bucket.ready_at(RATE, NOW) <= NOW
        bucket = bucket.taken()
    assert bucket.ready_at(RATE, NOW) == after(2)


def test_it_refills_with_time_and_never_beyond_its_capacity() -> None:
    empty = Bucket(0, NOW)
    assert empty.refilled(RATE, after(2)).tokens == 1
    assert empty.refilled(RATE, after(9999)).tokens == 3


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket = Bucket(1, NOW).refilled(RATE, after(-60))
    assert (bucket.tokens, bucket.at) == (1, NOW)


def test_messages_of_customers_may_overdraw_it() -> None:
    bucket = Bucket(1, NOW).taken(5)
    assert bucket.ready_at(RATE, NOW) == after(10)


def test_each_refusal_in_a_row_blocks_longer_until_one_goes_through() -> None:
    bucket, blocks = Bucket.full(RATE, NOW), []
    for _ in range(9):
        bucket = bucket.struck(NOW, 4.0, 4.0, 131056)
        assert bucket.blocked_until is not None
        blocks.append((bucket.blocked_until - NOW).total_seconds())
    assert blocks[:3] == [4, 16, 64]
    assert blocks[-1] == LONGEST_BLOCK_S
    assert bucket.ready_at(RATE, NOW) == bucket.blocked_until
    assert bucket.cleared().ready_at(RATE, NOW) <= NOW


@given(st.lists(st.floats(min_value=0, max_value=30), max_size=200))
def test_in_no_span_of_time_more_is_taken_than_agreed(gaps: list[float]) -> None:
    bucket, at, taken = Bucket.full(RATE, NOW), 0.0, []
    for gap in gaps:
        at += gap
        bucket = bucket.refilled(RATE, after(at))
        if bucket.ready_at(RATE, after(at)) <= after(at):
            bucket = bucket.taken()
            taken.append(at)
    for first, start in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= RATE.capacity + (taken[last] - start) * RATE.per_s + 1e-6


def test_our_rates_stay_below_whatsapps() -> None:
    rate = number_rate(NUMBER_PER_S)
    assert rate.capacity + rate.per_s < NUMBER_PER_S
    assert PAIR.capacity < PAIR_BURST
    assert PAIR.per_s < 1 / PAIR_EVERY_S
