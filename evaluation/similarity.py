"""Which messages are nearly the same, and which were made from a template.

Two messages are near-duplicates when their sets of four signs in a row, numbers and punctuation left out, have at least
`NEAR` of their union in common; messages of fewer than four words when only punctuation tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

#: From which share of common four-sign runs on two messages count as one.
NEAR = 0.7
#: So many lines one after the other that are made alike are a template.
TEMPLATE_RUN = 4
#: Messages with fewer words are short by nature ("ja bitte", "ja, bitte!") and only compared whole.
_LEAST_WORDS = 4
_RUN = 4
_CHUNK = 2000
_OTHER = re.compile(r"[\W\d_]+")
_PUNCTUATION = re.compile(r"\W+")


def plain(text: str) -> str:
    """Lower case without punctuation and numbers; the text itself where nothing is left."""
    return _OTHER.sub(" ", text.lower()).strip() or text.strip()


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (earlier, later) of positions whose texts are nearly the same, in the order of the later one."""
    rows = _runs(texts)
    sizes = np.diff(rows.indptr)
    turned = rows.T.tocsr()
    for start in range(0, len(texts), _CHUNK):
        common = (rows[start : start + _CHUNK] @ turned).tocoo()
        later, earlier = common.row + start, common.col
        shares = common.data / (sizes[later] + sizes[earlier] - common.data)
        near = (earlier < later) & (shares >= NEAR)
        pairs = sorted(zip(later[near].tolist(), earlier[near].tolist(), strict=True))
        yield from ((one, other) for other, one in pairs)


def _runs(texts: Sequence[str]) -> csr_matrix:
    """Rows of which runs of signs a text holds; a short text is one single run."""
    columns: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for text in texts:
        letters = plain(text)
        if len(letters.split()) < _LEAST_WORDS:
            # Here a number is what the message says.
            runs = {"\0" + (_PUNCTUATION.sub(" ", text.lower()).strip() or text.strip())}
        else:
            runs = {letters[at : at + _RUN] for at in range(max(1, len(letters) - _RUN + 1))}
        indices.extend(columns.setdefault(run, len(columns)) for run in sorted(runs))
        ends.append(len(indices))
    data = np.ones(len(indices), dtype=np.float32)
    return csr_matrix((data, np.array(indices), np.array(ends)), shape=(len(texts), len(columns)))


def template_runs(texts: Sequence[str]) -> list[list[str]]:
    """Runs of neighbours made alike: the same words but for one place, in at least `TEMPLATE_RUN` lines."""
    runs: list[list[str]] = []
    run = list(texts[:1])
    for before, text in pairwise(texts):
        if not _alike(plain(before).split(), plain(text).split()):
            runs.append(run)
            run = []
        run.append(text)
    runs.append(run)
    return [run for run in runs if len(run) >= TEMPLATE_RUN]


def _alike(one: list[str], other: list[str]) -> bool:
    if len(one) != len(other) or len(one) < _LEAST_WORDS:
        return False
    return sum(left != right for left, right in zip(one, other, strict=True)) <= 1
