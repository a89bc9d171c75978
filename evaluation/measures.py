"""Figures of answers: how often they are right, how well their confidence says so, and what a threshold does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

OUT_OF_SCOPE = "out_of_scope"
_BINS = 10


@dataclass(frozen=True)
class Answers:
    """What was answered to messages. `right`: the intents that count as right, by message."""

    texts: list[str]
    right: list[tuple[str, ...]]
    intents: list[str]
    #: Shape (messages, intents).
    probabilities: np.ndarray

    @property
    def first(self) -> list[str]:
        """The most probable intent of each message."""
        return [self.intents[at] for at in self.probabilities.argmax(axis=1)]

    @property
    def hits(self) -> np.ndarray:
        """Whether the first answer is right, shape (messages,)."""
        return np.array([first in right for first, right in zip(self.first, self.right, strict=True)], dtype=bool)

    def accuracy(self) -> float:
        """The share of messages whose first answer is right."""
        return float(self.hits.mean())

    def among(self, size: int) -> float:
        """The share of messages whose right answer is among the first `size`."""
        order = np.argsort(-self.probabilities, axis=1)[:, :size]
        return float(
            np.mean(
                [any(self.intents[at] in right for at in row) for row, right in zip(order, self.right, strict=True)]
            )
        )

    def macro_f1(self) -> float:
        """The mean of the intents' F1, over intents that occur."""
        wanted, given = Counter(right[0] for right in self.right), Counter(self.first)
        hits = Counter(right[0] for right, hit in zip(self.right, self.hits, strict=True) if hit)
        return float(np.mean([2 * hits[intent] / (wanted[intent] + given[intent]) for intent in wanted]))

    def part(self, chosen: Sequence[bool] | np.ndarray) -> Answers:
        """The answers to some of the messages."""
        at = np.flatnonzero(np.asarray(chosen))
        return Answers(
            [self.texts[row] for row in at], [self.right[row] for row in at], self.intents, self.probabilities[at]
        )

    def confused(self) -> Counter[tuple[str, str]]:
        """How often one intent was taken for another: {(right, answered): messages}."""
        pairs = zip(self.right, self.first, self.hits, strict=True)
        return Counter((right[0], first) for right, first, hit in pairs if not hit)


@dataclass(frozen=True)
class Bin:
    """Answers of similar confidence: its mean, the share of right ones, how many there are."""

    confidence: float
    right: float
    count: int


def calibration(answers: Answers) -> list[Bin]:
    """Ten bins of equal width; empty ones are left out."""
    confidence, hits = answers.probabilities.max(axis=1), answers.hits
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    return [
        Bin(float(confidence[bins == at].mean()), float(hits[bins == at].mean()), int((bins == at).sum()))
        for at in range(_BINS)
        if (bins == at).any()
    ]


def calibration_error(answers: Answers) -> float:
    """Expected calibration error: by how much confidence and share of right answers differ, weighted by how many."""
    return sum(one.count * abs(one.confidence - one.right) for one in calibration(answers)) / len(answers.texts)


@dataclass(frozen=True)
class FallbackPoint:
    """What a threshold does: shares of messages in scope that are kept, of right ones among them, of others caught."""

    threshold: float
    kept: float
    right_of_kept: float
    caught: float


def fallback_curve(answers: Answers, thresholds: Sequence[float]) -> list[FallbackPoint]:
    """A message is caught when it is taken for out of scope or no intent is probable enough."""
    confidence, first = answers.probabilities.max(axis=1), np.array(answers.first)
    outside = np.array([OUT_OF_SCOPE in right for right in answers.right], dtype=bool)
    points = []
    for threshold in thresholds:
        caught = (confidence < threshold) | (first == OUT_OF_SCOPE)
        kept = ~caught & ~outside
        points.append(
            FallbackPoint(
                threshold,
                float((~caught[~outside]).mean()) if (~outside).any() else 0.0,
                float(answers.hits[kept].mean()) if kept.any() else 0.0,
                float(caught[outside].mean()) if outside.any() else 0.0,
            )
        )
    return points
