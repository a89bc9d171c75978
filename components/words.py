"""German words as the features see them: cut into words and sentences, folded, stemmed, and compounds taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

#: A run of letters and digits, or a run of anything else that is not blank (an emoji and "??" carry meaning too).
_WORD = re.compile(r"\w+|[^\w\s]+")
_DIGITS = re.compile(r"\d+")
#: The colour of a thumb says nothing; nor does the sign that asks for a coloured emoji.
_SKIN_COLOURS = re.compile("[\U0001f3fb-\U0001f3ff\ufe0f]")
#: The end of a sentence or line. A dot after a digit or a single letter is a date or an abbreviation.
_SENTENCE_END = re.compile(
    r"(?<=[^\W\d]{2})[.…]+(?=\s|$|[A-ZÄÖÜ])|(?<=\d{3})\.(?=\s)|(?<=\))\.(?=\s)|[!?]+|\s[-–—]+\s|\n+"
)

_SPELLINGS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
#: "ae", "oe" and "ue" as other ways to write umlauts; not in "neue", "Steuer", "Quelle", "aktuell".
_DIGRAPHS = re.compile(r"(?<![aeqt])([aou])e(?!u)")

#: The longest first: "heraus" before "her".
_SEPARABLE = (
    *("zusammen", "herunter", "zurueck", "zuruck", "zurück", "weiter", "wieder", "heraus", "runter", "durch"),
    *("nach", "frei", "raus", "rein", "ein", "aus", "auf", "vor", "bei", "mit", "her", "hin", "los", "weg"),
    *("ab", "an", "um"),
)
_ENDINGS = re.compile(
    r"(?:ungen|ung|heiten|heit|keiten|keit|lichen|licher|liches|liche|lich|isch\w{0,2}|igen|iger|iges|ige|ig)$"
)
#: What is put between the parts of a compound.
_LINKS = ("", "s", "n", "es", "en", "e")
_SHORTEST_COMPOUND = 8
_SHORTEST_PART = 4


def fold(text: str) -> str:
    """Lower case, and every number as one sign: which number it is says nothing about what is wanted."""
    return _DIGITS.sub("0", _SKIN_COLOURS.sub("", text.lower()))


def words_of(text: str) -> list[str]:
    """The words and runs of signs of a folded text, in their order."""
    return _WORD.findall(text)


def sentences_of(text: str) -> list[str]:
    """The sentences of a message, without blanks around; never an empty list for a text with something in it."""
    parts, start = [], 0
    for end in _SENTENCE_END.finditer(text):
        parts.append(text[start : end.end()].strip())
        start = end.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def plain_spelling(word: str) -> str:
    """One spelling for umlauts however they were typed: "Päckchen", "Paeckchen" and "Packchen" become the same."""
    return _DIGRAPHS.sub(r"\1", word.translate(_SPELLINGS))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light stem of a word in lower case: endings of verbs, nouns and adjectives and the "ge" of participles go.

    It need not be a word; it only has to be the same for forms of one word.
    """
    plain = plain_spelling(word)
    if len(plain) > 6 and plain.startswith("ge"):
        plain = plain[2:]
    shortened = _ENDINGS.sub("", plain)
    if len(shortened) >= 4:
        plain = shortened
    while len(plain) > 3:
        if len(plain) > 5 and plain.endswith(("em", "er", "nd", "st")):
            plain = plain[:-2]
        elif plain[-1] in "esn" or (len(plain) > 4 and plain[-1] == "t"):
            plain = plain[:-1]
        else:
            break
    return plain


@lru_cache(maxsize=65536)
def verb_parts(word: str) -> tuple[str, ...]:
    """Particle and stem of a separable verb ("zurückgeschickt", "abzuholen"); empty for other words."""
    for particle in _SEPARABLE:
        rest = word[len(particle) :]
        if word.startswith(particle) and len(rest) >= _SHORTEST_PART:
            for infix in ("ge", "zu"):
                if rest.startswith(infix) and len(rest) >= _SHORTEST_PART + 2:
                    rest = rest[2:]
                    break
            return plain_spelling(particle), stem(rest)
    return ()


class Compounds:
    """Takes compounds apart into words that the examples hold."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """`counts`: how often each word of the examples occurs (lower case)."""
        self.counts = dict(counts)
        self._known: dict[str, tuple[str, ...]] = {}

    @classmethod
    def among(cls, counts: Mapping[str, int]) -> Compounds:
        """From the words of the examples; those seen once may be mistyped and are left out."""
        return cls({word: count for word, count in counts.items() if count > 1 and len(word) >= _SHORTEST_PART})

    def parts(self, word: str) -> tuple[str, ...]:
        """Two or more words that make up the compound, or nothing."""
        if word not in self._known:
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[word] = self._split(word)
        return self._known[word]

    def _split(self, word: str) -> tuple[str, ...]:
        if len(word) < _SHORTEST_COMPOUND or not word.isalpha():
            return ()
        best: tuple[float, tuple[str, ...]] = (0.0, ())
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            right = word[at:]
            if right not in self.counts and stem(right) not in self.counts:
                continue
            for link in _LINKS:
                left = word[: at - len(link)]
                if word[:at].endswith(link) and len(left) >= _SHORTEST_PART and left in self.counts:
                    score = self.counts[left] * (self.counts.get(right) or self.counts.get(stem(right), 0))
                    best = max(best, (float(score), (left, right)))
        return best[1]
