"""The labelled lines that frustration is learned from: `frustration.yml` beside the training data of each part.

    frustrated:
      - "das habe ich jetzt dreimal geschrieben"
      - {after: "Der Betrag wurde erstattet.", text: "aber nur die hälfte, wieder mal"}
    calm:
      - "eilt sehr, der umzug ist am samstag"

`after` is the turn of bot or agent before. `python -m components.frustration_lines FILE LINES.tsv…` adds lines
(label 1 or 0, turn before or nothing, text; tab between) and leaves out what is nearly there already.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from components.errors import FrustrationLinesInvalid
from components.words import plain_spelling

FILE_NAME = "frustration.yml"

#: From this share of common pieces on two lines are nearly the same.
NEARLY_THE_SAME = 0.8
_PIECE = 3
_HEAD = """\
# Messages of annoyed and of calm customers, from which components/frustration.py learns to tell them apart. `after` is
# the turn before, where it decides or was there. Annoyed means: about service, bot or handling, in whatever strength;
# urgency, mild regret and a calm report of something bad are calm. New lines are put in by
#
#     python -m components.frustration_lines data/general/frustration.yml new.tsv
#
# which leaves out what is nearly there already.
"""


@dataclass(frozen=True)
class Line:
    """One message. `after`: the turn before, "" when there is none."""

    text: str
    after: str
    frustrated: bool


def read_lines(path: Path) -> list[Line]:
    """The lines of one file.

    Raises:
        FrustrationLinesInvalid: it is not what it should be; says what and where.
    """
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FrustrationLinesInvalid(f"{path} cannot be read: {error}") from error
    if not isinstance(loaded, dict) or set(loaded) != {"frustrated", "calm"}:
        raise FrustrationLinesInvalid(f"{path} must hold frustrated and calm, and nothing else.")
    lines = []
    for label, entries in loaded.items():
        if not isinstance(entries, list):
            raise FrustrationLinesInvalid(f"{path}: {label} must be a list.")
        lines.extend(_line(path, label, at, entry) for at, entry in enumerate(entries, start=1))
    return lines


def _line(path: Path, label: str, at: int, entry: object) -> Line:
    fields = entry if isinstance(entry, dict) else {"text": entry}
    text, after = fields.get("text"), fields.get("after", "")
    if set(fields) - {"text", "after"} or not (isinstance(text, str) and text.strip() and isinstance(after, str)):
        raise FrustrationLinesInvalid(f"{path}: {label}, entry {at}: a text, or text and after, both in quotes.")
    return Line(text, after, label == "frustrated")


def read_table(path: Path) -> list[Line]:
    """Lines of a table: label 1 or 0, turn before or nothing, text.

    Raises:
        FrustrationLinesInvalid: a row is not of this form.
    """
    lines = []
    for at, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not row.strip():
            continue
        fields = [field.strip() for field in row.split("\t")]
        if len(fields) != 3 or fields[0] not in ("0", "1") or not fields[2]:
            raise FrustrationLinesInvalid(f"{path}:{at}: expected label (0 or 1), turn before, text.")
        lines.append(Line(fields[2], fields[1], fields[0] == "1"))
    return lines


class NearDuplicates:
    """Finds lines that say nearly the same in the same situation."""

    def __init__(self) -> None:
        self._by_piece: dict[str, list[int]] = {}
        self._pieces: list[frozenset[str]] = []
        self._lines: list[Line] = []

    def find(self, line: Line) -> Line | None:
        """A line seen before that is nearly this one."""
        pieces = _pieces(line)
        common: dict[int, int] = {}
        for piece in pieces:
            for at in self._by_piece.get(piece, ()):
                common[at] = common.get(at, 0) + 1
        for at, count in common.items():
            if count / len(pieces | self._pieces[at]) >= NEARLY_THE_SAME:
                return self._lines[at]
        return None

    def add(self, line: Line) -> None:
        """Remembers a line."""
        pieces = _pieces(line)
        for piece in pieces:
            self._by_piece.setdefault(piece, []).append(len(self._pieces))
        self._pieces.append(pieces)
        self._lines.append(line)


def without_near_duplicates(lines: Iterable[Line]) -> tuple[list[Line], list[tuple[Line, Line]]]:
    """The lines to keep, the first of each kind, and the others, each with the one it repeats."""
    seen, kept, left = NearDuplicates(), [], []
    for line in lines:
        known = seen.find(line)
        if known is None:
            seen.add(line)
            kept.append(line)
        else:
            left.append((line, known))
    return kept, left


def _pieces(line: Line) -> frozenset[str]:
    """Pieces of the text; of a short one together with the turn before, which then says what it means."""
    words = re.findall(r"[^\W_]+|[^\w\s]+", line.text.lower())
    plain = " ".join(plain_spelling(word) for word in words)
    pieces = {f" {plain} "[at : at + _PIECE] for at in range(len(plain) + 3 - _PIECE)}
    if len(words) < 6:
        pieces |= {f"after {word}" for word in re.findall(r"\w+", line.after.lower())}
    return frozenset(pieces)


def written(lines: Iterable[Line]) -> str:
    """The lines as a file."""
    known = list(lines)
    parts = [_HEAD]
    for label, frustrated in (("frustrated", True), ("calm", False)):
        parts.append(f"{label}:\n")
        parts.extend(f"  - {_entry(line)}\n" for line in known if line.frustrated is frustrated)
    return "".join(parts)


def _entry(line: Line) -> str:
    # A text in JSON's quotes is the same text in YAML's.
    text = json.dumps(line.text, ensure_ascii=False)
    return f"{{after: {json.dumps(line.after, ensure_ascii=False)}, text: {text}}}" if line.after else text


def main(arguments: Sequence[str] | None = None) -> int:
    """Adds the lines of tables to a file; says how many were new."""
    parser = argparse.ArgumentParser(prog="python -m components.frustration_lines", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("tables", type=Path, nargs="+")
    chosen = parser.parse_args(arguments)
    try:
        known = read_lines(chosen.file) if chosen.file.exists() else []
        further = [line for table in chosen.tables for line in read_table(table)]
    except FrustrationLinesInvalid as error:
        sys.stderr.write(f"{error}\n")
        return 2
    kept, left = without_near_duplicates([*known, *further])
    chosen.file.write_text(written(kept), encoding="utf-8")
    new = len(kept) - len(known)
    sys.stdout.write(f"{len(kept)} lines, {new} of them new; {len(left)} nearly the same as others left out.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
