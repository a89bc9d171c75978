"""German decimals, sums of money and meter readings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from components.entities.found import LIKELY, NAMED, TYPICAL, Found
from components.entities.view import View

#: 12.044 · 1 249,00 · 899.99 · 018442 · 8.123,45
NUMBER = r"(?<![\w.,])(?:\d{1,3}(?:[.\u2009' ]\d{3})+|\d+)(?:(?:,| komma )\d{1,3}|\.\d{1,2}(?!\d))?(?![\d])"
_CURRENCY = r"(?:€|euros?\b|eur\b|teuro\b|euronen\b|eumel\b)"
_AMOUNT_AFTER = re.compile(
    rf"({NUMBER})(?:,-+|,–|\.-+|-)? ?{_CURRENCY}(?: (?:und )?(\d{{2}})(?: cent)?\b(?! ?{_CURRENCY}))?",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(rf"(?:€|\beur(?:o)?) ?({NUMBER})(?:,-+|,–)?", re.IGNORECASE)
_AMOUNT_DASH = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3})*|\d+),(?:-+|–)")
_CENT = re.compile(r"(?<![\w.,])(\d{1,2}) ?(?:cent|ct)\b(?!/|\.?/)", re.IGNORECASE)
#: 129,95 without a unit: two decimals after a comma are money, unless a unit follows.
_AMOUNT_BARE = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:\.\d{3})+|\d+),\d{2}(?![\d%])(?! ?(?:%|prozent|uhr|°|zoll|cm|mm|km|kg|g\b"
    r"|l\b|liter|m\b|m²|qm|gb|tb|mb|mbit|kw|watt|w\b|mah|v\b|grad|kwh|m³|m3|kubik|cbm|meter|min|std"
    r"|stunden))",
    re.IGNORECASE,
)
_CENTS_SPOKEN = re.compile(rf"({NUMBER}) ?{_CURRENCY} (?:und )?(\d{{1,2}})(?: ?cent)\b", re.IGNORECASE)

_UNIT = r"(?:kwh|kw/h|kw h|kilowattstunden?|kilowatt(?!\w)|kubikmetern?|kubik|cbm|m³|m\^3|m3|qbm)"
_DIGITS = r"(?:\d(?: \d){2,7}(?:,\d{1,3})?)"
_READING_UNIT = re.compile(rf"({_DIGITS}|{NUMBER}) ?{_UNIT}(?!\w|/)", re.IGNORECASE)
_READING_NAMED = re.compile(
    r"(?:z(?:ä|ae)hlerst(?:a|ä|ae)nde?|stand(?:et)?\b|st(?:ä|ae)nde\b|abgelesen\w*|ablesung|ablesewert"
    r"|ablesestand|z(?:ä|ae)hler (?:steht|zeigt|sagt|hat)|steht (?:jetzt |heute |aktuell "
    r"|momentan )?(?:auf|bei)|"
    r"zeigt (?:jetzt |heute |aktuell )?(?:an)?|\bht\b|\bnt\b|hochtarif|niedertarif|1\.8\.[0-2]"
    r"|wert(?:\s+(?:ist|lautet))?)"
    rf"(?:\s*(?:ist|lautet|von|mit|auf|bei|jetzt|heute|aktuell|strom|gas|wasser|ht|nt|:|=|-|→|->|der"
    rf"|beträgt|betraegt|am|vom|[0-3]?\d\.[01]?\d\.(?:20)?\d{{0,2}}:?)){{0,5}}\s*({_DIGITS}"
    rf"|{NUMBER})(?![\d.]*\d)(?!\s*(?:€|euro|eur\b|uhr|prozent|%|tage|wochen|jahr|monat|mal\b|h\b))",
    re.IGNORECASE,
)
#: "18977 und nicht 19877 kwh": what stands beside a reading in this way is one too.
_BESIDE = re.compile(
    rf"({NUMBER})\s*(?:,|und|statt|nicht|sondern|anstatt|oder|bzw\.?|und nicht|, nicht"
    rf"|nicht mehr)(?: (?:nicht|statt|von))?\s*$",
    re.IGNORECASE,
)
#: How much is used in a year is no reading.
_USE = re.compile(
    r"verbrauch\w*|verbrauche\w*|im jahr|pro jahr|jährlich|jaehrlich|p\.\s?a\.|/jahr|/a\b|im monat"
    r"|pro monat|einspeis\w*|ct|cent|kostet|speicher|batterie\b|wallbox|€",
    re.IGNORECASE,
)
_READ = re.compile(r"stand|abgelesen|ablesung|z(?:ä|ae)hler|zeigt", re.IGNORECASE)
_CLAUSE = re.compile(r"[;!?\n]|\.\s|, (?=[a-zäöü])")


def decimal(typed: str) -> Decimal:
    """The number that a German has typed: points and blanks group thousands, a comma begins the decimals.

    A single point before one or two digits begins decimals as well, as in prices from English pages. Raises
    decimal.InvalidOperation for what is no number.
    """
    text = typed.strip().replace(" komma ", ",").replace("\u2009", "").replace("'", "").replace(" ", "")
    if "," in text:
        return Decimal(text.replace(".", "").replace(",", "."))
    whole, point, rest = text.rpartition(".")
    if point and len(rest) in (1, 2):
        return Decimal(whole.replace(".", "") + "." + rest)
    return Decimal(text.replace(".", ""))


def amounts(view: View) -> Iterator[Found]:
    """Sums in euros with two decimals ("79.90")."""
    text = view.text
    for found in _AMOUNT_AFTER.finditer(text):
        cents = Decimal(found[2]) / 100 if found[2] and "," not in found[1] else 0
        yield _amount(found, decimal(found[1]) + cents, NAMED)
    for found in _CENTS_SPOKEN.finditer(text):
        yield _amount(found, decimal(found[1]) + Decimal(found[2]) / 100, NAMED)
    for found in _AMOUNT_BEFORE.finditer(text):
        yield _amount(found, decimal(found[1]), NAMED - 1)
    for found in _AMOUNT_DASH.finditer(text):
        yield _amount(found, decimal(found[1]), TYPICAL)
    for found in _CENT.finditer(text):
        yield _amount(found, Decimal(found[1]) / 100, TYPICAL)
    for found in _AMOUNT_BARE.finditer(text):
        yield _amount(found, decimal(found[0]), LIKELY)


def readings(view: View) -> Iterator[Found]:
    """What a meter shows: a plain number without unit, thousands points and leading zeros."""
    text = view.text
    for found in _READING_UNIT.finditer(text):
        clause = _clause_around(text, found.start(), found.end())
        if _USE.search(clause) and not _READ.search(clause):
            continue
        yield _reading(found.start(1), found.end(), found[1], NAMED + 2)
        beside = _BESIDE.search(text, 0, found.start())
        if beside:
            yield _reading(beside.start(1), beside.end(1), beside[1], NAMED + 2)
    for found in _READING_NAMED.finditer(text):
        clause = text[found.start() : found.end() + 25]
        if not (_USE.search(clause) and "jahr" in clause.lower()):
            yield _reading(found.start(1), found.end(1), found[1], NAMED)


def _amount(found: re.Match[str], value: Decimal, certainty: int) -> Found:
    return Found(found.start(), found.end(), "amount", f"{value:.2f}", certainty)


def _reading(start: int, end: int, typed: str, certainty: int) -> Found:
    digits = typed.replace(" ", "") if re.fullmatch(_DIGITS, typed) else typed
    # One point before three digits groups thousands, however the number goes on.
    value = decimal(digits)
    plain = f"{value:f}"
    return Found(start, end, "meter_reading", plain, certainty)


def _clause_around(text: str, start: int, end: int) -> str:
    before = max((found.end() for found in _CLAUSE.finditer(text, 0, start)), default=0)
    after = _CLAUSE.search(text, end)
    return text[before : after.start() if after else len(text)]
