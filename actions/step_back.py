"""Whether the assistant steps back from the present message, whatever its intent: decided before any rule or form.

In this order: danger, words of the law, too many requests at once, the same question over and over, strain. The
dialogue policy asks (`components.stepping_back`), and the action carries out what was decided; both look at the same
events, so they agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.alarms import emergency_in, legal_words_in
from actions.decisions import Decision
from actions.handoff import hand_over
from actions.mood import strain_of
from actions.open_requests import requests_now
from actions.signals import (
    current_stretch,
    has_apologised,
    intent_of,
    is_customer_message,
    marks_of,
    said_in_this_turn,
)
from actions.suggestions import title_of
from actions.texts import spoken_list
from actions.thresholds import Thresholds, thresholds
from actions.transcript import Event, is_tap

#: A person comes with these anyway, by a rule.
_PERSON_ANYWAY = frozenset(
    {"request_human", "complaint", "legal_threat", "request_data_export", "request_data_deletion", "bereavement"}
)


@dataclass(frozen=True)
class Verdict:
    """`decision`: the handoff's; None where a person is only offered. `first`: the response said before it, if any.
    `titles`: of the requests that are too many.
    """

    decision: Decision | None
    first: str | None = None
    titles: tuple[str, ...] = ()


def weigh(events: Sequence[Event], limits: Thresholds) -> Verdict | None:
    """What the present message and the conversation so far ask for; None where the rules go on."""
    users = [event for event in current_stretch(events) if event.get("event") == "user"]
    if not users or not is_customer_message(users[-1]) or is_tap(users[-1]):
        return None
    present, intent = users[-1], intent_of(users[-1])
    text = str(present.get("text") or "")
    if danger := emergency_in(text, intent):
        return Verdict(decisions.danger(danger.kind), danger.response)
    if intent in _PERSON_ANYWAY:
        return None
    if found := legal_words_in(text, intent):
        return Verdict(decisions.legal_words(found))
    together = requests_now(events)
    if len(together) >= limits.open_requests:
        return Verdict(None, "utter_several_requests", tuple(map(title_of, together)))
    return _strained(events, limits)


def _strained(events: Sequence[Event], limits: Thresholds) -> Verdict | None:
    strain = strain_of(events, limits)
    apology = None if has_apologised(events) else "utter_apologize_shortly"
    if strain.same_question >= limits.same_question:
        return Verdict(decisions.same_question(strain.same_question, limits.same_question), apology)
    if strain.has_sign and strain.score >= limits.hand_over:
        return Verdict(decisions.frustration(strain.score, limits.hand_over, strain.cues), apology)
    return None


def offers_beside(events: Sequence[Event], limits: Thresholds) -> bool:
    """Whether a person is offered beside the answer: the customer is annoyed, not yet enough for a handoff.

    Once in a stretch, and not where a person has just been offered.
    """
    stretch = current_stretch(events)
    said = [event for event in stretch if event.get("event") == "bot"]
    if any(marks_of(event).get("beside") for event in said):
        return False
    if any(marks_of(event).get("offers") == "person" for event in said_in_this_turn(stretch)):
        return False
    strain = strain_of(events, limits)
    return strain.has_sign and limits.offer_person <= strain.score


class StepBack(Action):
    """Carries out the verdict: says what has to be said first, then gets a person or offers one."""

    def name(self) -> str:
        return "action_step_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        verdict = weigh(tracker.events, thresholds())
        if verdict is None:
            # The thresholds were changed between policy and action: nothing is lost by offering a person.
            dispatcher.utter_message(response="utter_offer_person")
            return _ended()
        if verdict.titles:
            titles = spoken_list(f"„{title}“" for title in verdict.titles)
            dispatcher.utter_message(response=verdict.first, titles=titles)
        elif verdict.first is not None:
            dispatcher.utter_message(response=verdict.first)
        if verdict.decision is None:
            return _ended()
        return await hand_over(dispatcher, tracker, verdict.decision)


class OfferBeside(Action):
    """The answer stands; beside it the customer reads that a person can be had."""

    def name(self) -> str:
        return "action_offer_beside"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        again = has_apologised(tracker.events)
        dispatcher.utter_message(response="utter_person_beside_again" if again else "utter_person_beside")
        return [FollowupAction("action_listen")]


def _ended() -> list[EventType]:
    return [ActiveLoop(None), SlotSet("requested_slot", None), FollowupAction("action_listen")]
