"""Opening hours in local time, with the holidays of the federal state."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff_bridge.conversations.opening import HORIZON_DAYS, Opening
from tests.unit.samples import hours

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def local(year: int, month: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """A time on a clock in Germany, given to the code as UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=BERLIN).astimezone(UTC)


def always(*spans: str, state: str = "NW") -> Opening:
    return Opening(hours({day: list(spans) for day in EVERY_DAY}, state))


def test_a_span_includes_its_start_and_excludes_its_end() -> None:
    opening = always("08:00-20:00")
    assert not opening.is_open(local(2026, 11, 23, 7, 59, 59))
    assert opening.is_open(local(2026, 11, 23, 8))
    assert opening.is_open(local(2026, 11, 23, 19, 59, 59))
    assert not opening.is_open(local(2026, 11, 23, 20))


def test_a_lunch_break_is_closed_and_ends_the_same_day() -> None:
    opening = always("08:00-12:00", "13:00-18:00")
    noon = local(2026, 11, 23, 12, 30)
    assert not opening.is_open(noon)
    assert opening.next_opening(noon) == local(2026, 11, 23, 13)


def test_the_order_of_the_spans_in_the_file_does_not_matter() -> None:
    opening = always("13:00-18:00", "08:00-12:00")
    assert opening.next_opening(local(2026, 11, 23, 6)) == local(2026, 11, 23, 8)


def test_24_oclock_is_the_end_of_the_day() -> None:
    opening = always("00:00-24:00")
    assert opening.is_open(local(2026, 11, 23, 23, 59, 59))
    assert opening.is_open(local(2026, 11, 24, 0))


def test_a_holiday_of_the_federal_state_is_closed_and_elsewhere_it_is_not() -> None:
    corpus_christi = local(2026, 6, 4)
    assert not always("08:00-20:00", state="NW").is_open(corpus_christi)
    assert always("08:00-20:00", state="BE").is_open(corpus_christi)


def test_a_national_holiday_is_closed_everywhere() -> None:
    unity = local(2026, 10, 3)
    assert not always("08:00-20:00", state="BE").is_open(unity)
    assert not always("08:00-20:00", state="BY").is_open(unity)


def test_the_next_opening_leaps_over_weekend_and_holiday() -> None:
    opening = Opening(hours({"fri": ["08:00-20:00"], "mon": ["08:00-20:00"], "tue": ["09:00-20:00"]}))
    # Good Friday, Easter Sunday and Easter Monday 2026; the Tuesday after is the first day.
    assert opening.next_opening(local(2026, 4, 2, 21)) == local(2026, 4, 7, 9)


def test_an_opening_that_has_begun_is_not_the_next_one() -> None:
    opening = always("08:00-20:00")
    assert opening.next_opening(local(2026, 11, 23, 8)) == local(2026, 11, 24, 8)
    assert opening.next_opening(local(2026, 11, 23, 7, 59)) == local(2026, 11, 23, 8)


@pytest.mark.parametrize(
    ("evening", "morning"),
    [
        (datetime(2026, 3, 28, 20, 0, tzinfo=UTC), datetime(2026, 3, 29, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 7, 0, tzinfo=UTC)),
    ],
)
def test_eight_oclock_stays_eight_oclock_when_the_clocks_change(evening: datetime, morning: datetime) -> None:
    opening = always("08:00-20:00")
    assert opening.next_opening(evening) == morning
    assert not opening.is_open(morning - timedelta(seconds=1))
    assert opening.is_open(morning)


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    opening = always("02:00-03:00")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert opening.is_open(first)
    assert opening.is_open(first + timedelta(hours=1))
    assert not opening.is_open(first + timedelta(hours=2))


def test_a_company_that_is_never_open_has_no_next_opening() -> None:
    never = Opening(hours({}))
    assert not never.is_open(local(2026, 11, 23))
    assert never.next_opening(local(2026, 11, 23)) is None


def test_an_answer_comes_for_every_day_of_two_years() -> None:
    opening = Opening(hours({day: ["08:00-20:00"] for day in EVERY_DAY[:5]}))
    now = local(2026, 1, 1)
    for _ in range(2 * 365):
        following = opening.next_opening(now)
        assert following is not None
        assert now < following <= now + timedelta(days=HORIZON_DAYS)
        assert opening.is_open(following)
        now += timedelta(days=1)
