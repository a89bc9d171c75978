"""Notices several requests in one message ("Wo ist mein Paket, und wie bekomme ich die Rechnung?").

At each place where a new thought may begin (`components.message_cuts`) the message is cut in two. Both sides and the
segments around the cut are classified by themselves, and a small learned rule (`components.joined_lines` teaches it)
says how probable it is that here two different requests meet: a story around one request sounds like others, too.
Each side is looked at again, so that three requests are found. Complaints, thanks and the like stand beside a request
and do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from components.message_cuts import MARKS, Cut, marks, segments_and_cuts

Probabilities = Callable[[Sequence[str]], np.ndarray]

#: How deep sides are cut again: three requests need one more look, four may need two.
_DEEPEST = 2
_LEAST = 1e-4
#: At how many cuts of a message whole sides are read, and how clear their segments have to be for it.
_MOST_READ = 4
_LEAST_CLEAR = 0.02
#: How many numbers the rule looks at.
FEATURES = 20 + 4 + MARKS


class RuleState(TypedDict):
    """A learned rule as JSON: weights of the features, the rest beside them."""

    weights: list[float]
    bias: float
    threshold: float
    confused: list[list[float]]


@dataclass(frozen=True)
class Rule:
    """How probable several requests are: a logistic model.

    `weights`: shape (features,); `threshold`: the probability from which on a message holds several requests.
    `confused`: shape (intents, intents), how probable the second is taken to be in messages of the first.
    """

    weights: np.ndarray
    bias: float
    threshold: float
    confused: np.ndarray

    def probability(self, features: np.ndarray) -> np.ndarray:
        """Of rows of features, shape (rows,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.bias))))

    def state(self) -> RuleState:
        """What was learned, fit for JSON."""
        return {
            "weights": [round(float(weight), 5) for weight in self.weights],
            "bias": round(self.bias, 5),
            "threshold": round(self.threshold, 5),
            "confused": [[round(float(share), 5) for share in row] for row in self.confused],
        }

    @classmethod
    def from_state(cls, state: RuleState) -> Rule:
        """The inverse of `state`."""
        return cls(
            np.array(state["weights"]), float(state["bias"]), float(state["threshold"]), np.array(state["confused"])
        )


@dataclass(frozen=True)
class Meeting:
    """Two requests that may meet at a cut: columns of intents with their probabilities, and what the rule looks at."""

    cut: Cut
    first: tuple[int, float]
    second: tuple[int, float]
    features: np.ndarray


class SeveralIntents:
    """Looks at the cuts of a message."""

    def __init__(self, probabilities: Probabilities, intents: Sequence[str], beside: set[str], rule: Rule) -> None:
        """`probabilities`: of texts, shape (texts, intents); `beside`: intents that are no second request."""
        self._probabilities = probabilities
        self._intents = intents
        self._counting = np.array([intent not in beside for intent in intents], dtype=bool)
        self._rule = rule

    def find(self, text: str) -> list[tuple[str, float]]:
        """The requests with their confidence, in the order they stand; empty when there is only one."""
        found: dict[int, float] = {}
        for intent, confidence in self._within(text, 0):
            found[intent] = max(confidence, found.get(intent, 0.0))
        if len(found) < 2:
            return []
        return [(self._intents[intent], confidence) for intent, confidence in found.items()]

    def score(self, text: str) -> float:
        """How probable it is that a message holds several requests, 0 to 1."""
        met = meetings([text], self._probabilities, self._counting, self._rule.confused)[0]
        if not met:
            return 0.0
        return float(self._rule.probability(np.stack([meeting.features for meeting in met])).max())

    def _within(self, text: str, depth: int) -> list[tuple[int, float]]:
        met = meetings([text], self._probabilities, self._counting, self._rule.confused)[0]
        if not met:
            return []
        scores = self._rule.probability(np.stack([meeting.features for meeting in met]))
        best = int(scores.argmax())
        if scores[best] < self._rule.threshold:
            return []
        meeting = met[best]
        if depth == _DEEPEST:
            return [meeting.first, meeting.second]
        left = self._within(meeting.cut.left, depth + 1) or [meeting.first]
        return [*left, *(self._within(meeting.cut.right, depth + 1) or [meeting.second])]


def meetings(
    texts: Sequence[str], probabilities: Probabilities, counting: np.ndarray, confused: np.ndarray
) -> list[list[Meeting]]:
    """For each message the cuts at which two different requests may meet, with what the rule looks at.

    `counting`: shape (intents,), whether an intent may be one of several requests. All messages are read at once, for
    reading few texts takes nearly as long as reading many.
    """
    split = [segments_and_cuts(text) for text in texts]
    wholes = [[text, *segments] if cuts else [] for text, (segments, cuts) in zip(texts, split, strict=True)]
    of_pieces = _read(wholes, probabilities)
    chosen = [
        _likeliest(cuts, rows[1:] * counting) if cuts else [] for (_, cuts), rows in zip(split, of_pieces, strict=True)
    ]
    of_sides = _read([[side for cut in cuts for side in (cut.left, cut.right)] for cuts in chosen], probabilities)
    met = []
    for (segments, _), rows, cuts, sides in zip(split, of_pieces, chosen, of_sides, strict=True):
        found = [
            _meeting(cut, segments, rows, sides[2 * at : 2 * at + 2], counting, confused) for at, cut in enumerate(cuts)
        ]
        met.append([meeting for meeting in found if meeting is not None])
    return met


def _read(groups: Sequence[Sequence[str]], probabilities: Probabilities) -> list[np.ndarray]:
    """The probabilities of groups of texts; of an empty group, no rows."""
    texts = [text for group in groups for text in group]
    rows = probabilities(texts) if texts else np.zeros((0, 0))
    ends = np.cumsum([len(group) for group in groups])
    return list(np.split(rows, ends[:-1]))


def _meeting(
    cut: Cut, segments: list[str], rows: np.ndarray, sides: np.ndarray, counting: np.ndarray, confused: np.ndarray
) -> Meeting | None:
    whole, pieces = rows[0], rows[1:]
    # A side is what all of it says, and what its clearest segment says.
    left, right = _side(sides[0], pieces[: cut.at]), _side(sides[1], pieces[cut.at :])
    one, other = int(left.argmax()), int(right.argmax())
    if one == other or not (counting[one] and counting[other]):
        return None
    looks = _confidences(whole, pieces, cut.at, (sides[0], sides[1]), (one, other))
    known = float(np.log(max(confused[one, other], confused[other, one], 1e-3)))
    lengths = [np.log(len(cut.left.split())), np.log(len(cut.right.split())), np.log(len(segments))]
    features = np.array([*looks, known, *lengths, *marks(cut, segments)])
    return Meeting(cut, (one, float(left[one])), (other, float(right[other])), features)


def _likeliest(cuts: list[Cut], pieces: np.ndarray) -> list[Cut]:
    """The cuts on whose sides segments want different things most clearly, in their order.

    `pieces`: probabilities of the segments, shape (segments, intents). Reading whole sides takes most of the time.
    """
    scored = []
    for cut in cuts:
        left, right = pieces[: cut.at].max(axis=0), pieces[cut.at :].max(axis=0)
        one, other = int(left.argmax()), int(right.argmax())
        if one == other:
            # The same on both sides: what else might one of them want?
            rest_left, rest_right = np.delete(left, one).max(), np.delete(right, other).max()
            score = max(float(left[one] * rest_right), float(right[other] * rest_left))
        else:
            score = float(left[one] * right[other])
        scored.append((score, cut))
    best = sorted(scored, key=lambda pair: -pair[0])[:_MOST_READ]
    return sorted((cut for score, cut in best if score >= _LEAST_CLEAR), key=lambda cut: cut.at)


def _side(side: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    clearest = pieces[int(pieces.max(axis=1).argmax())]
    return np.asarray(0.7 * side + 0.3 * clearest)


def _confidences(
    whole: np.ndarray, pieces: np.ndarray, at: int, sides: tuple[np.ndarray, np.ndarray], pair: tuple[int, int]
) -> list[float]:
    one, other = pair
    left, right = sides
    near, further = pieces[at - 1], pieces[at]
    margins = [left[one] - left[other], right[other] - right[one]]
    top = int(whole.argmax())
    return [
        *(float(np.log(left[one] + _LEAST)), float(np.log(right[other] + _LEAST))),
        *(float(np.log(left[other] + _LEAST)), float(np.log(right[one] + _LEAST))),
        *(float(margins[0]), float(margins[1]), float(min(margins))),
        *(float(near[one]), float(near[other]), float(further[other]), float(further[one])),
        float(min(pieces[:at, one].max(), pieces[at:, other].max())),
        float(max(pieces[:at, other].max(), pieces[at:, one].max())),
        *(float(whole.max()), float(whole[one]), float(whole[other]), float(min(whole[one], whole[other]))),
        float(np.log(whole[one] + whole[other] + _LEAST)),
        *(float(top == one), float(top == other)),
    ]
