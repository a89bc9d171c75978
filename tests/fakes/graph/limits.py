"""What may be sent when: the 24-hour window, the rate of one pair and the rate of one number."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.graph.errors import GraphError

WINDOW_S = 24 * 3600.0
#: One message in six seconds to the same customer; up to 45 at once borrow from later.
PAIR_EVERY_S, PAIR_BURST = 6.0, 45
#: Messages of one number in any second, in and out together.
NUMBER_PER_S = 80


@dataclass(slots=True)
class _Pair:
    tokens: float = PAIR_BURST
    at: float = 0.0
    last_inbound_at: float | None = None


@dataclass(slots=True)
class Limits:
    """The limits of one business number."""

    now: Callable[[], float]
    pair_every_s: float = PAIR_EVERY_S
    pair_burst: int = PAIR_BURST
    number_per_s: int = NUMBER_PER_S
    _pairs: dict[str, _Pair] = field(default_factory=dict)
    _lately: deque[float] = field(default_factory=deque)

    def received(self, user_id: str, at: float) -> None:
        """A customer's message opens the window, and counts for the number."""
        pair = self._pair(user_id)
        pair.last_inbound_at = max(at, pair.last_inbound_at or at)
        self._lately.append(self.now())

    def let_pass(self, user_id: str, seconds: float) -> None:
        """The customer has not written for this much longer."""
        pair = self._pair(user_id)
        if pair.last_inbound_at is not None:
            pair.last_inbound_at -= seconds

    def window_is_open(self, user_id: str) -> bool:
        at = self._pair(user_id).last_inbound_at
        return at is not None and self.now() - at < WINDOW_S

    def take(self, user_id: str) -> None:
        """Count one message to this customer. Raises GraphError 130429, 131056."""
        now = self.now()
        while self._lately and self._lately[0] <= now - 1.0:
            self._lately.popleft()
        if len(self._lately) >= self.number_per_s:
            raise GraphError(130429, f"more than {self.number_per_s} messages in a second", "number_rate")
        pair = self._pair(user_id)
        pair.tokens = min(self.pair_burst, pair.tokens + (now - pair.at) / self.pair_every_s)
        pair.at = now
        if pair.tokens < 1:
            raise GraphError(131056, "too many messages to this customer in a short time", "pair_rate")
        pair.tokens -= 1
        self._lately.append(now)

    def _pair(self, user_id: str) -> _Pair:
        if user_id not in self._pairs:
            self._pairs[user_id] = _Pair(self.pair_burst, self.now())
        return self._pairs[user_id]
