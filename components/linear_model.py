"""A calibrated linear model: a support vector machine per intent and a temperature that makes margins probabilities.

Trained in seconds on two cores: the machine that the temperature is found with learns beside the one that is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

_TEMPERATURES = np.geomspace(0.5, 40.0, 90)
_FOLDS = 3
_SEED = 7
#: The number of no intent.
_OTHER = -1
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
        every = np.arange(len(names))
        often = np.array([at for at, intent in enumerate(intents) if intent not in rare], dtype=int)
        seldom = np.setdiff1d(np.arange(len(labels)), often)

        all_rows, all_labels, counting = rows, labels, np.ones(len(labels))
        if copies is not None:
            all_rows, all_labels = vstack([rows, copies], format="csr"), np.tile(labels, 2)
            counting = np.repeat([1.0, copy_weight], len(labels))

        # A sparse matrix puts its columns in order when it is first read: that must not happen in two threads at once.
        for matrix in (rows, all_rows):
            matrix.sum_duplicates()

        def half(at: int) -> tuple[np.ndarray, np.ndarray]:
            """Weights and bias of every second intent; those of the others are 0."""
            return _fit(all_rows, all_labels, counting, len(names), penalty, np.arange(at, len(names), 2))

        def fitting_temperature() -> float:
            if not len(often) or len(names) == 1:
                return 1.0
            others, third = next(StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(often, labels[often]))
            # Without the copies, which would take twice the time and change the margins little.
            known, asked = np.concatenate([often[others], seldom]), often[third]
            weights, bias = _fit(rows[known], labels[known], np.ones(len(known)), len(names), penalty, every)
            return fit_temperature(rows[asked] @ weights + bias, labels[asked])

        with ThreadPoolExecutor(2) as threads:
            halves = [threads.submit(half, at) for at in (0, 1)]
            temperature = threads.submit(fitting_temperature)
            (weights, bias), (more_weights, more_bias) = (one.result() for one in halves)
        return cls(names, weights + more_weights, bias + more_bias, temperature.result())

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
    rows: csr_matrix, labels: np.ndarray, counting: np.ndarray, intents: int, penalty: float, asked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights, shape (terms, intents), and bias of the intents `asked` for, each told from all others.

    `counting`: what each row counts. An intent without a row here is never the answer; what was not asked for is 0.
    """
    weights = np.zeros((rows.shape[1], intents), dtype=np.float32)
    bias = np.zeros(intents, dtype=np.float32)
    bias[asked] = -1.0
    present = np.unique(labels)
    if len(present) == 1:
        bias[np.intersect1d(asked, present)] = 1.0
        return weights, bias
    balance = _balance(labels)
    wanted = np.intersect1d(asked, present)
    # Intents that are not asked for are one class to this machine: what it learns of the others stays the same.
    learned = np.where(np.isin(labels, wanted), labels, _OTHER)
    machine = LinearSVC(C=penalty, tol=_TOLERANCE, class_weight={**balance, _OTHER: 1.0}, random_state=_SEED)
    machine.fit(rows, learned, sample_weight=counting)
    found = machine.classes_
    if len(found) == 2:
        # For two classes there is one machine; the other one is its mirror image.
        coefficients = np.concatenate([-machine.coef_, machine.coef_])
        intercepts = np.concatenate([-machine.intercept_, machine.intercept_])
    else:
        coefficients, intercepts = machine.coef_, machine.intercept_
    for at, label in enumerate(found):
        if label != _OTHER:
            weights[:, label], bias[label] = coefficients[at], intercepts[at]
    return weights, bias


def _balance(labels: np.ndarray) -> dict[int, float]:
    """What an example of each label counts where it is to be told from all others."""
    present, counts = np.unique(labels, return_counts=True)
    weights = np.clip((counts.mean() / counts) ** _BALANCE, _LEAST_WEIGHT, _MOST_WEIGHT)
    return dict(zip(present.tolist(), weights.tolist(), strict=True))
