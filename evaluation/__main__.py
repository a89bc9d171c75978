"""`python -m evaluation [--data FILE] [--sectors retail] [--out FOLDER] [--folds N] [--without-stock]`

Without a file: the assistant's own data. With one: that file (columns in `evaluation.cases`).
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

# Rasa's old libraries warn about each other on import.
warnings.filterwarnings("ignore")

from evaluation import foreign_data, frustration, own_data, side_by_side  # noqa: E402
from evaluation.errors import EvaluationError  # noqa: E402
from evaluation.lines import ROOT  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m evaluation", description="How well German is understood.")
    parser.add_argument("--data", type=Path, help="a file of messages instead of the assistant's own data")
    parser.add_argument("--sectors", default="retail", help="sectors for a file without folds (default: retail)")
    parser.add_argument("--out", type=Path, default=ROOT / "var/evaluation", help="folder for report and pictures")
    parser.add_argument("--folds", type=int, default=3, help="folds of the own data (default: 3)")
    parser.add_argument(
        "--without-stock", action="store_true", help="leave out Rasa's stock pipeline, which takes long"
    )
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    try:
        if given.data and frustration.is_frustration_file(given.data):
            report = frustration.file_section(ROOT, given.data)
        elif given.data:
            sectors = [name.strip() for name in given.sectors.split(",") if name.strip()]
            report = foreign_data.write_report(ROOT, given.data, given.out, sectors)
        else:
            report = own_data.write_report(ROOT, given.out, given.folds)
            report += "\n" + frustration.own_section(ROOT)
            if not given.without_stock:
                report += "\n" + side_by_side.write_section(ROOT)
    except (EvaluationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    path = given.out / "report.md"
    path.write_text(report, encoding="utf-8")
    print(report)
    print(f"Written to {path}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
