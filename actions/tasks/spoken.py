"""Numbers and accounts as German customers read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.texts import texts

_ACTIONS = Path(__file__).parents[1]


@cache
def sector_words(sector: str) -> dict[str, Any]:
    """`actions/<sector>/words.yml`, read once."""
    loaded: dict[str, Any] = yaml.safe_load((_ACTIONS / sector / "words.yml").read_text(encoding="utf-8"))
    return loaded


def spoken_full_date(day: date) -> str:
    """ "21.11.2026": where the year matters."""
    return f"{day:%d.%m.%Y}"


def spoken_number(number: Decimal, decimals: int | None = None) -> str:
    """ "48.213,7"; with `decimals` exactly so many of them."""
    plain = f"{number:,.{decimals}f}" if decimals is not None else f"{number:,f}"
    if decimals is None and "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.translate(str.maketrans(",.", ".,"))


def spoken_money(amount: Decimal) -> str:
    """ "1.172,95 €"."""
    euros, _, cents = spoken_number(amount, 2).partition(",")
    return str(texts()["amount"].format(euros=euros, cents=cents))


def masked_iban(iban: str) -> str:
    """The country and the last four characters: "DE•• •••• 3000"."""
    return f"{iban[:2]}•• •••• {iban[-4:]}"


def masked_email(email: str) -> str:
    """The first letter and the domain: "p•••@example.org"."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
