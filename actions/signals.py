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
NOT_CONTENT = ("negative_feedback", "insult")
#: What the assistant says when it is not sure what is meant.
DOUBTS = ("utter_ask_rephrase", "utter_suggest_intents", "utter_suggest_one", "utter_which_of_two")
#: In the metadata of a customer message: it was taken up from an earlier one, the customer has not written it now.
TAKEN_UP = "taken_up"


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
    return 1 + misunderstandings_before(current_stretch(events))


def misunderstandings_before(stretch: Sequence[Event]) -> int:
    """How many customer messages in a row before the present one were not understood."""
    count = 0
    in_doubt = False
    for event in _before_present_message(stretch)[::-1]:
        if event.get("event") == "bot":
            in_doubt = in_doubt or response_of(event) in DOUBTS
        elif is_customer_message(event):
            if not in_doubt:
                break
            count += 1
            in_doubt = False
    return count


def times_not_content(events: Iterable[Event]) -> int:
    """How many messages of this stretch, the present one included, say that the answers were no good."""
    return sum(1 for event in customer_messages(current_stretch(events)) if intent_of(event) in NOT_CONTENT)


def last_offer(events: Iterable[Event]) -> Offer | None:
    """The offer of a person in the bot's turn before the present message."""
    for event in said_before(current_stretch(events))[::-1]:
        said = marks_of(event)
        if said.get("offers") == "person":
            return Offer(str(said.get("reason") or "customer_request"))
    return None


def has_spoken_in_this_turn(events: Iterable[Event]) -> bool:
    """Whether the bot has already said something to the present message."""
    kinds = [event.get("event") for event in events]
    return "bot" in kinds[len(kinds) - kinds[::-1].index("user") :] if "user" in kinds else False


def concern(events: Iterable[Event]) -> str | None:
    """The intent the conversation is about: the last that names a concern, a strong one before a weak one."""
    # A request that was taken up names one too: it may have been opened by numbers with few words beside them.
    said = [intent_of(event) or _taken_up(event) for event in current_stretch(events)]
    named = [name for name in said if name in texts()["concerns"]]
    strong = [name for name in named if name not in texts()["weak_concerns"]]
    return next(reversed(strong or named), None)


def _taken_up(event: Event) -> str | None:
    """The request that `request_form` has taken up."""
    return event.get("value") if event.get("event") == "slot" and event.get("name") == "request" else None


def intent_of(event: Event) -> str | None:
    """The intent of a customer's message; None for any other event."""
    if event.get("event") != "user":
        return None
    intent: dict[str, Any] = (event.get("parse_data") or {}).get("intent") or {}
    return intent.get("name")


def is_customer_message(event: Event) -> bool:
    """Whether the customer wrote or tapped it, in contrast to a request that was taken up from an earlier message."""
    return event.get("event") == "user" and not (event.get("metadata") or {}).get(TAKEN_UP)


def customer_messages(stretch: Iterable[Event]) -> list[Event]:
    """What the customer has written or tapped, oldest first."""
    return [event for event in stretch if is_customer_message(event)]


def said_in_this_turn(events: Sequence[Event]) -> list[Event]:
    """What the bot has said since the customer's present message."""
    said: list[Event] = []
    for event in reversed(events):
        if is_customer_message(event):
            break
        if event.get("event") == "bot":
            said.insert(0, event)
    return said


def said_before(events: Sequence[Event]) -> list[Event]:
    """The bot's turn before the customer's present message."""
    return said_in_this_turn(_before_present_message(events))


def marks_of(event: Event) -> dict[str, Any]:
    """What the domain says about a response (`metadata`); one level deeper than what Rasa says about it."""
    marks: dict[str, Any] = (event.get("metadata") or {}).get("metadata") or {}
    return marks


def has_apologised(events: Iterable[Event]) -> bool:
    """Whether the bot has apologised in this stretch. Once is polite, always is hollow."""
    return any(marks_of(event).get("apologises") for event in current_stretch(events) if event.get("event") == "bot")


def _before_present_message(events: Sequence[Event]) -> list[Event]:
    for at in range(len(events) - 1, -1, -1):
        if is_customer_message(events[at]):
            return list(events[:at])
    return []


def response_of(event: Event) -> str | None:
    """The name of the response that the bot said."""
    return (event.get("metadata") or {}).get("utter_action")
