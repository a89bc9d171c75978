"""How long a failed turn waits before it is tried again."""

from itertools import pairwise

import pytest

from handoff_bridge.conversations.turns import RetryPolicy

POLICY = RetryPolicy()


def test_the_first_retry_comes_soon_and_each_wait_is_at_least_as_long_as_the_one_before() -> None:
    waits = [POLICY.wait_s(attempts) for attempts in range(1, POLICY.max_attempts + 1)]
    assert waits[0] == 0.5
    assert all(longer >= shorter for shorter, longer in pairwise(waits))


def test_no_wait_is_longer_than_the_longest() -> None:
    assert max(POLICY.wait_s(attempts) for attempts in range(1, 100)) == POLICY.longest_wait_s


@pytest.mark.parametrize("attempts", [1, 1_025, 100_000])
def test_a_wait_is_known_however_often_a_turn_was_tried(attempts: int) -> None:
    assert 0 < POLICY.wait_s(attempts) <= POLICY.longest_wait_s


def test_all_attempts_together_outlast_a_restart_of_the_bot() -> None:
    # Half a minute is what a start with a trained model takes at least.
    assert sum(POLICY.wait_s(attempts) for attempts in range(1, POLICY.max_attempts)) > 30
    assert POLICY.give_up_after_s > 30
