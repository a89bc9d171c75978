"""What is known about the customer's matter, for the person who takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from actions.signals import concern
from actions.texts import texts
from actions.transcript import Event

#: A number that was proved is not told once more as one that was not.
_PROVED = {
    "order_number": "verified_order",
    "repair_number": "verified_repair",
    "contract_number": "verified_contract",
    "policy_number": "verified_policy",
    "claim_number": "verified_claim",
}


def known_slots(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots that hold something the customer told or a person noted."""
    # The postal code has no line of its own, but whoever looks something up needs it.
    told = ("postal_code", *(name for name in texts()["summary"] if name != "concern"))
    return {name: slots[name] for name in told if slots.get(name) is not None}


def matter(events: Iterable[Event], slots: Mapping[str, Any]) -> str | None:
    """The intent it is about. A request that is going on stays it, whatever its answers looked like."""
    going_on = slots.get("request") if slots.get("requested_slot") else None
    return going_on if going_on in texts()["concerns"] else concern(events)


def _spoken(about: str, latest: str | None) -> str:
    """What it is about, in words; with what else was said in the middle of it where that is for a person."""
    named: dict[str, str] = texts()["concerns"]
    if latest is None or latest == about or latest not in texts()["own_concerns"]:
        return named[about]
    return str(texts()["concern_in_between"].format(concern=named[latest], before=named[about]))


def summary(events: Sequence[Event], slots: Mapping[str, Any]) -> str | None:
    """A line for each thing that is known; None when nothing is."""
    known = known_slots(slots)
    about = matter(events, slots)
    for number, verified in _PROVED.items():
        if known.get(number) == known.get(verified):
            known.pop(number, None)
    known.update({name: texts()["answers"][value] for name, value in known.items() if value in texts()["answers"]})
    if "remedy" in known:
        known["remedy"] = texts()["remedies"].get(known["remedy"], known["remedy"])
    if about is not None:
        known["concern"] = _spoken(about, concern(events))
    lines = [line.format(value=known[name]) for name, line in texts()["summary"].items() if name in known]
    return "\n".join(lines) or None
