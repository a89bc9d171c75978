"""What the intent classifier sees of a message: words, word pairs, lemmas and pieces of words, weighted by TF-IDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

#: A run of letters and digits, or a run of anything else that is not blank (an emoji and "??" carry meaning too).
_WORD = re.compile(r"\w+|[^\w\s]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Phrase:
    """A message as the features see it: its text and the lemmas of its words."""

    text: str
    lemmas: tuple[str, ...]

    def __add__(self, other: Phrase) -> Phrase:
        return Phrase(f"{self.text}. {other.text}", self.lemmas + other.lemmas)


class VectorizerState(TypedDict):
    """One fitted vectorizer as JSON: its terms in column order and their weights."""

    terms: list[str]
    idf: list[float]


def fold(text: str) -> str:
    """Lower case, and every number as one sign: which number it is says nothing about what is wanted."""
    return _DIGITS.sub("0", text.lower())


def _words(phrase: Phrase) -> list[str]:
    words = _WORD.findall(fold(phrase.text))
    return words + [f"{left} {right}" for left, right in pairwise(words)]


def _lemmas(phrase: Phrase) -> list[str]:
    return [fold(lemma) for lemma in phrase.lemmas]


def _pieces(phrase: Phrase) -> list[str]:
    """Two to five signs inside the borders of a word: finds the parts of compounds and forgives typing errors."""
    pieces: list[str] = []
    for word in fold(phrase.text).split():
        padded = f" {word} "
        for size in range(2, 6):
            pieces.extend(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    return pieces


#: Order matters: it is the order of the columns.
_ANALYZERS = {"words": _words, "lemmas": _lemmas, "pieces": _pieces}


class TextFeatures:
    """Turns phrases into the rows of one sparse matrix."""

    def __init__(self) -> None:
        self._vectorizers = {
            name: TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, dtype=np.float32)
            for name, analyzer in _ANALYZERS.items()
        }

    def fit_transform(self, phrases: Sequence[Phrase]) -> csr_matrix:
        """Learns the terms of `phrases` and returns their features, shape (len(phrases), terms)."""
        return csr_matrix(hstack([vectorizer.fit_transform(phrases) for vectorizer in self._vectorizers.values()]))

    def transform(self, phrases: Sequence[Phrase]) -> csr_matrix:
        """The features of `phrases`, shape (len(phrases), terms); unknown terms are left out."""
        return csr_matrix(hstack([vectorizer.transform(phrases) for vectorizer in self._vectorizers.values()]))

    def knows_word(self, word: str) -> bool:
        """Whether an example holds this word (lower case, without digits)."""
        vectorizer = self._vectorizers["words"]
        # Learned, or handed in by `from_state` and not yet used.
        terms = getattr(vectorizer, "vocabulary_", None) or vectorizer.vocabulary
        return word in terms

    def state(self) -> dict[str, VectorizerState]:
        """What was learned, fit for JSON."""
        return {
            name: {
                "terms": sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__),
                "idf": [round(float(weight), 6) for weight in vectorizer.idf_],
            }
            for name, vectorizer in self._vectorizers.items()
        }

    @classmethod
    def from_state(cls, state: dict[str, VectorizerState]) -> TextFeatures:
        """The inverse of `state`."""
        features = cls()
        for name, vectorizer in features._vectorizers.items():
            vectorizer.vocabulary = {term: column for column, term in enumerate(state[name]["terms"])}
            vectorizer.idf_ = np.asarray(state[name]["idf"], dtype=np.float32)
        return features
