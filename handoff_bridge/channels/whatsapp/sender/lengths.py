"""Lengths and cuts as WhatsApp counts them.

Meta's limits name characters without saying which; UTF-16 units are the strictest reading, so they are counted here:
an emoji counts as two or more. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
"""

import unicodedata

MAX_TEXT = 4096
MAX_INTERACTIVE, MAX_CAPTION = 1024, 1024
MAX_BUTTONS, MAX_BUTTON_TITLE, MAX_BUTTON_ID = 3, 20, 256
MAX_ROWS, MAX_ROW_TITLE, MAX_ROW_TEXT, MAX_ROW_ID = 10, 24, 72, 200

_JOINER = "\u200d"
#: The best place for a cut first: between paragraphs, lines, sentences, words.
_BREAKS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")
#: A cut at such a place must leave at least this share of a piece filled, or the next kind of place is tried.
_FILLED = 0.5


def length(text: str) -> int:
    """In UTF-16 units."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def split(text: str, most: int) -> list[str]:
    """Cut into pieces of at most ``most`` units, at the best places there are; no piece is empty."""
    pieces = []
    rest = text.strip()
    while length(rest) > most:
        end = _cut(rest, most)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces


def shorten(text: str, most: int) -> str:
    """At most ``most`` units, with an ellipsis where something is missing."""
    text = " ".join(text.split())
    if length(text) <= most:
        return text
    return text[: _whole_characters(text, _fitting(text, most - 1))].rstrip() + "…"


def _cut(text: str, most: int) -> int:
    fitting = _fitting(text, most)
    for mark in _BREAKS:
        at = text.rfind(mark, 0, fitting + 1)
        if at >= fitting * _FILLED:
            return min(at + len(mark), fitting)
    return _whole_characters(text, fitting)


def _fitting(text: str, most: int) -> int:
    """How many of the first code points have at most ``most`` units."""
    units = 0
    for count, character in enumerate(text):
        units += 2 if ord(character) > 0xFFFF else 1
        if units > most:
            return count
    return len(text)


def _whole_characters(text: str, end: int) -> int:
    """Move a cut back so that it goes through no character made of several code points, as emoji are."""
    at = end
    while 0 < at < len(text) and (_continues(text[at]) or text[at - 1] == _JOINER):
        at -= 1
    # One that is longer than the whole piece is cut all the same.
    return at or end


def _continues(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or 0x1F3FB <= ord(character) <= 0x1F3FF
        or 0xFE00 <= ord(character) <= 0xFE0F
    )
