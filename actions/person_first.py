"""A form steps back when its customer asks for a person, whatever else the message holds."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection
from rasa_sdk.types import DomainDict


class PersonFirst:
    """Stands before `FormValidationAction` among the bases of a form's validation.

    A message with a wish for a person is left to the rules; what it told stays in its slots. No action itself: the
    action server would register it as one.
    """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Validates the slots.

        Raises:
            ActionExecutionRejection: a person is asked for.
        """
        if (tracker.latest_message.get("intent") or {}).get("name") == "request_human":
            raise ActionExecutionRejection(self.name(), "A person is asked for.")  # type: ignore[attr-defined]
        return list(await super().run(dispatcher, tracker, domain))  # type: ignore[misc]
