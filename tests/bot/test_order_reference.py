"""Order numbers and postal codes in the form in which they are stored."""

from __future__ import annotations

import pytest

from actions.order_reference import customer_number, looks_like_an_attempt, order_number, postal_code


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("10423345", True),
        ("B-2026-104233", True),
        ("1042334", False),
        ("104233456", False),
        ("B-1926-104233", False),
        ("", False),
    ],
)
def test_order_numbers_have_two_forms(value: str, is_one: bool) -> None:
    assert order_number(value) == (value if is_one else None)


@pytest.mark.parametrize(("value", "is_one"), [("50667", True), ("01067", True), ("5066", False), ("506677", False)])
def test_postal_codes_have_five_digits(value: str, is_one: bool) -> None:
    assert postal_code(value) == (value if is_one else None)


@pytest.mark.parametrize(("typed", "number"), [("k 204511", "K-204511"), ("K204511", "K-204511"), ("204511", None)])
def test_customer_numbers_are_brought_to_one_form(typed: str, number: str | None) -> None:
    assert customer_number(typed) == number


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
