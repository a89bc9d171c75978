"""The report about the assistant's own data: held-out messages, folds, sectors, noise, thresholds, features."""

from __future__ import annotations

from pathlib import Path

from evaluation import part_worth
from evaluation.asking import answers_to, folds
from evaluation.cases import Case, read_cases
from evaluation.measures import Answers, calibration, calibration_error, fallback_curve
from evaluation.noise import NOISES
from evaluation.part_worth import LONG_WORDS, shuffled
from evaluation.pictures import calibration_picture, confusion_matrix
from evaluation.pipeline import Pipeline, lexicon_of
from evaluation.tables import table
from evaluation.training_files import read_parts

GENERAL = "general"
_THRESHOLDS = (0.0, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
_WORST = 15
_CURVE_STEPS = (0.1, 0.25, 0.5, 0.75, 1.0)


def sectors_of(data: Path) -> list[str]:
    """The sectors that have training messages."""
    return sorted(path.parent.name for path in data.glob("*/nlu") if path.parent.name != GENERAL)


def heldout_cases(root: Path) -> dict[str, list[Case]]:
    """Held-out messages by sector: `tests/bot/heldout.tsv` (retail) and `heldout_<sector>.tsv`."""
    found = {"retail": read_cases(root / "tests/bot/heldout.tsv")}
    for path in sorted((root / "tests/bot").glob("heldout_*.tsv")):
        found[path.stem.removeprefix("heldout_")] = read_cases(path)
    return found


def write_report(root: Path, out: Path, count: int) -> str:
    """Measures, writes the pictures into `out` and returns the report as Markdown."""
    data = root / "data"
    lexicon = lexicon_of(data)
    lines = read_parts(data)
    answers, times = folds(lines, lexicon, count)
    (out / "confusion.svg").write_text(confusion_matrix(answers), encoding="utf-8")
    (out / "calibration.svg").write_text(calibration_picture(calibration(answers)), encoding="utf-8")
    long = [len(text.split()) >= LONG_WORDS for text in answers.texts]
    head = ["what", "messages", "first answer right", "among three", "macro F1", "calibration error"]
    sections = [
        "# How well German is understood\n",
        f"{len(lines)} training messages, {sum(long) / len(long):.0%} of them long; {len(answers.intents)} intents; "
        f"training of all sectors takes {max(times):.1f} s.\n",
        f"## {count} folds of the training data\n",
        table(head, [_row("all", answers), _row("long ones", answers.part(long)), *_rows_of_parts(data, answers)]),
        "![Which intents are taken for which](confusion.svg)\n\n![Confidence and right answers](calibration.svg)\n",
        "Most often confused (wanted, answered, how often):\n",
        table(["wanted", "answered", "messages"], [(*pair, n) for pair, n in answers.confused().most_common(_WORST)]),
        "## What a threshold does\n",
        _fallback_table(answers),
        "## By sector, on messages never trained on\n",
        _sector_tables(root, head),
        part_worth.write_section(root, [GENERAL, "retail"], heldout_cases(root)["retail"]),
        "## Learning curve (held out of retail)\n",
        _learning_curve(root),
    ]
    return "\n".join(sections)


def _row(what: str, answers: Answers) -> list[object]:
    figures = (answers.accuracy(), answers.among(3), answers.macro_f1(), calibration_error(answers))
    return [what, len(answers.texts), *figures]


def _rows_of_parts(data: Path, answers: Answers) -> list[list[object]]:
    """The lines of general and of each sector; they were read in this order."""
    parts = sorted(path.parent.name for path in data.glob("*/nlu"))
    owners = [part for part in parts for _ in read_parts(data, [part])]
    return [_row(f"lines of {part}", answers.part([owner == part for owner in owners])) for part in parts]


def _fallback_table(answers: Answers) -> str:
    points = fallback_curve(answers, _THRESHOLDS)
    return table(
        ["threshold", "in scope and kept", "right of these", "out of scope and caught"],
        [(f"{one.threshold:.2f}", one.kept, one.right_of_kept, one.caught) for one in points],
    )


def _sector_tables(root: Path, head: list[str]) -> str:
    """Each sector with general and itself on, plain and spoiled."""
    rows, noisy = [], []
    cases = heldout_cases(root)
    for sector in sectors_of(root / "data"):
        if sector not in cases:
            continue
        parts = [GENERAL, sector]
        pipeline = Pipeline.trained(read_parts(root / "data", parts), lexicon_of(root / "data", parts))
        plain = answers_to(pipeline, cases[sector])
        rows.append([*_row(sector, plain), f"{pipeline.training_s:.1f} s"])
        for name, spoil in NOISES.items():
            spoiled = answers_to(pipeline, cases[sector], spoil).accuracy()
            noisy.append([sector, name, spoiled, f"{100 * (spoiled - plain.accuracy()):+.1f} points"])
    return table([*head, "training"], rows) + "\n" + table(["sector", "noise", "first answer right", "change"], noisy)


def _learning_curve(root: Path) -> str:
    """Held-out accuracy with a growing share of each intent's lines."""
    data, parts = root / "data", [GENERAL, "retail"]
    cases, lexicon = heldout_cases(root)["retail"], lexicon_of(data, parts)
    by_intent = shuffled(read_parts(data, parts))
    rows = []
    for share in _CURVE_STEPS:
        lines = [line for listed in by_intent for line in listed[: max(3, round(len(listed) * share))]]
        answers = answers_to(Pipeline.trained(lines, lexicon), cases)
        rows.append(
            [f"{share:.0%}", len(lines), round(len(lines) / len(by_intent)), answers.accuracy(), answers.among(3)]
        )
    return table(["share", "lines", "lines per intent", "first answer right", "among three"], rows)
