"""Not understood, not content, a bare yes or no: first the assistant tries again, then a person takes over."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.handoff import hand_over
from actions.signals import last_offer, misunderstandings_in_a_row, times_not_content
from actions.tasks.form import forgotten

_NO_FORM: list[EventType] = [ActiveLoop(None), SlotSet("requested_slot", None)]


class AskAgain(Action):
    """The message was not understood: asks for other words, and the second time in a row hands over."""

    def name(self) -> str:
        return "action_ask_again"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count = misunderstandings_in_a_row(tracker.events)
        if count >= decisions.MISUNDERSTANDINGS_BEFORE_HANDOFF:
            return await hand_over(dispatcher, tracker, decisions.low_confidence(count, tracker.latest_message))
        dispatcher.utter_message(response="utter_ask_rephrase")
        return []


class AnswerNegativeFeedback(Action):
    """The customer is not content: apologises and offers a person, and the second time hands over."""

    def name(self) -> str:
        return "action_negative_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count = times_not_content(tracker.events)
        if count >= decisions.COMPLAINTS_BEFORE_HANDOFF:
            return await hand_over(dispatcher, tracker, decisions.frustration(count))
        insulted = (tracker.latest_message.get("intent") or {}).get("name") == "insult"
        dispatcher.utter_message(response="utter_apologize_calmly" if insulted else "utter_apologize")
        return list(_NO_FORM)


class AnswerYes(Action):
    """A yes: takes the person that was offered, otherwise asks what is wanted."""

    def name(self) -> str:
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        offer = last_offer(tracker.events)
        if offer is not None:
            return await hand_over(dispatcher, tracker, decisions.customer_request(offer, tracker.events))
        dispatcher.utter_message(response="utter_affirmed")
        return []


class AnswerNo(Action):
    """A no: nothing is done."""

    def name(self) -> str:
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_denied")
        return []


class OfferPerson(Action):
    """Something the assistant cannot do itself: says so and offers a person; the offer takes the place of a form."""

    def name(self) -> str:
        return "action_offer_person"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_offer_person")
        return list(_NO_FORM)


class Stop(Action):
    """The customer drops the matter: ends a form and forgets what it had collected."""

    def name(self) -> str:
        return "action_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        dispatcher.utter_message(response="utter_stopped")
        collected = ("order_number", "postal_code", "remedy", "problem_description")
        return [
            *_NO_FORM,
            *forgotten(tracker.slots),
            *(SlotSet(name, None) for name in collected if name in tracker.slots),
        ]
