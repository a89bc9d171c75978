"""How the intent classifier learns: from the examples, and at a smaller weight from a mistyped copy of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from components.lexicon import Lexicon
from components.linear_model import LinearModel
from components.text_features import TextFeatures, dense_rows
from components.typing_errors import mistyped


def learned(
    texts: Sequence[str],
    intents: Sequence[str],
    lexicon: Lexicon,
    blocks: Collection[str],
    penalty: float,
    mistyped_weight: float,
    vectors: csr_matrix | None = None,
    *,
    corrects: bool = True,
) -> tuple[TextFeatures, LinearModel]:
    """Features and model of examples.

    `penalty`: the C of the machines. `mistyped_weight`: what a mistyped copy counts beside its example; none are made
    for 0. `vectors`: further features of the examples, shape (len(texts), dimensions). `corrects`: whether words
    are corrected before they are looked at.
    """
    features = TextFeatures(lexicon, blocks, corrects=corrects)
    rows = beside(features.fit_transform(texts), vectors)
    copies = None
    if mistyped_weight:
        spoiled = [mistyped(text, seed=at) for at, text in enumerate(texts)]
        copies = beside(features.transform(spoiled), vectors)
    model = LinearModel.trained(rows, intents, penalty, copies, mistyped_weight)
    return features, model


def beside(rows: csr_matrix, vectors: csr_matrix | None) -> csr_matrix:
    """Features of texts with further features of the same texts, where there are any."""
    return rows if vectors is None else csr_matrix(hstack([rows, vectors]))


def vector_rows(vectors: Sequence[np.ndarray | None], weight: float) -> csr_matrix | None:
    """Sentence vectors as rows of length `weight`; None when no text has one."""
    return None if all(vector is None for vector in vectors) else dense_rows(vectors, weight)
