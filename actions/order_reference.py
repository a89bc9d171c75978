"""Order numbers and postal codes as customers type them, brought to the form the shop stores."""

from __future__ import annotations

import re

_DIGITS_ONLY = re.compile(r"#?(\d{4}) ?(\d{4})")
_WITH_YEAR = re.compile(r"b[- ]?(20\d{2})[- ]?(\d{6})", re.IGNORECASE)
_POSTAL_CODE = re.compile(r"(?:d-)?(\d{5})", re.IGNORECASE)
_CUSTOMER = re.compile(r"k[- ]?(\d{6})", re.IGNORECASE)


def order_number(typed: str) -> str | None:
    """ "10423345" for "#1042 3345", "B-2026-104233" for "b2026 104233"; None for anything else."""
    text = typed.replace("# ", "#").strip()
    if found := _DIGITS_ONLY.fullmatch(text):
        return found[1] + found[2]
    if found := _WITH_YEAR.fullmatch(text):
        return f"B-{found[1]}-{found[2]}"
    return None


def postal_code(typed: str) -> str | None:
    """ "50667" for "D-50667"; None for anything that is no German postal code."""
    found = _POSTAL_CODE.fullmatch(typed.strip())
    return found[1] if found else None


def customer_number(typed: str) -> str | None:
    """ "K-204511" for "k 204511"; None for anything else."""
    found = _CUSTOMER.fullmatch(typed.strip())
    return f"K-{found[1]}" if found else None


def looks_like_an_attempt(text: str) -> bool:
    """Whether somebody probably tried to type a number: three digits (blanks not counted), or digits alone."""
    joined = re.sub(r"[\s-]", "", text)
    return joined.isdigit() or re.search(r"\d{3}", joined) is not None
