"""Addresses as customers type them: street and house number, or a parcel locker, postal code and town."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.clients.shop_records import Address
from actions.tasks.fields import MALFORMED
from actions.tasks.message import Message
from actions.texts import texts

_WORD = r"[^\W\d_][\w.'’-]*"
#: "Straße des 17. Juni" has a number of its own.
_MIDDLE = rf"(?:{_WORD}|\d{{1,2}}\.)"
_NUMBER = r"\d{1,4}\s?[a-zA-Z]?(?:\s?[-/+]\s?\d{1,4}\s?[a-zA-Z]?)?"
_FULL = re.compile(
    rf"(?P<street>{_WORD}(?: {_MIDDLE}){{0,4}}?,? ?{_NUMBER})(?![\w-])"
    rf"(?P<between>[\s,;]+(?:(?:in|postnummer|post-nr\.?|postnr\.?)[\s:]*)?(?:\d{{6,10}}[\s,;]+)?)"
    rf"(?:[Dd]-)?(?P<code>\d{{5}})(?!\d)\s+(?P<city>{_WORD}(?:[ ]{_WORD}){{0,3}})",
    re.IGNORECASE,
)
_POST_NUMBER = re.compile(r"(?:postnummer|post-nr\.?|postnr\.?)\W*(\d{6,10})", re.IGNORECASE)
_HOUSE = re.compile(
    r"\b(?:hausnummer|hausnr\.?|hnr\.?|nummer|nr\.?)\W*(?:ist\s+|war\s+)?(\d{1,4}\s?[a-z]?)\b", re.IGNORECASE
)
_BARE_HOUSE = re.compile(
    r"\b(?:nein|ne|nee|sorry|falsch|sondern|korrektur)\b\W+(?:\w+\s+){0,2}?(\d{1,4}[a-z]?)(?!\d)", re.IGNORECASE
)
_CODE = re.compile(r"\b(?:plz|postleitzahl)\W*(?:ist\s+|war\s+)?(\d{5})\b", re.IGNORECASE)
_ATTEMPT = re.compile(r"\d|stra(?:ß|ss)e|str\.|weg\b|platz\b|gasse\b|allee\b|packstation", re.IGNORECASE)


def address_in(text: str) -> Address | None:
    """The last complete address of a text: "nicht … sondern …" names the right one last."""
    found = None
    match = _FULL.search(text)
    while match:
        street = _without_lead(match["street"].replace(",", " "))
        city = _until(match["city"])
        if street and city:
            found = Address(street, match["code"], city)
        # What was taken for the town may already be the next street.
        match = _FULL.search(text, match.end("code"))
    if found and (post_number := _POST_NUMBER.search(text)):
        found = replace(found, street=f"{found.street}, Postnummer {post_number[1]}")
    return found


def one_line(address: Address) -> str:
    """ "Gartenweg 5, 04109 Leipzig"."""
    return f"{address.street}, {address.postal_code} {address.city}"


def from_line(line: str) -> Address:
    """The address that `one_line` wrote."""
    street, _, town = line.rpartition(", ")
    code, _, city = town.partition(" ")
    return Address(street, code, city)


@dataclass(frozen=True)
class AddressField:
    """A whole address, in one line; parts of it correct the one that was told before."""

    slot: str = "new_address"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if found := address_in(message.words):
            return one_line(found)
        told = known.get(self.slot)
        if told:
            return _corrected(from_line(told), message.words)
        if asked and message.intent not in ("affirm", "deny") and _ATTEMPT.search(message.words):
            return MALFORMED
        return None


def _corrected(address: Address, text: str) -> str | None:
    changed = address
    if found := _CODE.search(text):
        changed = replace(changed, postal_code=found[1])
    if found := _HOUSE.search(text) or _BARE_HOUSE.search(text):
        changed = replace(changed, street=re.sub(rf"{_NUMBER}$", found[1], changed.street))
    return one_line(changed) if changed != address else None


def _without_lead(street: str) -> str:
    """ "Gartenweg 5" from "bitte an Gartenweg 5"; a street may begin with such a word: "An der Alster 4"."""
    before = set(texts()["address"]["before"])
    words = street.split()
    first = len(words) - 1
    while first > 0 and (words[first - 1].lower() not in before or words[first - 1][0].isupper()):
        first -= 1
    if first > 1 and words[first - 2] in ("An", "Auf", "In", "Hinter", "Vor", "Bei"):
        first -= 2
    kept = words[first:]
    while len(kept) > 2 and kept[0].lower() in before - {"an", "in", "zur", "zu"}:
        kept = kept[1:]
    return _capital(" ".join(kept)) if any(word[0].isalpha() for word in kept) else ""


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _until(city: str) -> str:
    words: list[str] = []
    for word in city.split():
        if word.lower().strip(".,!") in texts()["address"]["after"]:
            break
        words.append(word.rstrip(".,!"))
        if word.endswith((".", "!", ",")) and word.lower() not in ("st.", "bad."):
            break
    return _capital(" ".join(words))
