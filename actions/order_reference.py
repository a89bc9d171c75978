"""What order numbers, postal codes and customer numbers look like where they are stored.

However they are typed or spoken, `components.entities` finds them and gives this form; a customer number of the shop
only where a word says that it is one.
"""

from __future__ import annotations

import re

_ORDER = re.compile(r"\d{8}|B-20\d{2}-\d{6}")
_POSTAL_CODE = re.compile(r"\d{5}")
_CUSTOMER = re.compile(r"k[- ]?(\d{6})", re.IGNORECASE)


def order_number(value: str) -> str | None:
    """The value when it is "10423345" or "B-2026-104233"; None for anything else."""
    return value if _ORDER.fullmatch(value) else None


def postal_code(value: str) -> str | None:
    """The value when it is a German postal code, "50667"; None for anything else."""
    return value if _POSTAL_CODE.fullmatch(value) else None


def customer_number(typed: str) -> str | None:
    """ "K-204511" for "k 204511"; None for anything else."""
    found = _CUSTOMER.fullmatch(typed.strip())
    return f"K-{found[1]}" if found else None


def looks_like_an_attempt(text: str) -> bool:
    """Whether somebody probably tried to type a number: three digits (blanks not counted), or digits alone."""
    joined = re.sub(r"[\s-]", "", text)
    return joined.isdigit() or re.search(r"\d{3}", joined) is not None
