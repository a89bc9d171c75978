"""The recognisers as a part of Rasa's pipeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message

from components.entities.finder import find_entities

#: "Heute" is the customer's day.
ZONE = ZoneInfo("Europe/Berlin")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RuleEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds what the rules find: `{entity, value, start, end, text}`, relative dates with `resolved` (YYYY-MM-DD)."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RuleEntityExtractor:
        """For Rasa's graph; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Entities that others have found stay."""
        today = datetime.now(ZONE).date()
        for message in messages:
            text = message.get(TEXT) or ""
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: one.entity,
                    ENTITY_ATTRIBUTE_VALUE: one.value,
                    ENTITY_ATTRIBUTE_START: one.start,
                    ENTITY_ATTRIBUTE_END: one.end,
                    "text": text[one.start : one.end],
                    **({"resolved": one.resolved} if one.resolved else {}),
                }
                for one in find_entities(text, today)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
        return messages
