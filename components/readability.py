"""Whether a message holds anything that can be understood, before a meaning is looked for.

A linear model gives "..." or "1" the meaning of whichever example they resemble by accident, and is sure of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

#: Signs that say yes or no by themselves; a skin colour may follow.
_SPEAKING_SIGNS = re.compile(r"[\s👍👎👌✅❌\U0001F3FB-\U0001F3FF\uFE0F]+")
#: Three digits may be part of an order number or a postal code; fewer say nothing alone.
_NUMBER = re.compile(r"\d{3}")
_LETTERS = re.compile(r"[^\W\d_]+")
#: Longer words may be mistyped or newly compounded; in shorter ones there is nothing to recognise a word by.
_SHORT = 3


def is_readable(text: str, knows_word: Callable[[str], bool], resembles_word: Callable[[str], bool]) -> bool:
    """Whether `text` has a word that may be known, a number long enough, or a sign that speaks for itself.

    `knows_word` tells of a word in lower case whether any example holds it; `resembles_word` tells of a longer one
    whether it is made like those.
    """
    if _NUMBER.search(re.sub(r"(?<=\d)[ -](?=\d)", "", text)):
        return True
    words = _LETTERS.findall(text.lower())
    if not words:
        return bool(text.strip()) and _SPEAKING_SIGNS.fullmatch(text) is not None
    return any(knows_word(word) or (len(word) > _SHORT and resembles_word(word)) for word in words)
