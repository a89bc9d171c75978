"""Something broke: notes what is wrong and what the customer wants, and a person decides."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import decisions
from actions.handoff import hand_over
from actions.person_first import PersonFirst
from actions.texts import remedy_words, texts

#: Intents that, as an answer to "what would you like?", mean a remedy; and those that are answers but leave it open.
_REMEDY_OF_INTENT = {
    "refund_status": "refund",
    "return_item": "refund",
    "exchange_item": "replacement",
    "ask_repair": "repair",
    "ask_warranty": "advice",
    "ask_product": "advice",
}
_LEAVES_IT_OPEN = frozenset({"affirm", "deny", "inform", "nlu_fallback", "out_of_scope", "defective_product"})
_NEGATION = re.compile(r"\b(?:kein\w*|nicht|ohne)\s+(?:\w+\s+){0,2}$")
_DESCRIPTION_LENGTH = 500


def remedy_in(text: str) -> str | None:
    """The remedy a text asks for in so many words: repair, replacement, refund, advice or undecided."""
    lowered = text.lower()
    for remedy, beginnings in remedy_words().items():
        for beginning in beginnings:
            found = re.search(rf"\b{re.escape(beginning)}", lowered)
            if found and not _NEGATION.search(lowered[: found.start()]):
                return remedy
    return None


class NoteDefect(Action):
    """Keeps the customer's words about the defect, and a wish if they hold one."""

    def name(self) -> str:
        return "action_note_defect"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if (tracker.latest_message.get("metadata") or {}).get("is_payload"):
            return []
        text = str(tracker.latest_message.get("text") or "")
        wish = remedy_in(text)
        # Advice and doubt are what any description of a defect sounds like; only a clear wish spares the question.
        clear = wish if wish in ("repair", "replacement", "refund") else None
        return [SlotSet("defect_description", text[:_DESCRIPTION_LENGTH]), SlotSet("remedy", clear)]


class ValidateDefectForm(PersonFirst, FormValidationAction):
    """Understands the answer to "what would you like?"; an answer that leaves it open is an answer too."""

    def name(self) -> str:
        return "validate_defective_product_form"

    async def extract_remedy(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        message = tracker.latest_message
        if tracker.get_slot("requested_slot") != "remedy" or (message.get("metadata") or {}).get("is_payload"):
            return {}
        intent = (message.get("intent") or {}).get("name")
        found = remedy_in(str(message.get("text") or "")) or _REMEDY_OF_INTENT.get(intent)
        if found is None and intent in _LEAVES_IT_OPEN:
            found = "undecided"
        return {"remedy": found} if found else {}

    def validate_remedy(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"remedy": value if value in texts()["remedies"] else None}


class HandOffDefect(Action):
    """Gives the defect and the wish to a person."""

    def name(self) -> str:
        return "action_handoff_defect"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        events = await hand_over(dispatcher, tracker, decisions.complex_intent("defective_product"))
        # Kept when nobody could be reached: the next try takes it along.
        confirmed = any(event.get("name") == "handoff_id" for event in events)
        return [*events, SlotSet("remedy", None), SlotSet("defect_description", None)] if confirmed else events
