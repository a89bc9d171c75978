"""Signs of annoyance in a message and kinds of the turn before, by the expressions of `frustration_cues.yml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("frustration_cues.yml")

_WORDS = re.compile(r"[^\W\d_]+")
#: Shorter words in capitals are names of things: USB, SEPA, DHL.
_SHORTEST_SHOUT = 4
_LONGEST_FOUND = 40
_LENGTHS = (1, 2, 4, 8, 15, 25, 40)
#: From this share of shouted words on, somebody may just like capitals.
_ALL_SHOUTED = 0.9


@dataclass(frozen=True)
class Sign:
    """`cue`: what an agent reads about it, None when it is only weighed."""

    name: str
    cue: str | None
    patterns: tuple[re.Pattern[str], ...]

    def find(self, lowered: str) -> str | None:
        """What stands there, None when nothing does."""
        for pattern in self.patterns:
            if found := pattern.search(lowered):
                return found[0].strip()
        return None


def message_signs(text: str) -> dict[str, str]:
    """The signs of a message by name, each with what stood there."""
    lowered = text.lower().replace("\u2019", "'")
    found = {sign.name: seen for sign in _known()[0] if (seen := sign.find(lowered)) is not None}
    words = _WORDS.findall(text)
    long_words = [word for word in words if len(word) >= _SHORTEST_SHOUT]
    shouted = [word for word in long_words if word.isupper()]
    if shouted and len(shouted) < _ALL_SHOUTED * len(long_words):
        found["shouting"] = shouted[0]
    elif shouted:
        found["capitals"] = shouted[0]
    found[f"length_{sum(len(words) > most for most in _LENGTHS)}"] = ""
    return found


def turn_kinds(context: str) -> list[str]:
    """What the turn before was like; `none` when there was none."""
    lowered = context.lower()
    if not lowered.strip():
        return ["none"]
    kinds = [name for name, patterns in _known()[1].items() if any(pattern.search(lowered) for pattern in patterns)]
    return kinds or ["other"]


def together(signs: dict[str, str], kinds: list[str]) -> list[str]:
    """Signs, kinds and every pair of both, as terms."""
    pairs = (f"{kind} > {sign}" for kind, sign in product(kinds, signs))
    return [*signs, *(f"before {kind}" for kind in kinds), *pairs]


def cues(signs: dict[str, str]) -> list[str]:
    """What an agent reads about the signs of a message, in German."""
    return [
        sign.cue.format(found=signs[sign.name][:_LONGEST_FOUND])
        for sign in _known()[0]
        if sign.cue is not None and sign.name in signs
    ]


@cache
def _known() -> tuple[tuple[Sign, ...], dict[str, tuple[re.Pattern[str], ...]]]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    signs = tuple(Sign(name, sign.get("cue"), _compiled(sign["patterns"])) for name, sign in loaded["signs"].items())
    return signs, {name: _compiled(patterns) for name, patterns in loaded["before"].items()}


def _compiled(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
