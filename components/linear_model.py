"""A calibrated linear model: a support vector machine per intent and a temperature that makes margins probabilities.

Trained in seconds, and always the same for the same examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

_TEMPERATURES = np.geomspace(0.5, 40.0, 90)
_FOLDS = 3
_SEED = 7
#: What is reached here does not change with more rounds.
_TOLERANCE = 0.1
#: How much more an example of an intent counts by how much fewer it has than the mean, and within which bounds. One of
#: many counts no less: what is out of scope has the most examples and should stay easy to say.
_BALANCE = 1.25
_LEAST_WEIGHT, _MOST_WEIGHT = 1.0, 2.0


def softmax(margins: np.ndarray) -> np.ndarray:
    """Rows of margins, shape (messages, intents), as rows of probabilities of the same shape."""
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(margins: np.ndarray, labels: np.ndarray) -> float:
    """The factor on the margins under which the right labels (column numbers) are most probable."""
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(margins * factor)[rows, labels] + 1e-12).mean() for factor in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


class LinearModel:
    """Probabilities of intents for rows of features."""

    def __init__(self, intents: Sequence[str], weights: np.ndarray, bias: np.ndarray, temperature: float) -> None:
        """`weights`: shape (terms, intents); `bias`: shape (intents,)."""
        self.intents = list(intents)
        self._weights = weights
        self._bias = bias
        self.temperature = temperature

    @classmethod
    def trained(
        cls,
        rows: csr_matrix,
        intents: Sequence[str],
        penalty: float,
        copies: csr_matrix | None = None,
        copy_weight: float = 0.0,
    ) -> LinearModel:
        """`penalty`: the C of the machines. `copies`: of each row another form, which counts `copy_weight`.

        The temperature is the one that fits a third of the rows under a machine that has learned the others; rows of
        an intent with fewer examples than thirds are always among the others.
        """
        names = sorted(set(intents))
        labels = np.array([names.index(intent) for intent in intents])
        rare = {intent for intent, count in Counter(intents).items() if count < _FOLDS}
        often = np.array([at for at, intent in enumerate(intents) if intent not in rare], dtype=int)
        seldom = np.setdiff1d(np.arange(len(labels)), often)

        all_rows, all_labels, counting = rows, labels, np.ones(len(labels))
        if copies is not None:
            all_rows, all_labels = vstack([rows, copies], format="csr"), np.tile(labels, 2)
            counting = np.repeat([1.0, copy_weight], len(labels))

        # One after the other: the library's machines share one source of chance, and two threads would make of every
        # training another model.
        weights, bias = _fit(all_rows, all_labels, counting, len(names), penalty)
        temperature = 1.0
        if len(often) and len(names) > 1:
            others, third = next(StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(often, labels[often]))
            # Without the copies, which would take twice the time and change the margins little.
            known, asked = np.concatenate([often[others], seldom]), often[third]
            unaware, start = _fit(rows[known], labels[known], np.ones(len(known)), len(names), penalty)
            temperature = fit_temperature(rows[asked] @ unaware + start, labels[asked])
        return cls(names, weights, bias, temperature)

    def margins(self, rows: csr_matrix) -> np.ndarray:
        """Shape (rows, intents)."""
        return np.asarray(rows @ self._weights + self._bias)

    def probabilities(self, rows: csr_matrix) -> np.ndarray:
        """Shape (rows, intents); each row sums to 1."""
        return softmax(self.margins(rows) * self.temperature)

    def save(self, path: Path) -> None:
        """Writes one NumPy archive without pickles."""
        np.savez(
            path,
            intents=np.array(self.intents, dtype=np.str_),
            weights=self._weights,
            bias=self._bias,
            temperature=np.array(self.temperature),
        )

    @classmethod
    def read(cls, path: Path) -> LinearModel:
        """The inverse of `save`.

        Raises:
            ValueError, KeyError, FileNotFoundError: no such archive.
        """
        with np.load(path, allow_pickle=False) as arrays:
            return cls(
                [str(name) for name in arrays["intents"]],
                arrays["weights"],
                arrays["bias"],
                float(arrays["temperature"]),
            )


def _fit(
    rows: csr_matrix, labels: np.ndarray, counting: np.ndarray, intents: int, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights, shape (terms, intents), and bias; an intent without a row here is never the answer.

    `counting`: what each row counts.
    """
    weights = np.zeros((rows.shape[1], intents), dtype=np.float32)
    bias = np.full(intents, -1.0, dtype=np.float32)
    present = np.unique(labels)
    if len(present) == 1:
        bias[present] = 1.0
        return weights, bias
    machine = LinearSVC(C=penalty, tol=_TOLERANCE, class_weight=_balance(labels), random_state=_SEED)
    machine.fit(rows, labels, sample_weight=counting)
    if len(present) == 2:
        # For two intents there is one machine; the other one is its mirror image.
        weights[:, present] = np.stack([-machine.coef_[0], machine.coef_[0]], axis=1)
        bias[present] = [-machine.intercept_[0], machine.intercept_[0]]
    else:
        weights[:, present] = machine.coef_.T
        bias[present] = machine.intercept_
    return weights, bias


def _balance(labels: np.ndarray) -> dict[int, float]:
    """What an example of each label counts where it is to be told from all others."""
    present, counts = np.unique(labels, return_counts=True)
    weights = np.clip((counts.mean() / counts) ** _BALANCE, _LEAST_WEIGHT, _MOST_WEIGHT)
    return dict(zip(present.tolist(), weights.tolist(), strict=True))
