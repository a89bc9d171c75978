"""The report about any file of messages: with its own folds or split, or with the assistant trained on its own data."""

from __future__ import annotations

from pathlib import Path

from evaluation.asking import answers_to, given_folds
from evaluation.cases import Case, read_cases
from evaluation.errors import DataTooSmall
from evaluation.measures import Answers, calibration, calibration_error, fallback_curve
from evaluation.noise import NOISES
from evaluation.own_data import GENERAL
from evaluation.pictures import calibration_picture, confusion_matrix
from evaluation.pipeline import Pipeline, lexicon_of
from evaluation.tables import table
from evaluation.training_files import Line, read_parts

_LEARN = ("train", "valid")
_THRESHOLDS = (0.0, 0.3, 0.45, 0.6, 0.75)


def write_report(root: Path, file: Path, out: Path, sectors: list[str]) -> str:
    """Measures, writes the pictures into `out` and returns the report as Markdown.

    Raises:
        LinesInvalid, DataTooSmall: the file cannot be measured with.
    """
    cases = read_cases(file)
    answers, how = _answers(root, cases, sectors)
    (out / "confusion.svg").write_text(confusion_matrix(answers), encoding="utf-8")
    (out / "calibration.svg").write_text(calibration_picture(calibration(answers)), encoding="utf-8")
    wrong = [
        (text, ", ".join(right), first, f"{row.max():.2f}")
        for text, right, first, row, hit in zip(
            answers.texts, answers.right, answers.first, answers.probabilities, answers.hits, strict=True
        )
        if not hit
    ]
    figures = (answers.accuracy(), answers.among(3), answers.macro_f1(), calibration_error(answers))
    points = fallback_curve(answers, _THRESHOLDS)
    return "\n".join(
        [
            f"# {file.name}\n",
            f"{how}\n",
            table(
                ["messages", "first answer right", "among three", "macro F1", "calibration error"],
                [[len(answers.texts), *figures]],
            ),
            "![Which intents are taken for which](confusion.svg)\n\n![Confidence and right answers](calibration.svg)\n",
            table(
                ["threshold", "kept", "right of these"],
                [(f"{one.threshold:.2f}", one.kept, one.right_of_kept) for one in points],
            ),
            f"{len(wrong)} wrong first answers:\n",
            table(["message", "wanted", "answered", "confidence"], wrong),
        ]
    )


def _answers(root: Path, cases: list[Case], sectors: list[str]) -> tuple[Answers, str]:
    if all(case.fold for case in cases):
        answers, times = given_folds(cases, lexicon_of(root / "data"))
        shown = ", ".join(f"{taken:.1f}" for taken in times)
        return answers, f"The folds of the file; training took {shown} seconds."
    if any(case.split in _LEARN for case in cases):
        learned = [Line(case.text, case.right[0]) for case in cases if case.split in _LEARN]
        asked = [case for case in cases if case.split not in _LEARN]
        if not asked:
            raise DataTooSmall("The file has nothing to measure with beside what is learned.")
        pipeline = Pipeline.trained(learned, lexicon_of(root / "data"))
        return answers_to(pipeline, asked), f"The split of the file; training took {pipeline.training_s:.1f} seconds."
    parts = [GENERAL, *sectors]
    pipeline = Pipeline.trained(read_parts(root / "data", parts), lexicon_of(root / "data", parts))
    answers = answers_to(pipeline, cases)
    noisy = ", ".join(f"{name} {answers_to(pipeline, cases, spoil).accuracy():.3f}" for name, spoil in NOISES.items())
    return answers, f"The assistant as it is trained with {', '.join(parts)}. Under noise: {noisy}."
