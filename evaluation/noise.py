"""Spoils messages the way phones and haste do; always in the same way for the same message.

Apart from `components.typing_errors` on purpose: what is examined here is not what was learned from.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "k": "jl",
    "l": "kö", "m": "n,", "n": "bm", "o": "ip", "r": "et", "s": "ad", "t": "rz", "u": "zi", "v": "cb", "w": "qe",
}  # fmt: skip
#: One typing error in so many letters.
_LETTERS_PER_ERROR = 18


def typos(text: str) -> str:
    """Letters left out, doubled, exchanged or hit beside, about one in eighteen."""
    chance = random.Random(text)
    signs = list(text)
    letters = [at for at, sign in enumerate(signs) if sign.isalpha() and 0 < at < len(signs) - 1]
    for at in chance.sample(letters, min(len(letters), round(len(letters) / _LETTERS_PER_ERROR) or (len(letters) > 8))):
        kind = chance.randrange(4)
        if kind == 0:
            signs[at] = ""
        elif kind == 1:
            signs[at] *= 2
        elif kind == 2 and signs[at - 1].isalpha():
            signs[at - 1], signs[at] = signs[at], signs[at - 1]
        else:
            signs[at] = chance.choice(_NEIGHBOURS.get(signs[at].lower(), signs[at]))
    return "".join(signs)


def without_umlauts(text: str) -> str:
    """ae, oe, ue and ss."""
    return text.translate(_UMLAUTS)


def lower_case(text: str) -> str:
    """Lower case without punctuation, as dictated."""
    return re.sub(r"[.,!?;:]+(?=\s|$)", "", text.lower())


def cut_endings(text: str) -> str:
    """ "möcht", "hab", "nich": the last sign of every other longer word is swallowed."""
    chance = random.Random(text)
    return re.sub(r"\b\w{4,}[ent]\b", lambda word: word[0][:-1] if chance.random() < 0.5 else word[0], text)


ALL_TOGETHER = "all together"
NOISES: dict[str, Callable[[str], str]] = {
    "typing errors": typos,
    "no umlauts": without_umlauts,
    "lower case, no punctuation": lower_case,
    "cut endings": cut_endings,
    ALL_TOGETHER: lambda text: cut_endings(lower_case(without_umlauts(typos(text)))),
}
