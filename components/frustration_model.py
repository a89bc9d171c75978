"""How annoyed a customer is: a linear model on the words of a message, its signs, and the turn before.

Most annoyed customers use no angry word, so what is said is looked at together with what it answers: the words of the
message once more under the kind of turn before ("super" after bad news is another word than "super").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from components.frustration_signs import message_signs, together, turn_kinds
from components.text_features import FeatureState, TextFeatures
from components.words import fold, words_of

#: One message and the turn before it ("" when there is none).
Pair = tuple[str, str]

_BLOCKS = ("words", "pieces", "stems", "skips")
_PENALTY = 1.0
_FOLDS = 5
_SEED = 7
#: What the signs and the conditioned words count beside the blocks of the message.
_SIGN_WEIGHT = 0.35
_CONDITIONED_WEIGHT = 0.7
_LEAST_EXAMPLES = 3
#: Kinds of the turn before under which the words are looked at once more, the first that fits.
_CONDITIONS = ("not_understood", "bad_news", "wait", "good_news", "refers", "asked", "courtesy")
#: Longer messages speak for themselves.
_LONGEST_CONDITIONED = 12


class FrustrationModel:
    """Scores of messages between 0 and 1: how probable it is that somebody calls the customer annoyed."""

    def __init__(self) -> None:
        self._features = TextFeatures(blocks=_BLOCKS)
        self._conditioned = TextFeatures(blocks=("words",))
        self._signs: dict[str, int] = {}
        self._weights = np.zeros(0)
        self._bias = 0.0
        #: Factor and offset that make margins probabilities.
        self._scale = (1.0, 0.0)

    @classmethod
    def trained(
        cls, pairs: Sequence[Pair], frustrated: Sequence[bool], shares: Sequence[float] | None = None
    ) -> FrustrationModel:
        """Learns from messages with the turn before each, and whether the customer is annoyed.

        `shares`: how much each message counts; all the same without.
        """
        model = cls()
        rows = model._fit_rows(pairs)
        labels = np.array(frustrated, dtype=int)
        counts = np.ones(len(labels)) if shares is None else np.array(shares, dtype=float)
        margins = np.zeros(len(labels))
        for learned, asked in StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(rows, labels):
            weights, bias = _fit(rows[learned], labels[learned], counts[learned])
            margins[asked] = rows[asked] @ weights + bias
        calibration = LogisticRegression().fit(margins.reshape(-1, 1), labels, counts)
        model._scale = (float(calibration.coef_[0, 0]), float(calibration.intercept_[0]))
        model._weights, model._bias = _fit(rows, labels, counts)
        return model

    def scores(self, pairs: Sequence[Pair]) -> np.ndarray:
        """Shape (pairs,)."""
        margins = self._rows(pairs) @ self._weights + self._bias
        factor, offset = self._scale
        return np.asarray(1.0 / (1.0 + np.exp(-(factor * margins + offset))))

    def _fit_rows(self, pairs: Sequence[Pair]) -> csr_matrix:
        terms = [_sign_terms(pair) for pair in pairs]
        counts: dict[str, int] = {}
        for term in (term for found in terms for term in found):
            counts[term] = counts.get(term, 0) + 1
        kept = sorted(term for term, count in counts.items() if count >= _LEAST_EXAMPLES)
        self._signs = {term: column for column, term in enumerate(kept)}
        text = self._features.fit_transform([text for text, _ in pairs])
        conditioned = self._conditioned.fit_transform([_conditioned(pair) for pair in pairs])
        return self._joined(text, conditioned, terms)

    def _rows(self, pairs: Sequence[Pair]) -> csr_matrix:
        text = self._features.transform([text for text, _ in pairs])
        conditioned = self._conditioned.transform([_conditioned(pair) for pair in pairs])
        return self._joined(text, conditioned, [_sign_terms(pair) for pair in pairs])

    def _joined(self, text: csr_matrix, conditioned: csr_matrix, terms: Sequence[list[str]]) -> csr_matrix:
        at, ends = [], [0]
        for found in terms:
            at.extend(self._signs[term] for term in found if term in self._signs)
            ends.append(len(at))
        data = np.full(len(at), _SIGN_WEIGHT)
        signs = csr_matrix((data, np.array(at, dtype=int), np.array(ends)), shape=(len(terms), len(self._signs)))
        return csr_matrix(hstack([text, conditioned * _CONDITIONED_WEIGHT, signs]))

    def save(self, folder: Path) -> None:
        """Writes JSON and one NumPy archive without pickles."""
        state = {
            "features": self._features.state(),
            "conditioned": self._conditioned.state(),
            "signs": list(self._signs),
            "bias": self._bias,
            "scale": self._scale,
        }
        (folder / "frustration.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        np.savez(folder / "frustration.npz", weights=self._weights.astype(np.float32))

    @classmethod
    def read(cls, folder: Path) -> FrustrationModel:
        """The inverse of `save`.

        Raises:
            ValueError, KeyError, FileNotFoundError: no such model.
        """
        state = json.loads((folder / "frustration.json").read_text(encoding="utf-8"))
        model = cls()
        features: FeatureState = state["features"]
        model._features = TextFeatures.from_state(features)
        model._conditioned = TextFeatures.from_state(state["conditioned"])
        model._signs = {term: column for column, term in enumerate(state["signs"])}
        model._bias = float(state["bias"])
        factor, offset = state["scale"]
        model._scale = (float(factor), float(offset))
        with np.load(folder / "frustration.npz", allow_pickle=False) as arrays:
            model._weights = arrays["weights"]
        return model


def _fit(rows: csr_matrix, labels: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, float]:
    fitted = LogisticRegression(C=_PENALTY, solver="liblinear", random_state=_SEED).fit(rows, labels, counts)
    return np.asarray(fitted.coef_[0]), float(fitted.intercept_[0])


def _sign_terms(pair: Pair) -> list[str]:
    text, context = pair
    return together(message_signs(text), turn_kinds(context))


def _conditioned(pair: Pair) -> str:
    text, context = pair
    kinds = turn_kinds(context)
    condition = next((kind for kind in _CONDITIONS if kind in kinds), None)
    words = words_of(fold(text))
    if condition is None or len(words) > _LONGEST_CONDITIONED:
        return ""
    return " ".join(f"{condition}_{word}" for word in words if word[0].isalnum())
