"""The evaluation: its figures are right, its noise is always the same, and it measures any file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from evaluation import __main__ as command
from evaluation.asking import folds
from evaluation.cases import Case, read_cases
from evaluation.errors import DataTooSmall, LinesInvalid
from evaluation.measures import Answers, calibration, calibration_error, fallback_curve
from evaluation.noise import NOISES
from evaluation.part_worth import VARIANTS, figures, shuffled
from evaluation.pictures import calibration_picture, confusion_matrix
from evaluation.pipeline import Pipeline, lexicon_of
from evaluation.side_by_side import sample
from evaluation.training_files import Line

INTENTS = ["greet", "out_of_scope", "track_order"]


def answers(*rows: tuple[str, list[float]]) -> Answers:
    return Answers(
        [f"text {at}" for at in range(len(rows))],
        [tuple(right.split(",")) for right, _ in rows],
        INTENTS,
        np.array([probabilities for _, probabilities in rows]),
    )


GIVEN = answers(
    ("greet", [0.9, 0.05, 0.05]),
    ("track_order", [0.5, 0.2, 0.3]),
    ("track_order,greet", [0.6, 0.1, 0.3]),
    ("out_of_scope", [0.4, 0.35, 0.25]),
)


def test_a_second_intent_counts_as_right() -> None:
    assert GIVEN.hits.tolist() == [True, False, True, False]
    assert GIVEN.accuracy() == 0.5
    assert GIVEN.among(2) == 1.0


def test_the_calibration_error_is_the_distance_of_confidence_and_truth() -> None:
    # 0.9 right, 0.5 wrong, 0.6 right, 0.4 wrong, each in a bin of its own.
    assert calibration_error(GIVEN) == pytest.approx((0.1 + 0.5 + 0.4 + 0.4) / 4)
    assert sum(one.count for one in calibration(GIVEN)) == 4


def test_a_threshold_keeps_and_catches() -> None:
    low, high = fallback_curve(GIVEN, [0.0, 0.55])
    assert (low.kept, low.caught) == (1.0, 0.0)
    assert (high.kept, high.right_of_kept, high.caught) == (pytest.approx(2 / 3), 1.0, 1.0)


def test_what_was_confused_is_counted() -> None:
    assert GIVEN.confused() == {("track_order", "greet"): 1, ("out_of_scope", "greet"): 1}


def test_the_pictures_are_valid_svg() -> None:
    for picture in (confusion_matrix(GIVEN), calibration_picture(calibration(GIVEN))):
        assert ElementTree.fromstring(picture).tag.endswith("svg")


@pytest.mark.parametrize("name", NOISES)
def test_noise_is_always_the_same_and_changes_something(name: str) -> None:
    text = "Guten Tag, ich möchte gerne meine Bestellung stornieren, weil die Lieferung zu lange dauert."
    assert NOISES[name](text) == NOISES[name](text) != text


@pytest.fixture
def numbered(tmp_path: Path) -> Path:
    rows = [
        f"{text} nummer {'abcdefghij'[at]}\t{intent}\t{at % 5}\t{'valid' if at < 8 else 'test'}"
        for text, intent in (("wo ist mein paket", "track_order"), ("hallo und guten tag", "greet"))
        for at in range(10)
    ]
    path = tmp_path / "cases.tsv"
    path.write_text("text\tintent\tfold5\tsplit\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("column", "asked"), [("split", 20), ("fold5", 4)])
def test_a_file_is_measured_with_its_folds_or_its_split(
    root: Path, numbered: Path, tmp_path: Path, column: str, asked: int, capsys: pytest.CaptureFixture[str]
) -> None:
    # Without the column there is only the other one.
    at = ["text", "intent", "fold5", "split"].index(column)
    rows = [line.split("\t") for line in numbered.read_text(encoding="utf-8").splitlines()]
    numbered.write_text("\n".join("\t".join(row[:at] + row[at + 1 :]) for row in rows) + "\n", encoding="utf-8")
    assert command.main(["--data", str(numbered), "--out", str(tmp_path / "out")]) == 0
    assert f"| {asked} | 1.000 |" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"report.md", "confusion.svg", "calibration.svg"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("text\tlabel\nhallo\tgreet\n", LinesInvalid),
        ("text\tintent\n \tgreet\n", LinesInvalid),
        ("text\tintent\n", DataTooSmall),
    ],
)
def test_a_file_that_cannot_be_measured_is_refused(tmp_path: Path, content: str, error: type[Exception]) -> None:
    path = tmp_path / "cases.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(error):
        read_cases(path)
    assert command.main(["--data", str(path), "--out", str(tmp_path)]) == 2


def test_no_fold_has_seen_what_it_answers(root: Path) -> None:
    """The same text with two meanings can only be told wrong by who has not seen it."""
    lines = [Line(f"wort{at}", intent) for at in range(4) for intent in ("one", "other")]
    given, times = folds(lines, lexicon_of(root / "data", []), 2)
    assert given.accuracy() <= 0.5
    assert len(times) == 2


def test_an_intent_with_too_few_lines_for_the_folds_is_named(root: Path) -> None:
    lines = [Line("hallo", "greet"), Line("guten tag", "greet"), Line("tschüss", "goodbye")]
    with pytest.raises(DataTooSmall, match="goodbye"):
        folds(lines, lexicon_of(root / "data", []), 2)


def test_the_sample_is_even_fixed_and_learns_nothing_it_asks() -> None:
    lines = [Line(f"{intent} {at}", intent) for intent in "abc" for at in range(40)]
    learned, asked = sample(lines, 61)
    assert len(learned) + len(asked) == 61
    assert set(learned).isdisjoint(asked)
    assert (learned, asked) == sample(lines, 61)
    assert {intent: sum(line.intent == intent for line in learned + asked) for intent in "abc"} == {
        "a": 21,
        "b": 20,
        "c": 20,
    }


def test_leaving_a_part_out_is_measured_and_leaves_it_out(root: Path) -> None:
    lexicon = lexicon_of(root / "data", ["general"])
    words = {"track_order": ["paket", "lieferung", "sendung"], "greet": ["hallo", "moin", "servus"]}
    lines = [Line(f"{word} {at}", intent) for intent, listed in words.items() for word in listed for at in "abcd"]
    cases = [Case(f"{word} bitte", (intent,)) for intent, listed in words.items() for word in listed]
    everything = figures(VARIANTS[0], lines, lexicon, cases)
    assert everything[:2] == (1.0, 1.0)
    by_name = {variant.name: variant for variant in VARIANTS}
    # A word of which a letter is wrong is known only where it is corrected.
    mistyped = [Case(f"{word[0]}q{word[2:]}", (intent,)) for intent, listed in words.items() for word in listed]
    alone = Pipeline.trained(lines, lexicon, ["words"], corrects=False, copies=False)
    assert not alone.features.transform([case.text for case in mistyped]).nnz
    assert (
        Pipeline.trained(lines, lexicon, ["words"], copies=False)
        .features.transform([case.text for case in mistyped])
        .nnz
    )
    assert figures(by_name["words alone"], lines, lexicon, mistyped)[0] == 1.0


def test_lines_are_shuffled_by_intent_and_always_alike() -> None:
    lines = [Line(f"{intent} {at}", intent) for at in range(9) for intent in "ab"]
    found = shuffled(lines)
    assert found == shuffled(lines)
    assert [sorted({line.intent for line in listed}) for listed in found] == [["a"], ["b"]]
    assert sorted(line.text for listed in found for line in listed) == sorted(line.text for line in lines)
