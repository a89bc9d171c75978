"""Writes a message as haste and phones would: what the intent classifier also learns from, at a small weight."""

from __future__ import annotations

import random
import re

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_BARE = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s", "Ä": "A", "Ö": "O", "Ü": "U"})
_PUNCTUATION = re.compile(r"[.,!?;:]+(?=\s|$)")
_SWALLOWED = re.compile(r"\b\w{4,}[ent]\b")
#: A German keyboard.
_ROWS = ("qwertzuiopü", "asdfghjklöä", "yxcvbnm")
_BESIDE = {
    letter: "".join(row[place] for place in (at - 1, at + 1) if 0 <= place < len(row))
    for row in _ROWS
    for at, letter in enumerate(row)
}
#: One error in so many letters.
_LETTERS_PER_ERROR = 14


def mistyped(text: str, seed: int) -> str:
    """The text with other umlauts, without capitals, with cut endings and with mistyped letters: each with a chance.

    Always the same for the same text and seed.
    """
    chance = random.Random(f"{seed} {text}")
    if chance.random() < 0.6:
        text = text.translate(_DIGRAPHS if chance.random() < 0.8 else _BARE)
    if chance.random() < 0.6:
        text = _PUNCTUATION.sub("", text.lower())
    if chance.random() < 0.5:
        text = _SWALLOWED.sub(lambda word: word[0][:-1] if chance.random() < 0.4 else word[0], text)
    signs = list(text)
    letters = [at for at in range(1, len(signs) - 1) if signs[at].isalpha()]
    for at in chance.sample(letters, round(len(letters) / _LETTERS_PER_ERROR)):
        kind = chance.randrange(4)
        if kind == 0:
            signs[at] = ""
        elif kind == 1:
            signs[at] *= 2
        elif kind == 2 and signs[at - 1].isalpha():
            signs[at - 1], signs[at] = signs[at], signs[at - 1]
        else:
            signs[at] = chance.choice(_BESIDE.get(signs[at].lower(), signs[at]))
    return "".join(signs)
