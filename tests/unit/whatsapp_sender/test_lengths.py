"""Cuts are at good places, within WhatsApp's limits, and lose nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_bridge.channels.whatsapp.sender.lengths import length, shorten, split

FAMILY = "👨\u200d👩\u200d👧\u200d👦"


def test_an_emoji_counts_as_two_and_an_umlaut_as_one() -> None:
    assert length("ä") == 1
    assert length("🤝") == 2
    assert length(FAMILY) == 11


def test_what_fits_stays_whole() -> None:
    assert split("Guten Tag!", 10) == ["Guten Tag!"]


def test_a_long_text_is_cut_between_paragraphs_first() -> None:
    first, second = "Eins. " * 12 + "Schluss", "Zwei. " * 12
    assert split(f"{first}\n\n{second}", 100) == [first, second.strip()]


def test_without_paragraphs_it_is_cut_after_a_sentence() -> None:
    assert split("Das ist der erste Satz. Das ist der zweite Satz.", 30) == [
        "Das ist der erste Satz.",
        "Das ist der zweite Satz.",
    ]


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    assert split("Donaudampfschifffahrt Gesellschaft", 25) == ["Donaudampfschifffahrt", "Gesellschaft"]


def test_no_emoji_is_torn_apart() -> None:
    pieces = split("a" + FAMILY * 3, 20)
    assert "".join(pieces) == "a" + FAMILY * 3
    assert all(piece.count("👨") == piece.count("👦") for piece in pieces)


def test_an_emoji_longer_than_a_piece_is_cut_rather_than_never_sent() -> None:
    endless = "👩" + "\u200d👩" * 30
    pieces = split(endless, 10)
    assert "".join(pieces) == endless
    assert all(length(piece) <= 10 for piece in pieces)


@given(st.text(max_size=300), st.integers(min_value=2, max_value=60))
def test_pieces_are_within_the_limit_and_hold_every_sign_but_spaces(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(0 < length(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Lieferung verfolgen", "Lieferung verfolgen"), ("Meine Lieferung verfolgen", "Meine Lieferung ver…")],
)
def test_a_title_that_is_too_long_ends_with_an_ellipsis(text: str, shown: str) -> None:
    assert shorten(text, 20) == shown


@given(st.text(max_size=80), st.integers(min_value=2, max_value=30))
def test_a_shortened_title_is_within_the_limit(text: str, most: int) -> None:
    assert length(shorten(text, most)) <= most
