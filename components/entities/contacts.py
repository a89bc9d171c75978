"""E-mail addresses, telephone numbers and bank accounts, typed or read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from stdnum import iban as iban_numbers
from stdnum.exceptions import ValidationError

from components.entities.found import CHECKED, NAMED, TYPICAL, Found
from components.entities.view import View

_EMAIL = re.compile(r"[\w.+%-]+ ?@ ?[\w-]+(?: ?\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
_AT = r"(?:\s*@\s*|\s*[\[(]\s*(?:at|ät|a)\s*[\])]\s*|\s+(?:at|ät|aet|affe|klammeraffe)\s+)"
_DOT = r"(?:\s*\.\s*|\s*[\[(]\s*(?:dot|punkt)\s*[\])]\s*|\s+(?:punkt|dot|pkt)\s+)"
_JOIN = r"(?:\s+(?:minus|bindestrich|strich|unterstrich|underline)\s+)"
_NAME = rf"[a-z0-9äöüß_+-]+(?:(?:{_DOT}|{_JOIN})[a-z0-9äöüß_+-]+)*"
_EMAIL_SPOKEN = re.compile(
    rf"(?<!\w)({_NAME}){_AT}({_NAME}{_DOT}(?:de|com|net|org|at|ch|eu|info|email|online|berlin|example|biz"
    rf"|me|io|co))(?!\w)",
    re.IGNORECASE,
)
_SPOKEN_SIGNS = (
    (re.compile(_DOT, re.IGNORECASE), "."),
    (re.compile(r"\s+(?:unterstrich|underline)\s+", re.IGNORECASE), "_"),
    (re.compile(_JOIN, re.IGNORECASE), "-"),
)
#: Before a name that is read aloud: the words that lead to it are no part of it.
_LEAD = re.compile(
    r"^(?:.*\s)?(?:auf|an|ist|lautet|unter|mail|email|e-mail|adresse|mit|über|ueber|von)\s+", re.IGNORECASE
)

_PHONE = re.compile(r"(?<![\w.,/-])(?:(?:\+|plus )\d{2}|00\d{2}|0\d)(?:[ \t]?[()/.–-]?[ \t]?\d){5,13}(?![\w])(?!,\d)")
_PHONE_WORD = re.compile(
    r"(?:tel|telefon\w*|handy\w*|mobil\w*|nummer|rückruf|rueckruf|anruf\w*|erreich\w*|whatsapp|unter"
    r"|durchwahl|fon|phone)\W*(?:\w+\W+){0,4}$",
    re.IGNORECASE,
)

_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2}) ?(\d(?: ?\d))((?:[ .-]?[A-Za-z0-9]){11,30})")
#: Where Germans, Austrians and Swiss people have accounts; for other countries the checksum finds the length.
_IBAN_LENGTHS = {"DE": 22, "AT": 20, "CH": 21}


def emails(view: View) -> Iterator[Found]:
    """Addresses in lower case, also "ute punkt haberland at example punkt com"."""
    for found in _EMAIL.finditer(view.text):
        address = found[0].replace(" ", "").lower().strip(".")
        yield Found(found.start(), found.end(), "email", address, CHECKED + 2)
    for found in _EMAIL_SPOKEN.finditer(view.text):
        name, begin = found[1], found.start(1)
        if lead := _LEAD.match(name):
            begin, name = begin + lead.end(), name[lead.end() :]
        if name:
            address = f"{_signs(name)}@{_signs(found[2])}".lower()
            yield Found(begin, found.end(), "email", address, CHECKED + 1)


def phones(view: View) -> Iterator[Found]:
    """Numbers in the international form E.164 ("+491713920017"); without a country they are German."""
    text = view.text
    for found in _PHONE.finditer(text):
        typed = found[0].replace("plus ", "+")
        try:
            number = phonenumbers.parse(typed, "DE")
        except phonenumbers.NumberParseException:
            continue
        if not phonenumbers.is_possible_number(number) or len(re.sub(r"\D", "", typed)) < 7:
            continue
        named = _PHONE_WORD.search(text, max(0, found.start() - 60), found.start())
        value = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        yield Found(found.start(), found.end(), "phone", value, NAMED + 1 if named else TYPICAL)


def ibans(view: View) -> Iterator[Found]:
    """Accounts whose checksum is right, without blanks; the digits of a wrong one are kept from other recognisers."""
    for found in _IBAN.finditer(view.text):
        typed = found[0]
        country = found[1].upper()
        ends = [place + 1 for place, sign in enumerate(typed) if sign.isalnum()]
        lengths = [_IBAN_LENGTHS[country]] if country in _IBAN_LENGTHS else range(len(ends), 14, -1)
        for length in lengths:
            if length > len(ends):
                continue
            end = ends[length - 1]
            value = re.sub(r"[ .-]", "", typed[:end]).upper()
            if _is_right(value):
                yield Found(found.start(), found.start() + end, "iban", value, CHECKED + 3)
                break
        else:
            if country in _IBAN_LENGTHS:
                end = ends[min(_IBAN_LENGTHS[country], len(ends)) - 1]
                yield Found(found.start(), found.start() + end, None, "", CHECKED)


def _is_right(value: str) -> bool:
    try:
        iban_numbers.validate(value, check_country=False)
    except ValidationError:
        return False
    return True


def _signs(spoken: str) -> str:
    for words, sign in _SPOKEN_SIGNS:
        spoken = words.sub(sign, spoken)
    return re.sub(r"\s", "", spoken)
