"""A message as it would be typed: what was spoken as words ("eins null vier", "klammeraffe") becomes signs.

Speech recognition and people who dictate write numbers as words. The recognisers look at the view only; each of its
characters knows where it stands in the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.entities.numerals import number

_WORD = re.compile(r"[^\W\d_]+|\d+|\S", re.UNICODE)
#: Articles, verbs ("sie hat acht gegeben") and numbers alike: alone they are left as words.
_ALSO_WORDS = frozenset({"ein", "acht", "sieben"})
#: Alone, a number word is written as digits only before one of these.
_UNITS = frozenset(
    {"euro", "eur", "€", "kwh", "kilowattstunden", "kilowattstunde", "kubik", "kubikmeter", "kubikmetern", "cbm", "m³",
     "m3", "komma"}
)  # fmt: skip
#: From here on, a number word alone is written as digits: nobody uses such numbers as a manner of speaking.
_LARGE = 1000
_SIGNS = {"raute": "#", "klammeraffe": "@", "schrägstrich": "/"}
#: How many words in a row are a number that is being read aloud, digit by digit or in pairs.
_SHORTEST_RUN = 3


@dataclass(frozen=True)
class View:
    """The text to search, and for each of its characters the place in the message it comes from."""

    text: str
    message: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where what lies from `start` to `end` in the view lies in the message."""
        return self.starts[start], self.ends[end - 1]

    def typed(self, start: int, end: int) -> str:
        """The words of the message there."""
        begin, finish = self.span(start, end)
        return self.message[begin:finish]


def view_of(message: str) -> View:
    """Build the view; a message without number words is its own view."""
    tokens = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(message)]
    text, starts, ends = [], [], []
    done = place = 0

    def keep(upto: int) -> None:
        for index in range(done, upto):
            text.append(message[index])
            starts.append(index)
            ends.append(index + 1)

    while place < len(tokens):
        taken, written = _spoken(tokens, place, message)
        if not taken:
            place += 1
            continue
        start, end = tokens[place][1], tokens[place + taken - 1][2]
        keep(start)
        for sign in written:
            text.append(sign)
            starts.append(start)
            ends.append(end)
        done = end
        place += taken
    keep(len(message))
    return View("".join(text), message, tuple(starts), tuple(ends))


_Token = tuple[str, int, int]


def _spoken(tokens: list[_Token], place: int, message: str) -> tuple[int, str]:
    """How many tokens from `place` on are something spoken, and how that is written; (0, "") for anything else."""
    word = tokens[place][0].lower()
    if word in _SIGNS:
        return 1, _SIGNS[word]
    if number(word) is None:
        return 0, ""
    run = 1
    while place + run < len(tokens) and _follows(tokens, place + run, message):
        run += 1
    values = [number(token.lower()) for token, _, _ in tokens[place : place + run]]
    if run >= _SHORTEST_RUN or (run > 1 and all(value is not None and value > 9 for value in values)):
        return run, "".join(str(value) for value in values)
    after = tokens[place + run][0].lower() if place + run < len(tokens) else ""
    if run > 1 and after in _UNITS:
        return run, "".join(str(value) for value in values)
    if run == 1 and (after in _UNITS or (values[0] or 0) >= _LARGE) and word not in {"eins"}:
        return 1, str(values[0])
    before = tokens[place - 1][0].lower() if place else ""
    if before == "komma" and word not in _ALSO_WORDS:
        return run, "".join(str(value) for value in values)
    return 0, ""


def _follows(tokens: list[_Token], place: int, message: str) -> bool:
    """Whether this token goes on with a number read aloud: only blanks or a comma between."""
    between = message[tokens[place - 1][2] : tokens[place][1]]
    return number(tokens[place][0].lower()) is not None and between.strip(" ,") == "" and bool(between)
