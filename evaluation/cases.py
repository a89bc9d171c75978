"""Messages to measure with, from files: tab separated with a header.

Columns: `text`, `intent`; further ones where a file has them: `second_intent` (counts as right too), `fold5` (the fold
of a fixed five-fold split), `split` (`train` or `valid` to learn from, `test` to measure with).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DataTooSmall, LinesInvalid


@dataclass(frozen=True)
class Case:
    """A message and the intents that count as right for it, the main one first."""

    text: str
    right: tuple[str, ...]
    fold: str = ""
    split: str = ""


def read_cases(path: Path) -> list[Case]:
    """The cases of a file.

    Raises:
        LinesInvalid: a column is missing or a row has no text or intent.
        DataTooSmall: the file has no rows.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        columns = set(rows.fieldnames or [])
        if not {"text", "intent"} <= columns:
            raise LinesInvalid(f"{path}:1: the columns text and intent are needed.")
        cases = []
        for row in rows:
            if not (row["text"] or "").strip() or not (row["intent"] or "").strip():
                raise LinesInvalid(f"{path}:{rows.line_num}: a text and an intent are needed.")
            right = (row["intent"].strip(), (row.get("second_intent") or "").strip())
            fold, split = ((row.get(column) or "").strip() for column in ("fold5", "split"))
            cases.append(Case(row["text"], tuple(intent for intent in right if intent), fold, split))
    if not cases:
        raise DataTooSmall(f"{path} has no rows.")
    return cases
