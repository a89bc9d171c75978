"""Token buckets: how much may be sent, and when the next may go."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

#: No block lasts longer than this, however often the channel has said so.
LONGEST_BLOCK_S = 3600.0


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``capacity`` at once, and ``per_s`` more each second."""

    capacity: float
    per_s: float


@dataclass(frozen=True, slots=True)
class Bucket:
    tokens: float
    at: datetime
    blocked_until: datetime | None = None
    strikes: int = 0
    error_code: int | None = None

    @classmethod
    def full(cls, rate: Rate, now: datetime) -> "Bucket":
        return cls(rate.capacity, now)

    def refilled(self, rate: Rate, now: datetime) -> "Bucket":
        """What has gathered until ``now``; a clock that goes back takes nothing away and gives nothing."""
        since_s = max(0.0, (now - self.at).total_seconds())
        return replace(self, tokens=min(rate.capacity, self.tokens + since_s * rate.per_s), at=max(now, self.at))

    def ready_at(self, rate: Rate, now: datetime) -> datetime:
        """When the next token can be taken; ``now`` or earlier means at once. Takes a bucket refilled for ``now``."""
        ready = now if self.tokens >= 1 else now + timedelta(seconds=(1 - self.tokens) / rate.per_s)
        return max(ready, self.blocked_until) if self.blocked_until else ready

    def taken(self, count: float = 1.0) -> "Bucket":
        """May go below nothing: what was not ours to decide counts too."""
        return replace(self, tokens=self.tokens - count)

    def struck(self, now: datetime, base_s: float, factor: float, code: int | None) -> "Bucket":
        """The channel has said no: block for ``base_s * factor ** n`` at the n-th time in a row, counted from 0."""
        block_s = min(base_s * factor ** min(self.strikes, 30), LONGEST_BLOCK_S)
        return replace(self, blocked_until=now + timedelta(seconds=block_s), strikes=self.strikes + 1, error_code=code)

    def cleared(self) -> "Bucket":
        """The channel has said yes."""
        return replace(self, blocked_until=None, strikes=0, error_code=None)
