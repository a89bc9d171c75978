"""Numbers, dates and names of things are found in the ways customers write them, and brought to one form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.entities.extractor import RuleEntityExtractor
from components.entities.finder import ENTITIES as KINDS
from components.entities.finder import LONGEST_TEXT, find_entities
from components.entities.numerals import number, ordinal

ROWS = (Path(__file__).parent / "entities.tsv").read_text(encoding="utf-8").splitlines()[1:]
SUNDAY = date(2026, 2, 15)


def found_in(text: str) -> list[tuple[str | None, str]]:
    return sorted((found.entity, found.value) for found in find_entities(text, SUNDAY))


@pytest.mark.parametrize("row", ROWS)
def test_what_a_customer_names_is_found_in_its_normal_form(row: str) -> None:
    text, _, entities = row.partition("\t")
    expected = sorted(tuple(entity.split("=", 1)) for entity in entities.split("; ")) if entities else []
    assert found_in(text) == expected


def test_the_rows_have_every_kind() -> None:
    assert {entity.split("=")[0] for row in ROWS for entity in row.split("\t")[1].split("; ") if entity} == set(KINDS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("heute", "2026-02-15"),
        ("gestern", "2026-02-14"),
        ("vorgestern", "2026-02-13"),
        ("übermorgen", "2026-02-17"),
        ("letzten Montag", "2026-02-09"),
        ("am Sonntag", "2026-02-08"),
        ("nächsten Montag", "2026-02-16"),
        ("vor drei Tagen", "2026-02-12"),
        ("vor zwei Wochen", "2026-02-01"),
        ("in 10 Tagen", "2026-02-25"),
        ("seit dem 3.", "2026-02-03"),
        ("vor ein paar Tagen", None),
        ("vor 999 Jahren", "1027-10-16"),
    ],
)
def test_relative_days_carry_the_day_that_is_meant(said: str, meant: str | None) -> None:
    (found,) = find_entities(f"Das war {said}", SUNDAY)
    assert (found.entity, found.resolved) == ("date", meant)


def test_places_are_those_of_the_message_although_numbers_were_spoken() -> None:
    text = "Die Nummer ist eins null vier zwei drei drei vier fünf, gestern bestellt"
    order, day = find_entities(text, SUNDAY)
    assert text[order.start : order.end] == "eins null vier zwei drei drei vier fünf"
    assert text[day.start : day.end] == "gestern"


@pytest.mark.parametrize(
    ("word", "value"),
    [("null", 0), ("zwölf", 12), ("zwoelf", 12), ("einundzwanzig", 21), ("hundertfünf", 105), ("zweitausend", 2000),
     ("achtzehntausendvierhundertzwölf", 18412), ("neunzehnhundertachtzig", 1980), ("haus", None), ("undzwanzig", None),
     ("tausendtausend", None), ("", None), ("ein" * 30, None)],
)  # fmt: skip
def test_number_words_are_read(word: str, value: int | None) -> None:
    assert number(word) == value


@pytest.mark.parametrize(
    ("word", "value"),
    [("ersten", 1), ("dritter", 3), ("siebten", 7), ("zwanzigsten", 20), ("einunddreißigsten", 31), ("letzten", None),
     ("vierzigsten", None), ("besten", None)],
)  # fmt: skip
def test_ordinals_are_read(word: str, value: int | None) -> None:
    assert ordinal(word) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "1 " * 2048, "1.1." * 1024, "a at " * 819, "a." * 2048, "a-" * 2048, "zähler " * 585,
     "eins " * 819, "kundennummer ist " * 240, "DE89" * 1024, "@" * 4096,
     "0/" * 2048, "stand ist " * 409, "Ａ１２３４５" * 600],
)  # fmt: skip
def test_whatever_somebody_pastes_is_searched_to_its_end(text: str) -> None:
    for found in find_entities(text, SUNDAY):
        assert 0 <= found.start < found.end <= len(text)


def test_what_stands_beyond_any_message_is_not_read() -> None:
    assert find_entities("x" * LONGEST_TEXT + " 10423345", SUNDAY) == []


def test_the_component_keeps_what_others_have_found() -> None:
    message = Message({TEXT: "Bestellung 10423345", ENTITIES: [{"entity": "remedy", "value": "repair"}]})
    RuleEntityExtractor().process([message])
    first, second = message.get(ENTITIES)
    assert first["entity"] == "remedy"
    assert (second["entity"], second["value"], second["text"], second["extractor"]) == (
        "order_number", "10423345", "10423345", "RuleEntityExtractor",
    )  # fmt: skip
