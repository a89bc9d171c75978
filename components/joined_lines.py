"""Teaches the rule of `components.several_intents` from the training lines: joined ones hold two requests, others one.

A model that knows half of the lines reads the other half, so that the rule learns from confidences as they are with
messages that nobody has seen. Joined in the ways customers join: with "und" and "außerdem", as sentences, as a list,
without any mark. Joins of two lines of one intent, or with a courtesy or complaint, hold one request, and so does a
story before a request: no connective decides by itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from components.linear_model import fit_temperature, softmax
from components.message_cuts import asks, only_tells, segments_and_cuts
from components.several_intents import FEATURES, Meeting, Rule, meetings

_SEED = 11
#: How many messages of each sort are made; so it takes a few seconds whatever the number of lines.
_JOINS = 1000
_SAME = 250
_SINGLES = 900
_LONG_WORDS = 14
#: Parts of a join are rarely as long as a whole message.
_LONGEST_PART = 24
#: The share of single lines, most of them long, that may be taken for several requests.
_FALSE_SHARE = 0.04
_RULE_PENALTY = 0.3
_TOLERANCE = 0.1
_FEWEST_INTENTS = 3
#: Of each intent that many lines are learned at most, and as many asked.
_MOST_LINES = 60
_STORIES = 350
_STORY_WORDS = 4
_KEYWORDS = 5
_INDIRECT_SHARE = 0.3
_THREE_SHARE = 0.2
_LISTED_SHARE = 0.05
_SENTENCES_SHARE = 0.45

#: Rows of features of texts.
Features = Callable[[Sequence[str]], csr_matrix]

#: How a second request is joined, the most usual ones several times.
_SENTENCES = (". ", ". ", ". ", "! ", "? ", "\n", ". Außerdem: ", ". Noch was: ", ". Zudem: ", ". Übrigens, ", ". PS: ")
_CLAUSES = (
    *(" und ", " und ", " und ", ", ", ", ", ", und ", ", außerdem ", " ausserdem ", " außerdem ", " achja "),
    *(", ach ja und ", " - ", " / ", " + ", " ", " ", " und dann noch ", " und noch was ", " sowie ", "; "),
    *(" und auch ", "... ", " btw ", "? ", ". "),
)
_BEGINNING = (".", "!", "?", "\n")
_END = re.compile(r"[\s.!,;…]+$")


@dataclass(frozen=True)
class Join:
    """A message made of lines. `ends`: how many letters stand before the end of each line but the last one."""

    text: str
    intents: tuple[str, ...]
    ends: tuple[int, ...]


def joined(lines: Sequence[tuple[str, str]], chance: random.Random) -> Join:
    """Lines (text, intent) as one message."""
    listed = chance.random() < _LISTED_SHARE
    text, ends = ("1. " if listed else ""), []
    for number, (line, _) in enumerate(lines, start=1):
        part = line.strip() if number == len(lines) else _END.sub("", line.strip()) or line.strip()
        if number > 1:
            ends.append(_letters(text))
            link = f" {number}. " if listed else _link(text, chance)
            begins = listed or link.startswith(_BEGINNING) or text.endswith("?")
            text += link
            part = part if begins else part[:1].lower() + part[1:]
        text += part
    return Join(text, tuple(intent for _, intent in lines), tuple(ends))


def _link(text: str, chance: random.Random) -> str:
    link = chance.choice(_SENTENCES if chance.random() < _SENTENCES_SHARE else _CLAUSES)
    # After a question mark no other mark follows.
    return (link.lstrip(".!?,;") or " ") if text.endswith("?") else link


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def learned_rule(
    texts: Sequence[str], intents: Sequence[str], beside: set[str], penalty: float, features: Features
) -> Rule:
    """The rule for the columns of `sorted(set(intents))`.

    `features` turns texts into rows of one width; `penalty`: the C of the machines.
    """
    chance = random.Random(_SEED)
    names = sorted(set(intents))
    labels = np.array([names.index(intent) for intent in intents])
    known, asked = _halves(labels, chance)
    counting = np.array([name not in beside for name in names])
    if len(set(labels[known])) < _FEWEST_INTENTS or not len(asked):
        return silent_rule(len(names))
    weights, bias = _machine(features([texts[at] for at in known]), labels[known], len(names), penalty)
    margins = features([texts[at] for at in asked]) @ weights + bias
    temperature = fit_temperature(margins, labels[asked])

    def probabilities(messages: Sequence[str]) -> np.ndarray:
        return softmax((features(messages) @ weights + bias) * temperature)

    confused = _confusion(softmax(margins * temperature), labels[asked])
    lines = [(texts[at], intents[at]) for at in asked]
    wanted, told, singles = _messages(lines, beside, chance)
    met = meetings([*(join.text for join in wanted), *told], probabilities, counting, confused)
    yes = [
        meeting for join, found in zip(wanted, met, strict=False) for meeting in found if _fits(meeting, join, names)
    ]
    no = met[len(wanted) :]
    if not yes or not any(no):
        return silent_rule(len(names))
    return _fitted(yes, no, singles, confused)


def silent_rule(intents: int) -> Rule:
    """Takes no message for several requests: where there is nothing to learn from."""
    return Rule(np.zeros(FEATURES), 0.0, 1.0, np.zeros((intents, intents)))


def _fitted(yes: list[Meeting], single: list[list[Meeting]], singles: int, confused: np.ndarray) -> Rule:
    """`single`: meetings of messages with one request, of which the first `singles` are lines as they are."""
    no = [meeting for met in single for meeting in met]
    table = np.stack([meeting.features for meeting in [*yes, *no]])
    middle, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    machine = LogisticRegression(C=_RULE_PENALTY, class_weight="balanced", max_iter=500)
    machine.fit((table - middle) / spread, [1] * len(yes) + [0] * len(no))
    weights = machine.coef_[0] / spread
    rule = Rule(weights, float(machine.intercept_[0] - middle @ weights), 1.0, confused)
    scores = [
        float(rule.probability(np.stack([meeting.features for meeting in met])).max()) if met else 0.0
        for met in single[:singles]
    ]
    return replace(rule, threshold=float(np.quantile(scores, 1 - _FALSE_SHARE)))


def _halves(labels: np.ndarray, chance: random.Random) -> tuple[np.ndarray, np.ndarray]:
    """Of each intent one half of its lines is learned, the other one asked; an intent with a single line is learned."""
    known, asked = [], []
    for label in np.unique(labels):
        places = list(np.flatnonzero(labels == label))
        chance.shuffle(places)
        places = places[: 2 * _MOST_LINES]
        half = (len(places) + 1) // 2
        known += places[:half]
        asked += places[half:]
    return np.array(sorted(known), dtype=int), np.array(sorted(asked), dtype=int)


def _machine(rows: csr_matrix, labels: np.ndarray, intents: int, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights, shape (terms, intents), and bias; every intent has rows."""
    machine = LinearSVC(C=penalty, tol=_TOLERANCE, random_state=_SEED).fit(rows, labels)
    weights = np.zeros((rows.shape[1], intents), dtype=np.float32)
    bias = np.zeros(intents, dtype=np.float32)
    weights[:, machine.classes_] = machine.coef_.T
    bias[machine.classes_] = machine.intercept_
    return weights, bias


def _confusion(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    confused = np.zeros((probabilities.shape[1],) * 2)
    for label in np.unique(labels):
        confused[label] = probabilities[labels == label].mean(axis=0)
    return confused


def _messages(
    lines: list[tuple[str, str]], beside: set[str], chance: random.Random
) -> tuple[list[Join], list[str], int]:
    """Joins that hold several requests; messages that hold one, and how many lines as they are these begin with."""
    by_intent: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        if len(line[0].split()) <= _LONGEST_PART:
            by_intent.setdefault(line[1], []).append(line)
    asking = sorted(set(by_intent) - beside)
    courteous = sorted(set(by_intent) & beside)

    def some(intents: Sequence[str]) -> list[tuple[str, str]]:
        return [chance.choice(by_intent[intent]) for intent in intents]

    several = []
    for _ in range(_JOINS if len(asking) > 2 else 0):
        parts = some(chance.sample(asking, 3 if chance.random() < _THREE_SHARE else 2))
        # Who has several requests says them outright, or in keywords.
        if all(asks(text) or len(text.split()) <= _KEYWORDS or chance.random() < _INDIRECT_SHARE for text, _ in parts):
            several.append(joined(parts, chance))
    counting = [line for line in lines if line[1] not in beside]
    long = [text for text, _ in counting if len(text.split()) >= _LONG_WORDS]
    short = [text for text, _ in counting if len(text.split()) < _LONG_WORDS]
    single = [
        *chance.sample(long, min(len(long), _SINGLES * 2 // 3)),
        *chance.sample(short, min(len(short), _SINGLES // 3)),
    ]
    singles = len(single)
    for _ in range(_SAME if asking else 0):
        intent = chance.choice(asking)
        single.append(joined(some([intent, intent]), chance).text)
    for _ in range(_SAME // 2 if asking and courteous else 0):
        pair = some([chance.choice(asking), chance.choice(courteous)])
        single.append(joined(pair if chance.random() < 0.5 else pair[::-1], chance).text)
    stories = [part for text in long for part in _stories(text)]
    outright = [line for intent in asking for line in by_intent[intent] if asks(line[0])]
    for _ in range(_STORIES if stories and outright else 0):
        pair = [(chance.choice(stories), ""), chance.choice(outright)]
        single.append(joined(pair if chance.random() < 0.8 else pair[::-1], chance).text)
    return several, single, singles


def _stories(text: str) -> list[str]:
    """What a message tells before or after what it asks for, a sentence or half of one at a time."""
    segments, _ = segments_and_cuts(text)
    return [segment for segment in segments if only_tells(segment) and len(segment.split()) >= _STORY_WORDS]


def _fits(meeting: Meeting, join: Join, names: list[str]) -> bool:
    """Whether a meeting is where two lines were joined, and of what they are about."""
    for at, end in enumerate(join.ends):
        if _letters(meeting.cut.left) == end:
            first = {names.index(intent) for intent in join.intents[: at + 1]}
            second = {names.index(intent) for intent in join.intents[at + 1 :]}
            return meeting.first[0] in first and meeting.second[0] in second
    return False
