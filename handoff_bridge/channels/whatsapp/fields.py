"""Reads single fields of JSON that may hold anything in any place."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]


def mapping(value: object) -> Json:
    """The value where it is an object, an empty one otherwise."""
    return dict(value) if isinstance(value, Mapping) else {}


def items(value: object) -> list[object]:
    """The value where it is a list, an empty one otherwise."""
    return value if isinstance(value, list) else []


def words(value: object) -> str | None:
    """A text, or a number as text; None for nothing, emptiness and everything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def whole(value: object) -> int | None:
    """A whole number, also written as text."""
    text = words(value)
    # Measured before it is read: Python refuses to read thousands of digits.
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 16 else None


def number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
