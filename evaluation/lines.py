"""Takes new training lines over and checks that the training data stays free of near-duplicates and templates.

    python -m evaluation.lines import FILE…     text<TAB>intent; adds what is new to data/<part>/nlu/<intent>.yml
           --part energy                        there instead: general intents in the words of that trade
    python -m evaluation.lines check            fails when the data holds what must not be there

What counts as nearly the same stands in `evaluation.similarity`. Nothing near a held-out message gets in.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from evaluation.errors import EvaluationError
from evaluation.similarity import near_duplicates, template_runs
from evaluation.training_files import Line, append, part_of, read_parts, read_tsv

ROOT = Path(__file__).resolve().parent.parent


def heldout_texts(root: Path) -> list[str]:
    """The messages that the assistant is measured with and never trained on."""
    found = []
    for path in sorted((root / "tests/bot").glob("heldout*.tsv")):
        with path.open(encoding="utf-8", newline="") as rows:
            found += [row["text"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return found


def new_lines(lines: Sequence[Line], known: Sequence[str]) -> list[Line]:
    """Those lines that are near none of the known messages, near none before them, and no part of a template."""
    texts = [*known, *(line.text for line in lines)]
    dropped = {later for _, later in near_duplicates(texts)}
    kept = [line for at, line in enumerate(lines, start=len(known)) if at not in dropped]
    made = set()
    for intent in {line.intent for line in kept}:
        for run in template_runs([line.text for line in kept if line.intent == intent]):
            # One of them is as good as any other line.
            made.update(run[1:])
    return [line for line in kept if line.text not in made]


def problems(lines: Sequence[Line], heldout: Sequence[str]) -> list[str]:
    """What is wrong with the training data, in words; empty when all is well."""
    texts = [*heldout, *(line.text for line in lines)]
    intents = ["held out"] * len(heldout) + [line.intent for line in lines]
    found = []
    for one, other in near_duplicates(texts):
        if other >= len(heldout):
            found.append(f"nearly the same ({intents[one]}, {intents[other]}): {texts[one]!r} and {texts[other]!r}")
    for intent in sorted({line.intent for line in lines}):
        runs = template_runs([line.text for line in lines if line.intent == intent])
        found += [f"made from a template ({intent}, {len(run)} lines): {run[0]!r}" for run in runs]
    return found


def _import(files: Sequence[Path], root: Path, part: str | None) -> int:
    lines = [line for file in files for line in read_tsv(file)]
    for intent in {line.intent for line in lines}:
        part_of(intent, root)
    known = [*heldout_texts(root), *(line.text for line in read_parts(root / "data"))]
    added = append(new_lines(lines, known), root, part)
    total = Counter(line.intent for line in lines)
    for intent in sorted(total):
        sys.stdout.write(f"{intent}: {added.get(intent, 0)} of {total[intent]}\n")
    sys.stdout.write(f"{sum(added.values())} of {len(lines)} lines are new and were added.\n")
    return 0


def _check(root: Path) -> int:
    lines = read_parts(root / "data")
    found = problems(lines, heldout_texts(root))
    for problem in found:
        sys.stdout.write(f"{problem}\n")
    long = sum(len(line.text.split()) >= 25 for line in lines)
    sys.stdout.write(f"{len(lines)} lines, {long / max(1, len(lines)):.0%} of them long; {len(found)} problems.\n")
    return 1 if found else 0


def main(arguments: Sequence[str]) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.lines", description="Training lines in and checked.")
    commands = parser.add_subparsers(dest="command", required=True)
    taken = commands.add_parser("import", help="add the new lines of files")
    taken.add_argument("files", nargs="+", type=Path)
    parts = sorted(path.name for path in (ROOT / "data").iterdir() if path.is_dir())
    taken.add_argument("--part", choices=parts, help="the folder of data/ (default: that of the intent)")
    commands.add_parser("check", help="fail on near-duplicates, templates and held-out messages")
    given = parser.parse_args(arguments)
    try:
        return _import(given.files, ROOT, given.part) if given.command == "import" else _check(ROOT)
    except (EvaluationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
