"""Answers from business.yml: opening hours and contact."""

from __future__ import annotations

import logging

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.business import company, spoken_opening_hours
from actions.errors import BusinessFileUnusable

logger = logging.getLogger(__name__)


class TellOpeningHours(Action):
    """Says when people can be reached."""

    def name(self) -> str:
        return "action_tell_opening_hours"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        try:
            dispatcher.utter_message(response="utter_opening_hours", opening_hours=spoken_opening_hours())
        except BusinessFileUnusable as error:
            logger.error("The opening hours cannot be told: %s", error)
            dispatcher.utter_message(response="utter_opening_hours_unknown")
        return []


class TellContact(Action):
    """Says how the company is reached."""

    def name(self) -> str:
        return "action_tell_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        try:
            reached = company()
        except BusinessFileUnusable as error:
            logger.error("The contact cannot be told: %s", error)
            dispatcher.utter_message(response="utter_contact_unknown")
            return []
        dispatcher.utter_message(
            response="utter_contact", company=reached.name, phone=reached.phone, email=reached.email
        )
        return []
