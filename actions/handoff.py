"""Getting a person: everything known goes to the bridge, and the customer reads only what the bridge confirmed."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.business import company
from actions.clients.bridge import Bridge, HandoffRequest, HttpBridge
from actions.decisions import Decision
from actions.errors import BridgeError, BusinessFileUnusable
from actions.signals import concern, last_offer
from actions.summary import known_slots, summary
from actions.transcript import transcript

logger = logging.getLogger(__name__)


async def hand_over(
    dispatcher: CollectingDispatcher, tracker: Tracker, decision: Decision, bridge: Bridge | None = None
) -> list[EventType]:
    """Asks for a person and says so, or says honestly that nobody could be asked; never raises for the bridge's sake.

    Returns the events that end an open form and the turn, and name the handoff when there is one.
    """
    ends_turn = [ActiveLoop(None), SlotSet("requested_slot", None), FollowupAction("action_listen")]
    try:
        handoff = await (bridge or HttpBridge()).request_handoff(_request(tracker, decision))
    except BridgeError as error:
        logger.error("No handoff for conversation %s: %s", tracker.sender_id, error)
        _say_unavailable(dispatcher)
        return ends_turn
    out_of_hours = handoff.promise == "out_of_hours"
    dispatcher.utter_message(
        response="utter_handoff_requested_out_of_hours" if out_of_hours else "utter_handoff_requested"
    )
    return [SlotSet("handoff_id", handoff.id), *ends_turn]


def _request(tracker: Tracker, decision: Decision) -> HandoffRequest:
    message: dict[str, Any] = tracker.latest_message or {}
    intent = message.get("intent") or {}
    named = {"name": intent["name"], "confidence": intent.get("confidence")} if intent.get("name") else None
    return {
        "conversation_id": tracker.sender_id,
        "message_id": str(message.get("message_id")),
        "reason": decision["reason"],
        "decision": decision,
        "summary": summary(tracker.events, tracker.slots),
        "slots": known_slots(tracker.slots),
        "latest_intent": named,
        "transcript": transcript(tracker.events),
    }


def _say_unavailable(dispatcher: CollectingDispatcher) -> None:
    try:
        reached = company()
    except BusinessFileUnusable as error:
        logger.error("The contact cannot be told: %s", error)
        dispatcher.utter_message(response="utter_handoff_unavailable_without_contact")
        return
    dispatcher.utter_message(response="utter_handoff_unavailable", phone=reached.phone, email=reached.email)


class RequestHandoff(Action):
    """The customer wants a person."""

    def name(self) -> str:
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        decision = decisions.customer_request(last_offer(tracker.events), tracker.events)
        return await hand_over(dispatcher, tracker, decision)


class HandOffComplexIntent(Action):
    """A matter that only a person may answer."""

    def name(self) -> str:
        return "action_handoff_complex"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return await hand_over(dispatcher, tracker, decisions.complex_intent(concern(tracker.events)))
