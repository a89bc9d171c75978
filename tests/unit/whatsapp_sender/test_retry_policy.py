"""How long what passes is tried again."""

from datetime import timedelta

from handoff_bridge.outbox.dispatcher import RetryPolicy

POLICY = RetryPolicy(first_wait_s=1.0, longest_wait_s=300.0, give_up_after=timedelta(hours=2))


def test_the_waits_grow_up_to_the_longest_one() -> None:
    waits = [POLICY.wait_s(attempts) for attempts in (0, 1, 2, 3, 100)]
    assert all(0.75 * wanted <= wait <= 1.25 * wanted for wait, wanted in zip(waits, (1, 2, 4, 8, 300), strict=True))


def test_it_is_given_up_after_the_time_that_was_spent_trying() -> None:
    # 1 + 2 + 4 + … + 256 seconds are 9 attempts; 23 more of 300 seconds are beyond two hours.
    assert not POLICY.is_over(0)
    assert not POLICY.is_over(31)
    assert POLICY.is_over(32)
