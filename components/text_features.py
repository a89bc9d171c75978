"""What the intent classifier sees of a message, in blocks that are weighted by TF-IDF each.

Each block looks at the same text in another way, so that what one of them misses another one finds:

    words      words and pairs of neighbours, as they are typed
    pieces     two to five signs inside the borders of a word: parts of compounds, and forgives typing errors
    stems      stems in one umlaut spelling, particles of separable verbs, parts of compounds
    pairs      pairs of neighbouring stems
    skips      pairs of stems with one or two words between them
    concepts   what the lexicon finds (`components.lexicon`)
    meetings   pairs of concepts that stand in one sentence
    request    stems and concepts of the sentences that ask or wish for something: the core of a long message

All but the pieces can look at the text with its typing errors corrected (`components.spelling`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, pairwise
from typing import TypedDict

import numpy as np
from scipy.sparse import csr_matrix, hstack

from components.lexicon import Lexicon
from components.requests import request_sentences
from components.spelling import Spelling
from components.words import Compounds, fold, sentences_of, stem, verb_parts, words_of

#: How much each block counts beside the others: tried out on public sets and on messages of writers left out.
BLOCK_WEIGHTS = {
    **{"words": 1.0, "pieces": 1.3, "stems": 1.0, "pairs": 0.4, "skips": 0.7},
    **{"concepts": 0.35, "meetings": 0.3, "request": 0.5},
}
#: In how many examples a term has to occur. Pairs and pieces seen once are many and say nothing.
_LEAST_EXAMPLES = {
    **{"words": 1, "pieces": 2, "stems": 1, "pairs": 2, "skips": 2},
    **{"concepts": 1, "meetings": 2, "request": 2},
}
#: Blocks that look at what was typed even where it is corrected.
_AS_TYPED = frozenset({"pieces"})
_PIECE_SIZES = range(2, 6)


class BlockState(TypedDict):
    """One learned block as JSON: its terms in column order and their weights."""

    terms: list[str]
    idf: list[float]


class FeatureState(TypedDict):
    """Everything that was learned, as JSON."""

    blocks: dict[str, BlockState]
    #: How often each word occurs.
    vocabulary: dict[str, int]
    corrects: bool
    concepts: dict[str, list[str]]


class TextFeatures:
    """Turns texts into the rows of one sparse matrix."""

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        blocks: Collection[str] = tuple(BLOCK_WEIGHTS),
        *,
        corrects: bool = False,
    ) -> None:
        """`blocks`: which blocks are looked at; without a lexicon there are no concepts.

        `corrects`: whether unknown words are taken for the known ones nearest to them.
        """
        self._lexicon = lexicon or Lexicon({})
        self._corrects = corrects
        self._know({})
        self._names = [name for name in BLOCK_WEIGHTS if name in blocks]
        self._columns: dict[str, dict[str, int]] = {}
        self._idf: dict[str, np.ndarray] = {}
        self._readers: dict[str, Callable[[str], list[str]]] = {
            "words": _words,
            "pieces": _pieces,
            "stems": self._stems,
            "pairs": _pairs,
            "skips": _skips,
            "concepts": lambda text: sorted(self._lexicon.find(text)),
            "meetings": self._meetings,
            "request": self._request,
        }

    def fit_transform(self, texts: Sequence[str]) -> csr_matrix:
        """Learns the terms of `texts` and returns their features, shape (len(texts), terms)."""
        words = Counter(word for text in texts for word in words_of(fold(text)) if word.isalpha())
        self._know(dict(sorted(words.items())))
        rows = []
        for name, counted in self._counted(texts):
            self._learn(name, counted)
            rows.append(self._weighted(name, counted))
        return csr_matrix(hstack(rows))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """The features of `texts`, shape (len(texts), terms); unknown terms are left out."""
        return csr_matrix(hstack([self._weighted(name, counted) for name, counted in self._counted(texts)]))

    def _know(self, vocabulary: dict[str, int]) -> None:
        self._vocabulary = vocabulary
        self._compounds = Compounds.among(vocabulary)
        self._spelling = Spelling(vocabulary, self._lexicon.words()) if self._corrects else None

    def _counted(self, texts: Sequence[str]) -> Iterator[tuple[str, list[Counter[str]]]]:
        """The terms of the texts, block by block."""
        corrected = [self._spelling.corrected(text) for text in texts] if self._spelling else texts
        for name in self._names:
            read = self._readers[name]
            yield name, [Counter(read(text)) for text in (texts if name in _AS_TYPED else corrected)]

    def _learn(self, name: str, counted: Sequence[Counter[str]]) -> None:
        examples: Counter[str] = Counter()
        for counts in counted:
            examples.update(counts.keys())
        terms = sorted(term for term, count in examples.items() if count >= _LEAST_EXAMPLES[name])
        self._columns[name] = {term: column for column, term in enumerate(terms)}
        weights = [math.log((1 + len(counted)) / (1 + examples[term])) + 1 for term in terms]
        self._idf[name] = np.array(weights, dtype=np.float32)

    def _weighted(self, name: str, counted: Sequence[Counter[str]]) -> csr_matrix:
        """Rows of length 1 (times the block's weight), or of nothing."""
        columns, idf = self._columns[name], self._idf[name]
        at, values, ends = [], [], [0]
        for counts in counted:
            for term, count in counts.items():
                column = columns.get(term)
                if column is not None:
                    at.append(column)
                    values.append(count)
            ends.append(len(at))
        indices = np.array(at, dtype=np.int32)
        data = (1 + np.log(np.array(values, dtype=np.float32))) * idf[indices] if at else np.zeros(0, dtype=np.float32)
        row_of = np.repeat(np.arange(len(counted)), np.diff(ends))
        # Every term that was found counts more than nothing, so no row of terms has the length 0.
        lengths = np.sqrt(np.bincount(row_of, weights=data * data, minlength=len(counted)))
        data = (BLOCK_WEIGHTS[name] * data / lengths[row_of]).astype(np.float32)
        return csr_matrix((data, indices, np.array(ends)), shape=(len(counted), len(columns)))

    def _stems(self, text: str) -> list[str]:
        found = []
        for word in words_of(fold(text)):
            if word[0].isalnum():
                found.append(stem(word))
            found.extend(f"+{part}" for part in verb_parts(word))
            found.extend(stem(part) for part in self._compounds.parts(word))
        return found

    def _request(self, text: str) -> list[str]:
        found: list[str] = []
        for sentence in request_sentences(text, self._lexicon):
            found.extend(stem(word) for word in words_of(fold(sentence)) if word[0].isalnum())
            found.extend(f"={concept}" for concept in self._lexicon.find(sentence))
        return found

    def _meetings(self, text: str) -> list[str]:
        return [
            f"{one} {other}"
            for sentence in sentences_of(text)
            for one, other in combinations(sorted(self._lexicon.find(sentence)), 2)
        ]

    def knows_word(self, word: str) -> bool:
        """Whether an example holds this word (lower case, without digits)."""
        return word in self._columns.get("words", {})

    def resembles_word(self, word: str) -> bool:
        """Whether most of the letter triples of a word (lower case) occur in words of the examples.

        So a mistyped word or a new compound is told from keys that somebody's elbow has found.
        """
        triples = [word[at : at + 3] for at in range(len(word) - 2)]
        return 2 * sum(triple in self._triples for triple in triples) > len(triples)

    @cached_property
    def _triples(self) -> frozenset[str]:
        known = self._columns.get("words", {})
        return frozenset(word[at : at + 3] for word in known if word.isalpha() for at in range(len(word) - 2))

    def state(self) -> FeatureState:
        """What was learned, fit for JSON."""
        return {
            "blocks": {
                name: {
                    "terms": list(self._columns[name]),
                    "idf": [round(float(weight), 5) for weight in self._idf[name]],
                }
                for name in self._names
            },
            "vocabulary": self._vocabulary,
            "corrects": self._corrects,
            "concepts": self._lexicon.concepts,
        }

    @classmethod
    def from_state(cls, state: FeatureState) -> TextFeatures:
        """The inverse of `state`."""
        features = cls(Lexicon(state["concepts"]), state["blocks"], corrects=state["corrects"])
        features._know(state["vocabulary"])
        for name, block in state["blocks"].items():
            features._columns[name] = {term: column for column, term in enumerate(block["terms"])}
            features._idf[name] = np.array(block["idf"], dtype=np.float32)
        return features


def _words(text: str) -> list[str]:
    words = words_of(fold(text))
    return words + [f"{left} {right}" for left, right in pairwise(words)]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for word in fold(text).split():
        padded = f" {word} "
        for size in _PIECE_SIZES:
            pieces.extend(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    return pieces


def _pairs(text: str) -> list[str]:
    stems = [stem(word) for word in words_of(fold(text)) if word[0].isalnum()]
    return [f"{left} {right}" for left, right in pairwise(stems)]


def _skips(text: str) -> list[str]:
    stems = [stem(word) for word in words_of(fold(text)) if word[0].isalnum()]
    return [f"{left} {right}" for at, left in enumerate(stems) for right in stems[at + 2 : at + 4]]


def dense_rows(vectors: Iterable[np.ndarray | None], weight: float) -> csr_matrix:
    """Sentence vectors as rows of length `weight`, shape (messages, dimensions); None and zero become empty rows."""
    known = list(vectors)
    size = next((len(vector) for vector in known if vector is not None), 0)
    rows = np.zeros((len(known), size), dtype=np.float32)
    for row, vector in zip(rows, known, strict=True):
        if vector is not None and (length := float(np.linalg.norm(vector))) > 0:
            row[:] = vector * (weight / length)
    return csr_matrix(rows)
