"""What is a yes before something is changed."""

from __future__ import annotations

import pytest

from actions.confirmation import CONFIRMATION
from actions.tasks.message import Message


def read(text: str, intent: str = "inform", asked: bool = True) -> object:
    return CONFIRMATION.read(Message("m", text, intent, 0.9, (), False), asked, {})


@pytest.mark.parametrize(
    "text", ["ja", "Ja!", "jo mach", "ok", "passt so", "ja genau", "gerne", "auf jeden Fall", "👍"]
)
def test_a_plain_yes_is_one(text: str) -> None:
    assert read(text) == "yes"


@pytest.mark.parametrize(
    "text", ["nein", "nee lass", "nö", "bitte nicht", "lieber nicht", "na nicht", "falsch", "nope"]
)
def test_a_no_is_one_however_it_goes_on(text: str) -> None:
    assert read(text) == "no"


@pytest.mark.parametrize(
    "text",
    ["ja aber nur das tablet", "ja nein ja", "passt nicht", "ok, aber erst morgen", "ja oder?", "ja wenn es geht"],
)
def test_a_yes_with_a_reservation_is_neither(text: str) -> None:
    assert read(text) != "yes"
    assert read(text, intent="affirm") != "yes"


@pytest.mark.parametrize("text", ["äh", "???", "", "jahrelang gewartet", "nachher"])
def test_anything_else_is_neither(text: str) -> None:
    assert read(text) is None


def test_a_yes_to_nothing_is_not_read() -> None:
    assert read("ja", asked=False) is None


def test_a_tapped_button_counts_by_its_intent() -> None:
    assert CONFIRMATION.read(Message("m", "/affirm", "affirm", 1.0, (), True), True, {}) == "yes"
    assert CONFIRMATION.read(Message("m", "/deny", "deny", 1.0, (), True), True, {}) == "no"
