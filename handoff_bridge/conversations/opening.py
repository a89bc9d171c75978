"""Opening hours with the holidays of a federal state."""

from datetime import date, datetime, timedelta

from holidays import HolidayBase, country_holidays

from handoff_bridge.business import WEEKDAYS, OpeningHours, Span

#: A company that opens on no day within this many days has no next opening to tell.
HORIZON_DAYS = 30


class Opening:
    """Answers whether people are there, and when they next are. Takes and gives aware times."""

    def __init__(self, hours: OpeningHours) -> None:
        self._hours = hours
        self._holidays: HolidayBase = country_holidays("DE", subdiv=hours.state)

    def is_open(self, now: datetime) -> bool:
        local = now.astimezone(self._hours.zone)
        return any(start <= local.time() < end for start, end in self._spans(local.date()))

    def next_opening(self, now: datetime) -> datetime | None:
        """The next start of a span after ``now`` in local time; None within the horizon: never."""
        local = now.astimezone(self._hours.zone)
        for ahead in range(HORIZON_DAYS + 1):
            day = local.date() + timedelta(days=ahead)
            for start, _ in sorted(self._spans(day)):
                opening = datetime.combine(day, start, tzinfo=self._hours.zone)
                if opening > local:
                    return opening
        return None

    def _spans(self, day: date) -> list[Span]:
        if day in self._holidays:
            return []
        return self._hours.weekly.get(WEEKDAYS[day.weekday()], [])
