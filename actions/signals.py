"""What the conversation so far says about whether a person is needed, read from the tracker's events.

A stretch begins at the start, after a confirmed handoff and when a person has given the conversation back: what led to
the last handoff never leads to the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from actions.texts import texts
from actions.transcript import Event, is_with_person

_STRETCH_MARKS = ("handoff_id", "returned_at")
_NOT_CONTENT = ("negative_feedback", "insult")
_ASKED_AGAIN = "utter_ask_rephrase"


@dataclass(frozen=True)
class Offer:
    """The bot's last turn offered a person, for this reason."""

    reason: str


def current_stretch(events: Iterable[Event]) -> list[Event]:
    """The events of the bot's current stretch, without those of a person's."""
    stretch: list[Event] = []
    for event in events:
        if event.get("event") == "slot" and event.get("name") in _STRETCH_MARKS and event.get("value"):
            stretch = []
        elif not is_with_person(event):
            stretch.append(event)
    return stretch


def misunderstandings_in_a_row(events: Iterable[Event]) -> int:
    """How many customer messages in a row were not understood, the present one (not understood) included."""
    count = 1
    asked_again = False
    for event in _before_present_message(current_stretch(events))[::-1]:
        if event.get("event") == "bot":
            asked_again = asked_again or _response(event) == _ASKED_AGAIN
        elif event.get("event") == "user":
            if not asked_again:
                break
            count += 1
            asked_again = False
    return count


def times_not_content(events: Iterable[Event]) -> int:
    """How many messages of this stretch, the present one included, say that the answers were no good."""
    return sum(1 for event in current_stretch(events) if intent_of(event) in _NOT_CONTENT)


def last_offer(events: Iterable[Event]) -> Offer | None:
    """The offer of a person in the bot's turn before the present message."""
    for event in _before_present_message(current_stretch(events))[::-1]:
        if event.get("event") == "user":
            return None
        # What the domain says about a response lies one level deeper than what Rasa says about it.
        said = (event.get("metadata") or {}).get("metadata") or {}
        if event.get("event") == "bot" and said.get("offers") == "person":
            return Offer(str(said.get("reason") or "customer_request"))
    return None


def has_spoken_in_this_turn(events: Iterable[Event]) -> bool:
    """Whether the bot has already said something to the present message."""
    kinds = [event.get("event") for event in events]
    return "bot" in kinds[len(kinds) - kinds[::-1].index("user") :] if "user" in kinds else False


def concern(events: Iterable[Event]) -> str | None:
    """The intent the conversation is about: the last that names a concern, a strong one before a weak one."""
    named = [name for name in map(intent_of, current_stretch(events)) if name in texts()["concerns"]]
    strong = [name for name in named if name not in texts()["weak_concerns"]]
    return next(reversed(strong or named), None)


def intent_of(event: Event) -> str | None:
    """The intent of a customer's message; None for any other event."""
    if event.get("event") != "user":
        return None
    intent: dict[str, Any] = (event.get("parse_data") or {}).get("intent") or {}
    return intent.get("name")


def _before_present_message(events: Sequence[Event]) -> list[Event]:
    for at in range(len(events) - 1, -1, -1):
        if events[at].get("event") == "user":
            return list(events[:at])
    return []


def _response(event: Event) -> str | None:
    return (event.get("metadata") or {}).get("utter_action")
