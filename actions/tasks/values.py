"""Fields for what is no number of the company: days, sums of money, accounts, a yes or no, the customer's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from actions.confirmation import CONFIRMATION
from actions.tasks.fields import MALFORMED
from actions.tasks.message import Message

_ZONE = ZoneInfo("Europe/Berlin")
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:[. ]\d{3})+|\d+)(?:,\d{1,3}|\.\d{1,2}(?!\d))?(?![\w]|[.,]\d)")
#: An answer that the customer does not know, or does not want to look up.
_NOT_KNOWN = re.compile(
    r"\b(?:weiß|weiss|weis|kenn\w*|hab\w*)\s+(?:ich\s+|es\s+|das\s+|die\s+|den\s+|noch\s+|grad\s+|gerade\s+|jetzt\s+)*"
    r"(?:nicht|nich|net|ned|nid|keine?n?)\b|\bkeine ahnung\b|\bk\.?\s?a\.?\b|\b(?:später|spaeter|überspring\w*|"
    r"ueberspring\w*|unbekannt|noch nicht|noch offen|nicht zur hand|egal)\b",
    re.IGNORECASE,
)
#: "nein, die 12 am Ende": the last digits of the number told before.
_ENDS = re.compile(
    r"(?<!\d)(\d{1,4}) (?:am ende|am schluss|zum schluss|hinten)\b|\bendet auf (\d{1,4})(?!\d)", re.IGNORECASE
)
#: What says only that there is a request, not what it is about.
_FORMULA = re.compile(
    r"\b(?:hallo|hi|hey|moin|guten (?:tag|morgen|abend)|servus|grüß gott|ich|wir|möchte\w*|moechte\w*|will|wollen|muss|"
    r"würde|wuerde|gern\w*|bitte|ein\w*|mein\w*|unser\w*|den|die|das|etwas|was|und|zwar|neu\w*|schaden\w*|"
    r"versicherungsfall|vertrag\w*|versicherung\w*|meld\w*|änder\w*|aender\w*|anpass\w*|anzeigen|aufnehmen|kann|können|sie|ihnen|bei|für)\b",
    re.IGNORECASE,
)
#: Stands in a slot whose question was answered with "I don't know".
NOT_KNOWN = "not_known"


def today() -> date:
    """The day it is in Germany."""
    return datetime.now(_ZONE).date()


def is_not_known(text: str) -> bool:
    """Whether a text says that the customer does not know."""
    return _NOT_KNOWN.search(text) is not None


def number_in(text: str) -> Decimal | None:
    """The one number of a text as a German types it ("48.213,7"); None for none, or several."""
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    typed = found[0].replace(" ", "")
    whole, point, rest = typed.rpartition(".")
    if "," in typed:
        typed = typed.replace(".", "").replace(",", ".")
    elif point and len(rest) == 3:
        typed = whole.replace(".", "") + rest
    try:
        return Decimal(typed)
    except InvalidOperation:
        return None


def _taken_back(typed: str, text: str) -> bool:
    """Whether the number is named only to say that it was wrong ("nicht 48213")."""
    digits = re.escape(typed.partition(".")[0])
    return (
        re.search(rf"\b(?:nicht|statt|anstatt)\s+(?:der |die |das )?0*{digits}", re.sub(r"[.\s]", " ", text))
        is not None
    )


def _is_aim(typed: str, text: str) -> bool:
    """Whether the number stands after "auf"."""
    return (
        re.search(rf"\bauf\s+(?:etwa |ca\.? |rund )?0*{re.escape(typed.partition('.')[0])}", re.sub(r"[.]", "", text))
        is not None
    )


@dataclass(frozen=True)
class QuantityField:
    """A number that the pipeline finds as an entity, stored as a plain decimal text ("48213.7"). A bare number
    counts when it was asked for, or when what it replaces is to be confirmed.
    """

    slot: str
    entity: str

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        named = [value for value in message.values(self.entity) if not _taken_back(value, message.words)]
        if named:
            # "von 92 auf 105 Euro": the second is wished for.
            aim = next((value for value in named if _is_aim(value, message.words)), named[0])
            return _plain(Decimal(aim))
        told = str(known.get(self.slot) or "")
        if told and (end := _ENDS.search(message.words)):
            part = end[1] or end[2]
            whole, point, rest = told.partition(".")
            return whole[: -len(part)] + part + point + rest
        corrects = known.get("requested_slot") == CONFIRMATION.slot and told
        if not (asked or corrects) or message.is_payload:
            return None
        number = number_in(message.text)
        if number is not None and not message.days:
            return _plain(number)
        return MALFORMED if asked and re.search(r"\d", message.text) and not message.days else None


def _plain(number: Decimal) -> str:
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@dataclass(frozen=True)
class DayField:
    """A day, stored as YYYY-MM-DD. Without a year the next one is meant, or with `past` the last one. `optional`: "I
    don't know" is an answer, stored as `NOT_KNOWN`.
    """

    slot: str
    past: bool = False
    optional: bool = False

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        days = [day for day in (day_of(each, past=self.past) for each in message.days) if day is not None]
        if days:
            return days[-1].isoformat()
        if not asked or message.is_payload:
            return None
        if self.optional and (is_not_known(message.text) or message.days):
            return NOT_KNOWN
        return MALFORMED if re.search(r"\d", message.text) else None


def day_of(typed: str, *, past: bool) -> date | None:
    """The day of "2026-11-21" or "--11-21"; None for anything else."""
    try:
        if typed.startswith("--"):
            return _nearest(int(typed[2:4]), int(typed[5:7]), past=past)
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _nearest(month: int, day: int, *, past: bool) -> date:
    now = today()
    years = (now.year, now.year - 1) if past else (now.year, now.year + 1)
    days = [date(year, month, day) for year in years]
    fitting = [each for each in days if (each <= now if past else each >= now)]
    return fitting[0] if fitting else days[0]


@dataclass(frozen=True)
class IbanField:
    """An account, in capitals without blanks. Its checksum is that of ISO 13616 (remainder 1 modulo 97)."""

    slot: str = "iban"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        for value in message.values("iban"):
            if is_iban(value):
                return value
        typed = re.search(r"[A-Za-z]{2}\s?\d{2}(?:[\s-]?[A-Za-z0-9]){8,30}", message.words)
        if typed is None:
            return MALFORMED if asked and re.search(r"\d{4}", message.words) else None
        iban = re.sub(r"[\s-]", "", typed[0]).upper()
        # What follows an account without a blank is no part of it; German ones have 22 characters.
        iban = iban[:22] if iban.startswith("DE") else iban
        return iban if is_iban(iban) else MALFORMED


def is_iban(text: str) -> bool:
    """Whether a text without blanks is an account number with the right checksum."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text) or (text.startswith("DE") and len(text) != 22):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


@dataclass(frozen=True)
class YesNoField:
    """An answer to a question of its own, stored as "yes" or "no". `optional`: "I don't know" too, as `NOT_KNOWN`."""

    slot: str
    optional: bool = False

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        value = CONFIRMATION.read(message, asked, known)
        if value is None and asked and self.optional and is_not_known(message.words):
            return NOT_KNOWN
        return value


@dataclass(frozen=True)
class OwnWordsField:
    """The customer's own words. With `opens` the message that opens the request is taken when it says enough."""

    slot: str
    opens: bool = False
    limit: int = 500

    _ENOUGH_WORDS = 3

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        text = message.words.strip()
        if asked:
            return text[: self.limit] if re.search(r"\w{2}|\d", text) else None
        opening = self.opens and not known.get(self.slot) and known.get("requested_slot") is None
        said = re.findall(r"\w{3,}", _FORMULA.sub(" ", text))
        return text[: self.limit] if opening and len(said) >= self._ENOUGH_WORDS else None
