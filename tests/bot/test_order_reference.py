"""Order numbers and postal codes in the ways customers type them."""

from __future__ import annotations

import pytest

from actions.order_reference import looks_like_an_attempt, order_number, postal_code


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("10423345", "10423345"),
        ("#10423345", "10423345"),
        ("# 1042 3345", "10423345"),
        ("B-2026-104233", "B-2026-104233"),
        ("b2026104233", "B-2026-104233"),
        ("b 2026 104233", "B-2026-104233"),
        ("1042334", None),
        ("104233456", None),
        ("B-1926-104233", None),
        ("wo ist 10423345", None),
        ("", None),
    ],
)
def test_order_numbers_are_brought_to_one_form(typed: str, number: str | None) -> None:
    assert order_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [("50667", "50667"), (" 01067 ", "01067"), ("D-50667", "50667"), ("5066", None), ("506677", None), ("Köln", None)],
)
def test_postal_codes_are_brought_to_one_form(typed: str, code: str | None) -> None:
    assert postal_code(typed) == code


@pytest.mark.parametrize(
    ("text", "attempt"),
    [
        ("123", True),
        ("12 3", True),
        ("nr 10-42", True),
        ("12", True),
        ("nr 12", False),
        ("weiß nicht", False),
        ("", False),
    ],
)
def test_an_attempt_has_three_digits_or_nothing_but_digits(text: str, attempt: bool) -> None:
    assert looks_like_an_attempt(text) is attempt
