"""Order, customer and meter numbers, and postal codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.entities.found import CHECKED, LIKELY, NAMED, POSSIBLE, TYPICAL, Found
from components.entities.view import View

_B_NUMBER = re.compile(
    r"(?<!\w)b(?: ?[-–_/]? ?| strich | minus )(20\d{2})(?: ?[-–_/]? ?| strich "
    r"| minus )(\d{3} ?\d{3})(?!\d)",
    re.IGNORECASE,
)
_HASH = re.compile(r"# ?(\d(?: ?\d){7})(?!\d)")
_EIGHT = re.compile(
    r"(?<![\w.,+/-])(\d{8}|\d{4} \d{4}|\d{2} \d{2} \d{2} \d{2}|\d{2} \d{3} \d{3}|\d{3} \d{3} \d{2}"
    r"|\d(?: \d){7}|\d{4}[-./]\d{4})(?![\w]|[.,-]?\d)",
)
#: The end of a longer number, of a parcel for instance.
_MORE_DIGITS = re.compile(r"\d[ -]$")
_NR = r"(?:nummer|numer|nummr|nr\.?|no\.?|id)"
_FILL = (
    r"(?:\s*(?:ist|war|lautet|wäre|waere|hab|hat|die|der|das|also|meine|mein|nämlich|naemlich|:|=|-|–|#"
    r"|\(|\.|nr\.?|nummer|habe ich|steht|mit der|,)){0,4}\s*"
)
_ORDER_WORD = re.compile(
    rf"(?:bestell\w*|auftrag\w*|order\w*|best\.?|beleg\w*"
    rf"|vorgang\w*)[ -]?{_NR}?{_FILL}(?:#\s*)?(\d(?:[ -]?\d){{7}})(?![\d])",
    re.IGNORECASE,
)
_CUSTOMER = re.compile(
    rf"(?<!\w)(?:kunden?[ -]?{_NR}|kundenkonto|kd[.-]?[ -]?{_NR}?|kdnr\.?|knr\.?|kunde{_FILL}{_NR}"
    rf"|debitor\w*[ -]?{_NR}?|mitglieds?[ -]?{_NR}|kundenkennung|kund(?:e|in)(?= \d{{5}})){_FILL}"
    r"((?:[a-z]{1,3}[ -]?)?\d(?:[ -]?\d){2,11})(?![\d])",
    re.IGNORECASE,
)
#: Digits 1, three letters, then the rest: DIN 43863-5, the identification of measuring devices.
_METER_ID = re.compile(
    r"(?<!\w)(1 ?[a-z]{3} ?\d{2} ?\d{4} ?\d{4}|1 ?[a-z]{3}(?: ?\d){10}|[789] ?[a-z]{3}(?: ?\d){10})(?!\w)",
    re.IGNORECASE,
)
_METER = re.compile(
    rf"(?:(?:strom|gas|wasser)?z(?:ä|ae)hler[ -]?{_NR}|(?:strom|gas|wasser)?z(?:ä|ae)hler(?: im [a-zäöü]+"
    rf"| in der [a-zäöü]+)?(?: hat| trägt| mit)?(?: die| der)? {_NR}|ger(?:ä|ae)te[ -]?{_NR}"
    rf"|meter[ -]?{_NR}|z(?:ä|ae)hler (?:steht|trägt)? ?(?:die )?{_NR}|auf dem z(?:ä|ae)hler steht|z(?:ä"
    rf"|ae)hler){_FILL}"
    r"((?=[a-z0-9 -]*\d)(?:(?!(?:auf|bei|an|der|die|das|ist|hat|im|in|mit|von|nr|zu|ab|am"
    r"|um)\b)[a-z]{1,4}[ -]?)?\d(?:[ -]?[a-z]{0,3}\d){4,14})(?![\d])(?! ?(?:kwh|kw/h|kubik|m³|m3|cbm"
    r"|kilowatt))",
    re.IGNORECASE,
)
_PLZ = re.compile(
    r"(?:plz|postleitzahl|pstlz)(?:\s*(?:ist|lautet|war|:|=|-|die|der)){0,3}\s*(?:d|a|ch)?-?(\d(?: ?\d){3,4})(?! ?\d)",
    re.IGNORECASE,
)
_PLZ_COUNTRY = re.compile(r"(?<!\w)(?:d|de)-(\d{5})(?!\d)|(?<!\w)(?:a|ch|at)-(\d{4})(?!\d)", re.IGNORECASE)
_NO_TOWN = (
    r"(?!(?:uhr|euro|eur|kwh|kw|kubik|stück|stueck|mal|jahre?n?|tage?n?|wochen?|monate?n?|prozent|und"
    r"|oder|ist|war|hab|habe|hat|im|am|an|der|die|das|seit|bitte|nicht|von|vom|zu|zum|bis|ich|sie|wurde"
    r"|meter|km|cm|mm|punkte|cent|gb|watt|volt|liter|kg|gramm|sekunden|minuten|stunden|schritte|leute"
    r"|personen|follower|zeichen|meilen|kilometer|umdrehungen|besucher|mitarbeiter|nach|auf|mit|für|fuer"
    r"|gekauft|bestellt)\b)"
)
_PLZ_TOWN = re.compile(rf"(?<![\w.,#/+-])(\d{{5}}) {_NO_TOWN}[A-Za-zÄÖÜäöüß]{{3,}}")
_PLZ_AFTER = re.compile(
    r"\b(?:nach|in|aus|raum|wohn\w*|wohnort|ort|adresse|von)\s+(\d{5})(?![\w.,]*\d)(?! ?(?:kwh|kubik|m³|euro|€))",
    re.IGNORECASE,
)
_PLZ_FOUR = re.compile(
    rf"\b(?:nach|in|aus|wohn\w* in)\s+((?!19\d\d|20[012]\d)\d{{4}}) {_NO_TOWN}[A-Za-zÄÖÜäöüß]{{3,}}", re.IGNORECASE
)
_ALONE = re.compile(
    r"\W*(?:(?:die|meine|also|nein|ja|ok|sorry|ist|und|hier|bitte|danke"
    r"|:)\W+){0,3}(\d(?: ?\d){4})(?:\W+(?:danke|bitte|ist das|ists|wars))?\W*",
    re.IGNORECASE,
)
_FIVE = re.compile(r"(?<![\w.,#/+-])(\d{5})(?![\w]|[.,/-]\d)")
#: In a longer message, five digits that nothing explains may be anything.
_FEW_WORDS = 3
_ABOUT = re.compile(
    r"(?:nummer(?: war| ist)?|ca\.?|circa|etwa|ungefähr|ungefaehr|rund|knapp|über|ueber|fast)\s*$", re.IGNORECASE
)


def order_numbers(view: View) -> Iterator[Found]:
    """ "10423345" for "#1042 3345", "B-2026-104233" for "b2026 104233"."""
    text = view.text
    for found in _B_NUMBER.finditer(text):
        yield Found(found.start(), found.end(), "order_number", f"B-{found[1]}-{found[2].replace(' ', '')}", CHECKED)
    for found in _HASH.finditer(text):
        yield Found(found.start(), found.end(), "order_number", found[1].replace(" ", ""), CHECKED)
    for found in _ORDER_WORD.finditer(text):
        yield Found(found.start(1), found.end(1), "order_number", _digits(found[1]), NAMED + 3)
    for found in _EIGHT.finditer(text):
        digits = _digits(found[1])
        if _MORE_DIGITS.search(text, 0, found.start()):
            continue
        if not digits.startswith("0") or " " not in found[1]:
            yield Found(found.start(), found.end(), "order_number", digits, LIKELY if digits[0] != "0" else POSSIBLE)


def customer_numbers(view: View) -> Iterator[Found]:
    """Without blanks, in capitals, hyphens kept; only where a word says what it is."""
    for found in _CUSTOMER.finditer(view.text):
        yield Found(found.start(1), found.end(1), "customer_number", found[1].replace(" ", "").upper(), NAMED + 3)


def meter_numbers(view: View) -> Iterator[Found]:
    """Without blanks, in capitals; the form of DIN 43863-5, or what is called a meter's number."""
    for found in _METER_ID.finditer(view.text):
        yield Found(found.start(), found.end(), "meter_number", found[0].replace(" ", "").upper(), CHECKED)
    for found in _METER.finditer(view.text):
        typed = found[1]
        if len(re.sub(r"\W", "", typed)) >= 6:
            yield Found(found.start(1), found.end(1), "meter_number", typed.replace(" ", "").upper(), NAMED)


def postal_codes(view: View) -> Iterator[Found]:
    """As typed: five digits in Germany, four in Austria and Switzerland with a place beside them."""
    text = view.text
    for found in _PLZ.finditer(text):
        yield Found(found.start(1), found.end(1), "postal_code", _digits(found[1]), NAMED + 3)
    for found in _PLZ_COUNTRY.finditer(text):
        yield Found(found.start(), found.end(), "postal_code", found[1] or found[2], CHECKED)
    for found in _PLZ_TOWN.finditer(text):
        if not _ABOUT.search(text, 0, found.start()):
            yield Found(found.start(1), found.end(1), "postal_code", found[1], TYPICAL)
    for found in (*_PLZ_AFTER.finditer(text), *_PLZ_FOUR.finditer(text)):
        yield Found(found.start(1), found.end(1), "postal_code", found[1], TYPICAL)
    if found := _ALONE.fullmatch(text):
        yield Found(found.start(1), found.end(1), "postal_code", _digits(found[1]), TYPICAL)
    few_words = len(text.split()) <= _FEW_WORDS or _EIGHT.search(text) or _B_NUMBER.search(text)
    for found in _FIVE.finditer(text):
        if few_words and not _ABOUT.search(text, 0, found.start()):
            yield Found(found.start(), found.end(), "postal_code", found[1], POSSIBLE)


def _digits(typed: str) -> str:
    return re.sub(r"\D", "", typed)
