"""The fake's time: the machine's, which a test can put forward."""

import time


class FakeClock:
    def __init__(self) -> None:
        self.ahead_s = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead_s

    def advance(self, seconds: float) -> None:
        self.ahead_s += seconds
