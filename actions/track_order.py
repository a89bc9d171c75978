"""Where is my order: number and postal code first, and only a pair that belongs together opens the order."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.clients.shop import Order, OrderItem, configured_shop, today_in_shop
from actions.errors import ShopUnavailable
from actions.handoff import hand_over
from actions.order_reference import looks_like_an_attempt, order_number, postal_code
from actions.person_first import PersonFirst
from actions.signals import has_spoken_in_this_turn
from actions.texts import spoken_date, spoken_list, texts

logger = logging.getLogger(__name__)

#: Wrong pairs before nothing is told any more in this conversation, and unusable inputs before the form gives up.
WRONG_PAIRS_BEFORE_LOCK = 3
INVALID_INPUTS_BEFORE_GIVING_UP = 3

#: Answers without a number before the form ends with the offer of a person.
ANSWERS_WITHOUT_NUMBER_BEFORE_GIVING_UP = 2
#: Questions after the lock before a person is got without asking.
QUESTIONS_AFTER_LOCK_BEFORE_HANDOFF = 2


class ValidateTrackOrderForm(PersonFirst, FormValidationAction):
    """Takes numbers in the ways customers type them; what is no number but was meant as one is asked for again."""

    def name(self) -> str:
        return "validate_track_order_form"

    async def extract_order_number(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _attempt(tracker, "order_number")

    async def extract_postal_code(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _attempt(tracker, "postal_code")

    def validate_order_number(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        validated = _validated("order_number", order_number(str(value)), tracker)
        tried = tracker.get_slot("tried_postal_code")
        if validated["order_number"] and tried and not _names(tracker, "postal_code"):
            # The number was the wrong half of the pair: nobody gives the same postal code twice.
            validated |= {"postal_code": tried, "tried_postal_code": None}
        return validated

    def validate_postal_code(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return _validated("postal_code", postal_code(str(value)), tracker)


def _attempt(tracker: Tracker, slot: str) -> dict[str, Any]:
    """The whole text for the slot that was asked for, when it was meant as a number but no number was found in it."""
    message = tracker.latest_message
    if tracker.get_slot("requested_slot") != slot or message.get("entities"):
        return {}
    text = str(message.get("text") or "")
    return {slot: text} if looks_like_an_attempt(text) else {}


def _names(tracker: Tracker, entity: str) -> bool:
    return any(found.get("entity") == entity for found in tracker.latest_message.get("entities") or ())


def _validated(slot: str, value: str | None, tracker: Tracker) -> dict[str, Any]:
    if value is not None:
        return {
            slot: value,
            "form_hint": None,
            "invalid_inputs": 0.0,
            "answers_without_number": 0.0,
            "waits_for_number": 0.0,
        }
    count = float(tracker.get_slot("invalid_inputs") or 0) + 1
    result: dict[str, Any] = {slot: None, "form_hint": f"{slot}_malformed", "invalid_inputs": count}
    if count >= INVALID_INPUTS_BEFORE_GIVING_UP:
        result["requested_slot"] = None
    return result


class AskOrderNumber(Action):
    """Asks for the order number."""

    def name(self) -> str:
        return "action_ask_track_order_form_order_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return _ask(dispatcher, tracker, "order_number")


class AskPostalCode(Action):
    """Asks for the postal code that belongs to the order number."""

    def name(self) -> str:
        return "action_ask_track_order_form_postal_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return _ask(dispatcher, tracker, "postal_code")


def _ask(dispatcher: CollectingDispatcher, tracker: Tracker, slot: str) -> list[EventType]:
    if tracker.get_slot("form_hint") == f"{slot}_malformed":
        response = f"utter_{slot}_malformed"
    elif has_spoken_in_this_turn(tracker.events):
        response = f"utter_ask_{slot}_again"
    else:
        response = f"utter_ask_{slot}"
    dispatcher.utter_message(response=response)
    return [SlotSet("form_hint", None)]


class LookUpOrder(Action):
    """Tells about the order when number and postal code belong together."""

    def name(self) -> str:
        return "action_look_up_order"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("lookup_locked"):
            return await _still_locked(dispatcher, tracker)
        number, code = tracker.get_slot("order_number"), tracker.get_slot("postal_code")
        if not (number and code):
            dispatcher.utter_message(response="utter_lookup_given_up")
            return _forgotten()
        try:
            order = await configured_shop().find_order(number, code)
        except ShopUnavailable as error:
            logger.error("No order was looked up: %s", error)
            dispatcher.utter_message(response="utter_shop_unavailable")
            return []
        if order is None:
            return _not_found(dispatcher, tracker)
        _tell(dispatcher, order, today_in_shop())
        return [*_forgotten(), SlotSet("verified_order", order.number)]


async def _still_locked(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    count = float(tracker.get_slot("questions_after_lock") or 0) + 1
    if count >= QUESTIONS_AFTER_LOCK_BEFORE_HANDOFF:
        ends = await hand_over(dispatcher, tracker, decisions.complex_intent("track_order"))
        return [*_forgotten(), *ends]
    dispatcher.utter_message(response="utter_lookup_still_locked")
    return [*_forgotten(), SlotSet("questions_after_lock", count)]


class AnswerWithoutNumber(Action):
    """The customer has no number, or sends none: says why it is needed, and the second time offers a person instead."""

    def name(self) -> str:
        return "action_answer_without_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count = float(tracker.get_slot("answers_without_number") or 0) + 1
        if count < ANSWERS_WITHOUT_NUMBER_BEFORE_GIVING_UP:
            dispatcher.utter_message(response="utter_why_order_number")
            return [SlotSet("answers_without_number", count)]
        dispatcher.utter_message(response="utter_lookup_without_number")
        return [*_forgotten(), *_ended_form()]


class WaitForNumber(Action):
    """The customer is still looking: no hurry, but not for ever."""

    def name(self) -> str:
        return "action_wait_for_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if _names(tracker, "order_number") or _names(tracker, "postal_code"):
            # After a question in between Rasa comes here first, also with a number: then the form just goes on.
            return [SlotSet("answers_without_number", 0.0), SlotSet("waits_for_number", 0.0)]
        count = float(tracker.get_slot("waits_for_number") or 0) + 1
        if count <= ANSWERS_WITHOUT_NUMBER_BEFORE_GIVING_UP:
            dispatcher.utter_message(response="utter_no_hurry")
            return [SlotSet("waits_for_number", count)]
        dispatcher.utter_message(response="utter_lookup_without_number")
        return [*_forgotten(), *_ended_form()]


def _ended_form() -> list[EventType]:
    """Ends form and turn: the rules that lead here go on with the form."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), FollowupAction("action_listen")]


def _forgotten() -> list[EventType]:
    return [
        SlotSet("order_number", None),
        SlotSet("postal_code", None),
        SlotSet("tried_postal_code", None),
        SlotSet("form_hint", None),
        SlotSet("invalid_inputs", 0.0),
        SlotSet("answers_without_number", 0.0),
        SlotSet("waits_for_number", 0.0),
    ]


def _not_found(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    failures = float(tracker.get_slot("lookup_failures") or 0) + 1
    counted = SlotSet("lookup_failures", failures)
    if failures >= WRONG_PAIRS_BEFORE_LOCK:
        dispatcher.utter_message(response="utter_lookup_locked")
        return [*_forgotten(), counted, SlotSet("lookup_locked", True)]
    dispatcher.utter_message(response="utter_order_not_found")
    # Whichever half was wrong, the customer need only send that one. The form stays open without being run: run now, it
    # would take the same wrong pair from the same message again.
    return [
        counted,
        SlotSet("tried_postal_code", tracker.get_slot("postal_code")),
        SlotSet("postal_code", None),
        ActiveLoop("track_order_form"),
        SlotSet("requested_slot", "postal_code"),
        FollowupAction("action_listen"),
    ]


def _tell(dispatcher: CollectingDispatcher, order: Order, today: date) -> None:
    unknown = texts()["unknown"]
    dispatcher.utter_message(
        response="utter_order_overdue" if order.is_overdue(today) else f"utter_order_{order.status}",
        order_number=order.number,
        items=spoken_list(_spoken_item(item) for item in order.items),
        ordered_on=spoken_date(order.ordered_on),
        expected_on=spoken_date(order.expected_on),
        delivered_on=spoken_date(order.delivered_on),
        carrier=order.carrier or unknown,
        tracking_number=order.tracking_number or unknown,
    )


def _spoken_item(item: OrderItem) -> str:
    if item.quantity == 1:
        return item.title
    return str(texts()["item_count"].format(quantity=item.quantity, title=item.title))
