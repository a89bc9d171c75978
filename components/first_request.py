"""A message with several requests is taken as the first of them; the others wait (`actions.open_requests`).

The whole of such a message often resembles neither request enough, or one as much as the other, and would be asked
about.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from components.intent_classifier import SEVERAL_INTENTS

_INTENT_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FirstRequestFirst(GraphComponent, IntentClassifier):
    """Puts the first of several requests first in `intent` and `intent_ranking`."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`never_second`: intents that stay the meaning of a message whatever else it asks for."""
        return {
            "never_second": [
                *("request_human", "complaint", "legal_threat", "insult", "negative_feedback", "stop"),
                *("request_data_export", "request_data_deletion", "emergency_assistance", "report_outage"),
                "bereavement",
            ]
        }

    def __init__(self, config: dict[str, Any]) -> None:
        self._never_second = frozenset({**self.get_default_config(), **config}["never_second"])

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier stands before it."""
        return [IntentClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FirstRequestFirst:
        """For Rasa's graph."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Changes messages that hold several requests; entities stay."""
        for message in messages:
            several = message.get(SEVERAL_INTENTS) or []
            intent = (message.get(INTENT) or {}).get("name")
            if len(several) < 2 or intent in self._never_second:
                continue
            first = {"name": several[0]["name"], "confidence": float(several[0]["confidence"])}
            others = [entry for entry in message.get(_INTENT_RANKING) or [] if entry["name"] != first["name"]]
            message.set(INTENT, first, add_to_output=True)
            message.set(_INTENT_RANKING, [first, *others], add_to_output=True)
        return messages
