"""Corrects words that no example holds to ones that are a single typing error away.

A phone's keyboard is missed often, and a mistyped word is neither a known word, stem nor concept. Known are the words
of the examples and those of the lexicon; everything else that is one letter (left out, added, exchanged or swapped with
its neighbour) or an umlaut's spelling away from a known word is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from components.words import plain_spelling

_LETTERS = re.compile(r"[^\W\d_]+")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
#: In shorter words one letter makes another word.
_SHORTEST = 4
_MOST_REMEMBERED = 100_000


class Spelling:
    """The words that are known, and the nearest of them to one that is not."""

    def __init__(self, counts: Mapping[str, int], further: Iterable[str] = ()) -> None:
        """`counts`: how often each word of the examples occurs; `further`: known words beside them (lower case)."""
        known = dict(counts)
        for word in further:
            known[word] = known.get(word, 0) + 1
        self._known = frozenset(known)
        #: By its plain spelling, the most frequent of the words that share it.
        self._nearest: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for word in sorted(word for word in known if len(word) >= _SHORTEST):
            plain = plain_spelling(word)
            if known[word] > self._counts.get(plain, 0):
                self._nearest[plain], self._counts[plain] = word, known[word]
        self._remembered: dict[str, str] = {}

    def corrected(self, text: str) -> str:
        """The text with unknown words replaced (in lower case), everything else as it was."""
        return _LETTERS.sub(self._replaced, text)

    def _replaced(self, found: re.Match[str]) -> str:
        word = found[0].lower()
        nearest = self.word(word)
        return found[0] if nearest == word else nearest

    def word(self, word: str) -> str:
        """The known word that is meant by a word in lower case; the word itself when it is known or near none."""
        if word in self._known or len(word) < _SHORTEST:
            return word
        if word not in self._remembered:
            if len(self._remembered) > _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[word] = self._found(word)
        return self._remembered[word]

    def _found(self, word: str) -> str:
        plain = plain_spelling(word)
        if plain in self._nearest:
            return self._nearest[plain]
        near = sorted(one for one in _one_error_away(plain) if one in self._counts)
        return self._nearest[max(near, key=self._counts.__getitem__)] if near else word


def _one_error_away(word: str) -> set[str]:
    """Everything that differs from a word by one letter too few, too many, exchanged, or swapped with the next."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    for left, right in cuts:
        found.update(left + letter + right for letter in _ALPHABET)
        if right:
            found.update(left + letter + right[1:] for letter in _ALPHABET)
    return found
