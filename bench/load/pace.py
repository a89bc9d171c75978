"""When the next message goes out: at once after the last (closed), or on a schedule (paced)."""

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
#: Keeps the ids of one run's messages apart from those of another run on the same conversations.
RUN = secrets.token_hex(4)


@dataclass(slots=True)
class Record:
    """Delays of what was completed within the measured time, in seconds, and how much that was."""

    begin: float = 0.0
    end: float = float("inf")
    delays: list[float] = field(default_factory=list)

    def add(self, due: float, now: float) -> None:
        if self.begin <= now < self.end:
            self.delays.append(now - due)

    def result(self) -> Json:
        return {
            "per_s": len(self.delays) / (self.end - self.begin),
            "count": len(self.delays),
            "delays_ms": [round(delay * 1000, 3) for delay in self.delays],
        }


@dataclass(frozen=True, slots=True)
class Schedule:
    """``rate`` messages a second over ``places``, evenly; without a rate each place goes on at once."""

    places: int
    rate: float | None
    started: float

    def due(self, place: int, number: int, now: float) -> float:
        """When this place's message of this number should go out; delays count from here."""
        if self.rate is None:
            return now
        period = self.places / self.rate
        return self.started + (number + place / self.places) * period


def window(record: Record, job: Json) -> tuple[float, float]:
    """Set the measured time: after a warm-up, for a duration. Returns both moments of the loop's clock."""
    begin = asyncio.get_running_loop().time() + job["warm_up_s"]
    record.begin, record.end = begin, begin + job["duration_s"]
    return record.begin, record.end
