"""Not understood, not content, a bare yes or no: first the assistant tries again, then a person takes over."""

from __future__ import annotations

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.handoff import hand_over
from actions.open_requests import as_if_said
from actions.signals import has_apologised, last_offer, misunderstandings_in_a_row, times_not_content
from actions.suggestions import between_two, buttons_for, candidates, chosen, offered_before
from actions.tasks.form import forgotten
from actions.thresholds import thresholds

_NO_FORM: list[EventType] = [ActiveLoop(None), SlotSet("requested_slot", None)]


class AskAgain(Action):
    """The message was not understood: "Meinten Sie …?", then other words are asked for, then a person takes over."""

    def name(self) -> str:
        return "action_ask_again"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        message, limits = tracker.latest_message, thresholds()
        if intent := chosen(str(message.get("text") or ""), offered_before(tracker.events)):
            return as_if_said(message, intent)
        count = misunderstandings_in_a_row(tracker.events)
        if count >= limits.misunderstandings:
            return await hand_over(dispatcher, tracker, decisions.low_confidence(count, message))
        ranking = message.get("intent_ranking") or []
        likely = candidates(ranking, limits.suggest_from)
        # Within a form its question comes again, and two questions at once are one too many.
        if count > 1 or not likely or (tracker.active_loop or {}).get("name"):
            dispatcher.utter_message(response="utter_ask_rephrase")
        elif between_two(ranking):
            dispatcher.utter_message(response="utter_which_of_two", buttons=buttons_for(likely[:2]))
        else:
            several = "utter_suggest_intents" if len(likely) > 1 else "utter_suggest_one"
            dispatcher.utter_message(response=several, buttons=buttons_for(likely))
        if (tracker.active_loop or {}).get("name"):
            return []
        # Also where no rule has led here: without a next step this action would be tried again and again.
        return [FollowupAction("action_listen")]


class AnswerNegativeFeedback(Action):
    """The customer is not content: apologises and offers a person, and the second time hands over."""

    def name(self) -> str:
        return "action_negative_feedback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count, limit = times_not_content(tracker.events), thresholds().not_content
        if count >= limit:
            return await hand_over(dispatcher, tracker, decisions.not_content(count, limit))
        insulted = (tracker.latest_message.get("intent") or {}).get("name") == "insult"
        apology = "utter_apologize_calmly" if insulted else "utter_apologize"
        dispatcher.utter_message(response="utter_try_otherwise" if has_apologised(tracker.events) else apology)
        return list(_NO_FORM)


class AnswerYes(Action):
    """A yes: takes the person or the one request that was offered, otherwise asks what is wanted."""

    def name(self) -> str:
        return "action_affirm"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        offered = offered_before(tracker.events)
        if len(offered) == 1:
            return as_if_said(tracker.latest_message, offered[0])
        if offered:
            dispatcher.utter_message(response="utter_suggest_intents", buttons=buttons_for(offered))
            return []
        offer = last_offer(tracker.events)
        if offer is not None:
            return await hand_over(dispatcher, tracker, decisions.customer_request(offer, tracker.events))
        dispatcher.utter_message(response="utter_affirmed")
        return []


class AnswerNo(Action):
    """A no: nothing is done. To "Meinten Sie …?" it means that none of it was meant, which counts as a doubt."""

    def name(self) -> str:
        return "action_deny"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if not offered_before(tracker.events):
            dispatcher.utter_message(response="utter_denied")
            return []
        count = misunderstandings_in_a_row(tracker.events)
        if count >= thresholds().misunderstandings:
            return await hand_over(dispatcher, tracker, decisions.suggestions_declined(count))
        dispatcher.utter_message(response="utter_ask_rephrase")
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
