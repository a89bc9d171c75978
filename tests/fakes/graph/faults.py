"""What is to go wrong with the next calls."""

import random
from collections import deque
from dataclasses import dataclass

from tests.fakes.graph.errors import GraphError

#: error: answered with ``code``; drop: the connection ends before the message is looked at; lose: the message is
#: accepted and the connection ends without an answer; hang: the same, but the caller waits in vain; garbage: accepted,
#: and the answer is no JSON; gateway: accepted, and something in between answers 502.
KINDS = ("error", "drop", "lose", "hang", "garbage", "gateway")


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    code: int = 131000

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}")

    def error(self) -> GraphError:
        return GraphError(self.code, "as the test has asked for")


class Faults:
    """Faults in a row, and one that comes by chance."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._next: deque[Fault] = deque()
        self._by_chance: list[tuple[float, Fault]] = []

    def add(self, fault: Fault, times: int = 1) -> None:
        self._next.extend([fault] * times)

    def by_chance(self, share: float, fault: Fault) -> None:
        self._by_chance.append((share, fault))

    def clear(self) -> None:
        self._next.clear()
        self._by_chance.clear()

    def take(self) -> Fault | None:
        if self._next:
            return self._next.popleft()
        for share, fault in self._by_chance:
            if self._rng.random() < share:
                return fault
        return None
