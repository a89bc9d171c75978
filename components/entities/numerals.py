"""German number words: "zwölf", "sechsundzwanzig", "achtzehntausendvierhundert"; and ordinals as in "dritter März"."""

from __future__ import annotations

import re
from functools import lru_cache

_UNITS = {
    "null": 0, "ein": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fünf": 5, "fuenf": 5, "sechs": 6,
    "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwoelf": 12, "dreizehn": 13,
    "vierzehn": 14, "fünfzehn": 15, "fuenfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip
_TENS = {
    "zwanzig": 20, "dreißig": 30, "dreissig": 30, "vierzig": 40, "fünfzig": 50, "fuenfzig": 50, "sechzig": 60,
    "siebzig": 70, "achtzig": 80, "neunzig": 90,
}  # fmt: skip
_ORDINALS = {
    "erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "fuenft": 5, "sechst": 6, "siebt": 7, "siebent": 7,
    "acht": 8, "neunt": 9, "zehnt": 10, "elft": 11, "zwölft": 12, "zwoelft": 12,
}  # fmt: skip
_ORDINAL_ENDING = re.compile(r"e[nrsm]?$")
#: The longest word worth reading.
_LONGEST = 60


@lru_cache(maxsize=4096)
def number(word: str) -> int | None:
    """The whole number from 0 to 999,999 that `word` (lower case, one word) names; None for any other word."""
    if len(word) > _LONGEST:
        return None
    before, thousand, after = word.partition("tausend")
    if thousand:
        thousands = _below_1000(before) if before else 1
        rest = _below_1000(after.removeprefix("und")) if after else 0
        return None if not thousands or rest is None else thousands * 1000 + rest
    return _below_1000(word)


def ordinal(word: str) -> int | None:
    """The day or month number from 1 to 31 that "dritten", "zwanzigster" … names; None for any other word."""
    if not _ORDINAL_ENDING.search(word):
        return None
    stem = _ORDINAL_ENDING.sub("", word)
    if stem in _ORDINALS:
        return _ORDINALS[stem]
    for ending in ("st", "t"):
        if stem.endswith(ending):
            value = _below_100(stem.removesuffix(ending))
            return value if value and 13 <= value <= 31 else None
    return None


def _below_1000(word: str) -> int | None:
    before, hundred, after = word.partition("hundert")
    if not hundred:
        return _below_100(word)
    hundreds = _UNITS.get(before) if before else 1
    rest = _below_100(after.removeprefix("und")) if after else 0
    return None if not hundreds or rest is None or hundreds > 19 else hundreds * 100 + rest


def _below_100(word: str) -> int | None:
    if word in _UNITS:
        return _UNITS[word]
    if word in _TENS:
        return _TENS[word]
    for name, tens in _TENS.items():
        if word.endswith("und" + name):
            unit = _UNITS.get(word.removesuffix("und" + name))
            return tens + unit if unit and unit < 10 else None
    return None
