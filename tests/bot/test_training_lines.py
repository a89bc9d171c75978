"""Training lines: taken over without near-duplicates, and the project's own data is free of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation import lines as tool
from evaluation.errors import IntentUnknown, LinesInvalid
from evaluation.lines import heldout_texts, new_lines, problems
from evaluation.similarity import near_duplicates, template_runs
from evaluation.training_files import Line, append, read_parts, read_tsv


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project with one general intent and one of a sector."""
    (tmp_path / "tests/bot").mkdir(parents=True)
    (tmp_path / "tests/bot/heldout.tsv").write_text("text\tintent\nwo bleibt denn meine bestellung\ttrack_order\n")
    (tmp_path / "domain.yml").write_text("intents: [greet]")
    (tmp_path / "data/shop").mkdir(parents=True)
    (tmp_path / "data/shop/domain.yml").write_text("intents: [track_order]")
    append([Line("Wo ist mein Paket mit dem Handy geblieben?", "track_order"), Line("hallo", "greet")], tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Wo ist mein Paket geblieben?", "wo ist mein paket geblieben", True),
        ("Bestellung 10423345 ist noch nicht da", "bestellung 20718834 ist noch nicht da!!", True),
        ("Wo ist mein Paket geblieben?", "Wann kommt eigentlich meine Lieferung?", False),
        ("plz 44135", "plz 99084", False),
        ("Danke!", "danke", True),
        ("👍", "👎", False),
    ],
)
def test_near_duplicates_are_told_from_other_words_for_the_same(one: str, other: str, near: bool) -> None:
    assert (list(near_duplicates([one, other])) == [(0, 1)]) is near


def test_lines_that_differ_in_one_word_are_a_template_from_the_fourth_on() -> None:
    made = [f"ich möchte bitte meinen {thing} zurückgeben" for thing in ("Toaster", "Mixer", "Fernseher", "Beamer")]
    assert template_runs([*made, "etwas ganz anderes steht hier"]) == [made]
    assert template_runs(made[:3]) == []


def test_only_what_is_new_is_taken_over_and_only_once(small: Path) -> None:
    offered = [
        Line("wo ist mein paket mit dem handy geblieben", "track_order"),
        Line("Wo bleibt denn meine Bestellung?", "track_order"),
        Line("dhl sagt zugestellt, ich sage nein [siehe foto](x)", "track_order"),
        Line("dhl sagt zugestellt, ich sage nein (siehe foto)(x)!", "track_order"),
    ]
    known = [*heldout_texts(small), *(line.text for line in read_parts(small / "data"))]
    assert append(new_lines(offered, known), small) == {"track_order": 1}
    assert [line.text for line in read_parts(small / "data", ["shop"])] == [
        "Wo ist mein Paket mit dem Handy geblieben?",
        "dhl sagt zugestellt, ich sage nein (siehe foto)(x)",
    ]


def test_a_line_of_an_unknown_intent_stops_the_import_before_anything_is_written(small: Path) -> None:
    before = read_parts(small / "data")
    with pytest.raises(IntentUnknown, match="rent_boat"):
        append([Line("hallöchen zusammen", "greet"), Line("ein boot", "rent_boat")], small)
    assert read_parts(small / "data") == before


def test_a_general_intent_can_have_lines_in_the_words_of_one_trade(small: Path) -> None:
    line = Line("moin, hier liest grad einer den Zähler ab", "greet")
    append([line], small, "shop")
    assert line in read_parts(small / "data", ["shop"])
    assert read_parts(small / "data", ["general"]) == [Line("hallo", "greet")]


@pytest.mark.parametrize("row", ["ohne tabulator", "text\t", "\tgreet", "a\tb\tc"])
def test_a_malformed_line_is_named(tmp_path: Path, row: str) -> None:
    path = tmp_path / "lines.tsv"
    path.write_text(f"hallo\tgreet\n{row}\n", encoding="utf-8")
    with pytest.raises(LinesInvalid, match=r"lines\.tsv:2"):
        read_tsv(path)


def test_the_check_finds_what_it_is_for() -> None:
    made = [Line(f"ich habe eine ganz dringende frage zum {thing}", "ask_product") for thing in "abcd"]
    held = ["Wann kommt denn meine Waschmaschine?"]
    found = problems([*made, Line("wann kommt denn meine waschmaschine", "track_order")], held)
    assert any(problem.startswith("made from a template (ask_product") for problem in found)
    assert any(problem.startswith("nearly the same (held out, track_order)") for problem in found)


def test_the_training_data_of_the_project_is_in_order(root: Path) -> None:
    assert problems(read_parts(root / "data"), heldout_texts(root)) == []


def test_the_command_says_what_it_took(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool, "ROOT", small)
    (small / "new.tsv").write_text("grüß gott beieinand\tgreet\nhallo\tgreet\n", encoding="utf-8")
    assert tool.main(["import", str(small / "new.tsv")]) == 0
    assert "1 of 2 lines are new" in capsys.readouterr().out
    assert tool.main(["check"]) == 0
    assert tool.main(["import", str(small / "missing.tsv")]) == 2
