"""What is known about the customer's matter, for the person who takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from actions.signals import concern
from actions.texts import texts
from actions.transcript import Event

_TOLD = ("order_number", "postal_code", "verified_order", "remedy", "defect_description", "person_note")


def known_slots(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots that hold something the customer told or a person noted."""
    return {name: slots[name] for name in _TOLD if slots.get(name) is not None}


def matter(events: Iterable[Event], slots: Mapping[str, Any]) -> str | None:
    """The intent it is about. A described defect stays it, whatever the answer about the remedy looked like."""
    return "defective_product" if slots.get("defect_description") else concern(events)


def summary(events: Iterable[Event], slots: Mapping[str, Any]) -> str | None:
    """A line for each thing that is known; None when nothing is."""
    known = known_slots(slots)
    about = matter(events, slots)
    if known.get("order_number") == known.get("verified_order"):
        known.pop("order_number", None)
    if "remedy" in known:
        known["remedy"] = texts()["remedies"].get(known["remedy"], known["remedy"])
    if about is not None:
        known["concern"] = texts()["concerns"][about]
    lines = [line.format(value=known[name]) for name, line in texts()["summary"].items() if name in known]
    return "\n".join(lines) or None
