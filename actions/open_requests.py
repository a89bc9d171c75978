"""Several requests in one message: the first is dealt with, the others are kept and taken up after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.signals import TAKEN_UP, current_stretch, intent_of, is_customer_message
from actions.suggestions import title_of
from actions.transcript import Event

#: After one of these nothing of an earlier message is taken up any more.
_ENDS_ALL = frozenset({"stop", "goodbye", "request_human"})


def open_requests(events: Sequence[Event]) -> list[str]:
    """The intents of requests that were made beside others and not yet dealt with, oldest first."""
    waiting: list[str] = []
    for event in current_stretch(events):
        if event.get("event") != "user":
            continue
        intent = intent_of(event)
        if intent in _ENDS_ALL:
            waiting.clear()
        waiting = [name for name in waiting if name != intent]
        if is_customer_message(event):
            further = [str(found["name"]) for found in (event.get("parse_data") or {}).get("several_intents") or ()]
            waiting += [name for name in further if name != intent and name not in waiting]
    return waiting


def requests_now(events: Sequence[Event]) -> list[str]:
    """The request of the present message and those that wait beside it."""
    users = [event for event in current_stretch(events) if event.get("event") == "user"]
    several = (users[-1].get("parse_data") or {}).get("several_intents") if users else None
    present = intent_of(users[-1]) if several else None
    return [*([present] if present else []), *open_requests(events)]


def as_if_said(message: dict[str, Any], intent: str) -> list[EventType]:
    """Events after which the rules answer the customer's message once more, as one with this intent.

    The bot counts as having listened, for that is how every rule begins. The same text stays with it: what it tells
    (an order number, say) belongs to this request too.
    """
    meant = {"name": intent, "confidence": 1.0}
    parsed = {"intent": meant, "intent_ranking": [meant], "entities": message.get("entities") or []}
    said = {
        "event": "user",
        "timestamp": None,
        "text": message.get("text"),
        "parse_data": {**parsed, "text": message.get("text"), "message_id": message.get("message_id")},
        "input_channel": None,
        "message_id": message.get("message_id"),
        "metadata": {TAKEN_UP: True},
    }
    return [ActionExecuted("action_listen"), said]


class TakeUp(Action):
    """Goes on with the request that has waited longest."""

    def name(self) -> str:
        return "action_take_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        waiting = open_requests(tracker.events)
        if not waiting:
            return [FollowupAction("action_listen")]
        dispatcher.utter_message(response="utter_take_up", title=title_of(waiting[0]))
        return as_if_said(_message_with(waiting[0], tracker.events), waiting[0])


def _message_with(intent: str, events: Sequence[Event]) -> dict[str, Any]:
    """What the customer wrote when asking for it, under the id of the present message."""
    users = [event for event in events if event.get("event") == "user" and is_customer_message(event)]
    for event in reversed(users):
        parsed = event.get("parse_data") or {}
        if intent in [found["name"] for found in parsed.get("several_intents") or ()]:
            return {
                "text": event.get("text"),
                "entities": parsed.get("entities"),
                "message_id": users[-1].get("message_id"),
            }
    return {"text": users[-1].get("text"), "message_id": users[-1].get("message_id")}
