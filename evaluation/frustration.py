"""How well annoyed customers are told from calm ones: on the own lines by cross-validation, or on a file.

A file has the columns text, frustrated (1 or 0) and, if there is one, context: the turn before.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from components.frustration_lines import FILE_NAME, Line, read_lines
from components.frustration_model import FrustrationModel
from evaluation.errors import DataTooSmall, LinesInvalid
from evaluation.tables import table

_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_FOLDS = 5
_SEED = 7
COLUMN = "frustrated"


def is_frustration_file(path: Path) -> bool:
    """Whether a file of messages tells who was annoyed."""
    with path.open(encoding="utf-8", newline="") as file:
        return COLUMN in file.readline().rstrip("\r\n").split("\t")


def own_section(root: Path) -> str:
    """The section of the report on the own lines, each scored by a model that has not seen it."""
    lines = _own_lines(root)
    labels = np.array([line.frustrated for line in lines])
    scores = np.zeros(len(lines))
    for learned, asked in StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(labels, labels):
        scores[asked] = _trained([lines[at] for at in learned]).scores(_pairs([lines[at] for at in asked]))
    return _section(f"Frustration ({len(lines)} own lines, {_FOLDS} folds)", labels, scores)


def file_section(root: Path, path: Path) -> str:
    """The section of the report on a file, scored by a model of all own lines.

    Raises:
        LinesInvalid, DataTooSmall: a row is not what it should be; all are of one kind.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if any(row.get(COLUMN) not in ("0", "1") or not row.get("text") for row in rows):
        raise LinesInvalid(f"{path.name} needs text and frustrated (1 or 0) in every row.")
    lines = [Line(row["text"], row.get("context") or "", row[COLUMN] == "1") for row in rows]
    if len({line.frustrated for line in lines}) < 2:
        raise DataTooSmall(f"{path.name} needs annoyed and calm messages.")
    scores = _trained(_own_lines(root)).scores(_pairs(lines))
    return _section(f"Frustration ({path.name}, {len(lines)} messages)", [line.frustrated for line in lines], scores)


def _own_lines(root: Path) -> list[Line]:
    return [line for path in sorted((root / "data").glob(f"*/{FILE_NAME}")) for line in read_lines(path)]


def _trained(lines: Sequence[Line]) -> FrustrationModel:
    return FrustrationModel.trained(_pairs(lines), [line.frustrated for line in lines])


def _pairs(lines: Sequence[Line]) -> list[tuple[str, str]]:
    return [(line.text, line.after) for line in lines]


def _section(title: str, labels: Sequence[bool] | np.ndarray, scores: np.ndarray) -> str:
    annoyed = np.asarray(labels, dtype=bool)
    rows = [
        (f"{limit:.1f}", f"{(scores[annoyed] >= limit).mean():.1%}", f"{(scores[~annoyed] >= limit).mean():.1%}")
        for limit in _THRESHOLDS
    ]
    area = roc_auc_score(annoyed, scores)
    curve = table(("score from", "annoyed found", "calm taken for annoyed"), rows)
    return f"## {title}\n\nROC-AUC {area:.3f}\n\n{curve}\n"
