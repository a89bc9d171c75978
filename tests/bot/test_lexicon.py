"""The concept lexicon: what its expressions fit, what is refused, and that the files of the project are in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.errors import LexiconInvalid
from components.lexicon import Lexicon, read_lexicon


@pytest.mark.parametrize(
    ("expression", "fits", "does_not_fit"),
    [
        ("paket", ["Wo ist mein PAKET?", "(paket)", "paket,wo"], ["pakete", "postpaket"]),
        ("paket*", ["Paketstation", "paket"], ["postpaket"]),
        ("*paket", ["Postpaket", "paket"], ["paketbote"]),
        ("nicht da", ["es ist nicht da!"], ["nicht mehr da", "da nicht"]),
        ("nicht _ da", ["nicht da", "nicht mehr da"], ["nicht bei mir da"]),
        ("nicht _ _ da", ["nicht da", "nicht mehr da", "nicht bei mir da"], ["nicht bei mir zuhause da"]),
        ("nicht geliefer*", ["nicht geliefert", "nicht gelieferte Ware"], ["nicht schnell geliefert"]),
        ("e-mail", ["E-Mail?"], ["mail"]),
        ("👍", ["👍", "gut 👍"], ["gut"]),
    ],
)
def test_an_expression_fits_what_its_form_says(expression: str, fits: list[str], does_not_fit: list[str]) -> None:
    lexicon = Lexicon({"concept": [expression]})
    assert [text for text in fits if not lexicon.find(text)] == []
    assert [text for text in does_not_fit if lexicon.find(text)] == []


def test_a_word_may_stand_for_several_concepts() -> None:
    lexicon = Lexicon({"one": ["paket*"], "other": ["paket"], "third": ["brief"]})
    assert lexicon.find("das paket") == {"one", "other"}


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("a: [x]\nb: [Paket]\n", 2, "lower case"),
        ("a:\n  - paket\n  - pa*ket\n", 3, "beginning or at the end"),
        ("a:\n  - nicht* da\n", 2, "only stand at the end"),
        ("a: [x]\nb: [ab*]\n", 2, "at least 3 letters"),
        ("a: [paket, paket]\n", 1, "twice"),
        ("a: [x]\n\na: [y]\n", 3, "twice"),
        ("a: [x]\nb: paket\n", 2, "needs a list"),
        ("a: [x]\nb: []\n", 2, "needs a list"),
        ("a: [x]\nB: [y]\n", 2, "lower case"),
        ("a: [x\nb: [y]\n", 2, "no valid YAML"),
        ("a: [_ paket]\n", 1, "gap"),
        ("a: ['mwst.']\n", 1, "never fit"),
        ("a: [[x]]\n", 1, "word or phrase"),
        ("- a\n", 1, "maps names"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, content: str, line: int, reason: str) -> None:
    path = tmp_path / "concepts.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconInvalid) as caught:
        read_lexicon([tmp_path])
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert reason in str(caught.value)


def test_the_same_concept_in_two_parts_has_the_expressions_of_both(tmp_path: Path) -> None:
    for part, expression in (("general", "paket"), ("retail", "sendung")):
        (tmp_path / part).mkdir()
        (tmp_path / part / "concepts.yml").write_text(f"thing: [{expression}, brief]", encoding="utf-8")
    assert read_lexicon([tmp_path / "general", tmp_path / "retail"]) == {"thing": ["paket", "brief", "sendung"]}


def test_a_part_without_a_lexicon_is_none(tmp_path: Path) -> None:
    assert read_lexicon([tmp_path]) == {}


def test_the_lexicons_of_the_project_are_in_order_and_rich(root: Path) -> None:
    for part, least in (("general", 5000), ("retail", 5000), ("energy", 300), ("insurance", 300)):
        concepts = read_lexicon([root / "data" / part])
        assert sum(map(len, concepts.values())) >= least, part
