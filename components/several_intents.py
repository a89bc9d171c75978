"""Notices several requests in one message ("Wo ist mein Paket, und wie bekomme ich die Rechnung?").

The message is cut in two at each place where a new thought may begin; when both sides, read on their own, clearly want
different things, it holds several requests. Complaints, thanks and the like stand beside a request and do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

#: Where a new thought may begin: the end of a sentence, a comma, "und", "außerdem".
_CUTS = re.compile(
    r"[.!?;\n]+\s+|,\s+|\s[-–—+&/]+\s"
    r"|\s+(?=(?:und|sowie|außerdem|ausserdem|zusätzlich|desweiteren|nebenbei|zweitens|plus|oder)\b)",
    re.IGNORECASE,
)
#: Said where something new is asked for; without one of these two sides have to be surer of what they want.
_SECOND = re.compile(
    r"^\W*(?:(?:und|ach|ja|dann|so)\s+)*(?:auch|noch|gleich|außerdem|ausserdem|zusätzlich|desweiteren|nebenbei|zweitens|"
    r"weiterhin|ferner|übrigens|wie|was|wo|wann|warum|wieso|welche\w*|kann|könn\w*|bitte|ich möchte|ich will|ich hätte|"
    r"brauche?|hätte|schick\w*|gibt|haben sie|habt ihr|2\.|b\))\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"^(?:und|oder|sowie)\s+", re.IGNORECASE)
_SHORTEST_WORDS = 2
_MOST_CUTS = 12
#: What a side without the beginning of a new request counts.
_WITHOUT_SECOND = 0.75

Probabilities = Callable[[Sequence[str]], np.ndarray]


class SeveralIntents:
    """Looks at both sides of each cut of a message."""

    def __init__(self, probabilities: Probabilities, intents: Sequence[str], beside: set[str]) -> None:
        """`probabilities`: of texts, shape (texts, intents); `beside`: intents that are no second request."""
        self._probabilities = probabilities
        self._intents = intents
        self._counting = np.array([intent not in beside for intent in intents], dtype=bool)

    def find(self, text: str, threshold: float) -> list[tuple[str, float]]:
        """The requests with their confidence, in the order they stand; empty when there is only one."""
        score, found = self.best(text)
        return found if score >= threshold else []

    def best(self, text: str) -> tuple[float, list[tuple[str, float]]]:
        """The score of the most convincing cut, 0 to 1, and its two requests."""
        sides = [
            (left, right)
            for left, right in _sides(text)
            if len(left.split()) >= _SHORTEST_WORDS and len(right.split()) >= _SHORTEST_WORDS
        ][:_MOST_CUTS]
        if not sides:
            return 0.0, []
        rows = self._probabilities([side for pair in sides for side in pair])
        best: tuple[float, list[tuple[str, float]]] = (0.0, [])
        for at, (_, right) in enumerate(sides):
            first, second = rows[2 * at], rows[2 * at + 1]
            one, other = int(first.argmax()), int(second.argmax())
            if one == other or not (self._counting[one] and self._counting[other]):
                continue
            # How sure both are, and that neither might mean what the other one does.
            score = min(float(first[one] - first[other]), float(second[other] - second[one]))
            if not _SECOND.match(right):
                score *= _WITHOUT_SECOND
            if score > best[0]:
                best = (
                    score,
                    [(self._intents[one], float(first[one])), (self._intents[other], float(second[other]))],
                )
        return best


def _sides(text: str) -> list[tuple[str, str]]:
    return [
        (text[: cut.start()].strip(), _JOINED.sub("", text[cut.end() :].strip()))
        for cut in _CUTS.finditer(text)
        if text[: cut.start()].strip() and text[cut.end() :].strip()
    ]
