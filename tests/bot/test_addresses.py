"""Addresses as they are typed."""

from __future__ import annotations

import pytest

from actions.retail.addresses import AddressField, address_in, from_line, one_line
from actions.tasks.fields import MALFORMED
from actions.tasks.message import Message


def message(text: str, intent: str = "inform") -> Message:
    return Message("m", text, intent, 0.9, (), False)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Gartenweg 5, 04109 Leipzig", "Gartenweg 5, 04109 Leipzig"),
        ("bitte an Gartenweg 5, 04109 Leipzig liefern", "Gartenweg 5, 04109 Leipzig"),
        ("lindenstr. 12a 50667 köln", "Lindenstr. 12a, 50667 Köln"),
        ("die neue adresse ist Am Alten Markt 7, 50667 Köln", "Am Alten Markt 7, 50667 Köln"),
        ("wir sind umgezogen: An der Alster 4-6 in 20099 Hamburg", "An der Alster 4-6, 20099 Hamburg"),
        ("Kirchweg 3\n01067 Dresden", "Kirchweg 3, 01067 Dresden"),
        ("Straße des 17. Juni 135, 10623 Berlin", "Straße des 17. Juni 135, 10623 Berlin"),
        ("nicht Gartenweg 5, 04109 Leipzig sondern Rosenweg 3, 04109 Leipzig", "Rosenweg 3, 04109 Leipzig"),
        ("Goethestraße 4, 60311 Frankfurt am Main, danke", "Goethestraße 4, 60311 Frankfurt am Main"),
        ("Packstation 112, Postnummer 12345678, 24103 Kiel", "Packstation 112, Postnummer 12345678, 24103 Kiel"),
    ],
)
def test_an_address_is_found_in_what_stands_around_it(text: str, line: str) -> None:
    found = address_in(text)
    assert found is not None
    assert one_line(found) == line
    assert one_line(from_line(line)) == line


@pytest.mark.parametrize("text", ["hauptstr 5 köln", "50667 Köln", "10423402 04109", "", "5 mal in 14 tagen"])
def test_half_an_address_is_none(text: str) -> None:
    assert address_in(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("nein, hausnummer 7", "Gartenweg 7, 04109 Leipzig"),
        ("nein, die 12b", "Gartenweg 12b, 04109 Leipzig"),
        ("falsch, plz ist 04105", "Gartenweg 5, 04105 Leipzig"),
        ("ne doch lieber Rosenweg 3, 04109 Leipzig", "Rosenweg 3, 04109 Leipzig"),
        ("ja", None),
    ],
)
def test_a_part_corrects_the_address_that_was_told(text: str, line: str | None) -> None:
    known = {"new_address": "Gartenweg 5, 04109 Leipzig"}
    assert AddressField().read(message(text), False, known) == line


def test_half_an_address_as_an_answer_is_asked_for_again() -> None:
    assert AddressField().read(message("hauptstr 5 köln"), True, {}) is MALFORMED
    assert AddressField().read(message("moment bitte"), True, {}) is None
