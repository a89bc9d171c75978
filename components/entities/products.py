"""Names of things: from a list, by the ends of German compounds, and with one mistyped letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from components.entities.found import LIKELY, Found
from components.entities.view import View

LIST = Path(__file__).with_name("products.yml")
_WORD = re.compile(
    r"(?<![\w@.])(?:e[ -](?:scooter|bike|reader)s?|smart[ -]tvs?|usb[ -]sticks?|sd[ -]karten?"
    r"|[^\W\d_]+(?:-[^\W\d_]+)*)(?![\w@])",
    re.IGNORECASE,
)
_HOUR = re.compile(
    r"(?:\d|viel|wieviel|ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\s*$", re.IGNORECASE
)
_A_NUMBER = re.compile(r"(?:nr|nummer)?[\s.:-]*(?:\+|0)\d", re.IGNORECASE)
_ENDINGS = ("", "s", "e", "n", "en", "es", "er", "ern", "se")
#: Shorter words are too near to other words to be forgiven a letter.
_SHORTEST_MISTYPED = 6
_SHORTEST_HEAD = 2
_FOLD = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class _Names(NamedTuple):
    nouns: frozenset[str]
    tails: tuple[str, ...]
    not_products: frozenset[str]
    #: What is left of each longer noun when one letter is taken out.
    shortened: frozenset[str]


@lru_cache(maxsize=1)
def _names() -> _Names:
    listed = YAML(typ="safe").load(LIST.read_text(encoding="utf-8"))
    nouns = frozenset(_fold(noun) for noun in listed["nouns"])
    long = [noun for noun in nouns if len(noun) >= _SHORTEST_MISTYPED]
    return _Names(
        nouns,
        tuple(_fold(tail) for tail in listed["tails"]),
        frozenset(_fold(word) for word in listed["not"]),
        frozenset(less for noun in long for less in _one_letter_less(noun)) | frozenset(long),
    )


def products(view: View) -> Iterator[Found]:
    """The noun as typed."""
    for found in _WORD.finditer(view.text):
        if _is_product(found[0].lower()) and not _is_no_thing(view.text, found):
            start, end = found.span()
            yield Found(start, end, "product", view.typed(start, end), LIKELY)


def _is_no_thing(text: str, found: re.Match[str]) -> bool:
    """ "gegen 17 uhr" is the hour, not the thing on the wrist; "handy 0176 …" leads to a number."""
    if found[0].lower() == "uhr":
        return _HOUR.search(text, 0, found.start()) is not None
    return found[0].lower() in ("handy", "telefon") and _A_NUMBER.match(text, found.end()) is not None


@lru_cache(maxsize=8192)
def _is_product(word: str) -> bool:
    names = _names()
    folded = _fold(word).replace(" ", "-")
    forms = {folded.removesuffix(ending) for ending in _ENDINGS if folded.endswith(ending)}
    # Kühlschränke, Uhrbänder: the plural has an umlaut that the noun has not.
    forms |= {re.sub(r"([aou])e(?=[^aeou]*$)", r"\1", form) for form in forms}
    if forms & names.not_products:
        return False
    if forms & names.nouns:
        return True
    if any(form.endswith(tail) and len(form) - len(tail) >= _SHORTEST_HEAD for form in forms for tail in names.tails):
        return True
    last = folded.rpartition("-")[2]
    if last != folded and last in names.nouns:
        return True
    return any(
        len(form) >= _SHORTEST_MISTYPED
        and form[0] in "abcdefghijklmnopqrstuvwxyz"
        and (form in names.shortened or any(less in names.shortened for less in _one_letter_less(form)))
        and _near(form, names.nouns)
        for form in (folded,)
    )


def _near(word: str, nouns: frozenset[str]) -> bool:
    """Whether a noun of about this length differs by one letter more, less or other, or two swapped ones."""
    return any(
        abs(len(noun) - len(word)) <= 1 and noun[0] == word[0] and _one_apart(word, noun)
        for noun in nouns
        if len(noun) >= _SHORTEST_MISTYPED
    )


def _one_apart(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    place = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    if one[place + 1 :] == other[place + 1 :]:
        # Another last letter is mostly another ending.
        return place < len(one) - 1
    return one[place : place + 2] == other[place : place + 2][::-1] and one[place + 2 :] == other[place + 2 :]


def _one_letter_less(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(len(word))]


def _fold(word: str) -> str:
    return word.lower().translate(_FOLD)
