"""Scores how annoyed the customer is, from the message and the bot's turn before, and says by which signs.

Adds to the parse result: `frustration: {score, cues}`, the score between 0 and 1 (how probable it is that somebody
would call this customer annoyed about service, bot or handling), the cues in German for agents. The turn before comes
with the message's metadata as `bot_before`. Learned from `frustration.yml` of each part that is on
(`components.frustration_lines`).
"""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import frustration_lines, frustration_model, frustration_signs, text_features, words
from components.errors import FrustrationLinesInvalid, FrustrationNotTrained
from components.frustration_lines import FILE_NAME, read_lines
from components.frustration_model import FrustrationModel
from components.frustration_signs import cues, message_signs

FRUSTRATION = "frustration"
#: Key of a message's metadata: what the bot (or a person) said in the turn before.
BOT_BEFORE = "bot_before"
#: Cues are only told from this score on: below it the same words mean something else.
_TOLD_FROM = 0.5
#: More of the turn before says no more about how it was taken.
_LONGEST_CONTEXT = 400

_MODULES = (frustration_lines, frustration_model, frustration_signs, text_features, words)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FrustrationScorer(GraphComponent):
    """Sets `frustration` on every message that was typed."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`part_folders`: where `frustration.yml` is looked for; set by the sector importer.

        `routine_examples`: so many of Rasa's own examples are learned from as calm, each counting `routine_share`:
        everyday questions, of which the lines hold too few. Not those of `not_routine`, nor with a sign of annoyance.
        """
        return {
            "part_folders": [],
            "routine_examples": 1000,
            "routine_share": 0.5,
            "not_routine": [
                *("complaint", "insult", "negative_feedback", "legal_threat", "request_human", "out_of_scope"),
            ],
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._model = FrustrationModel()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrustrationScorer:
        """A scorer that still has to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the lines, the expressions and the modules that learn, which Rasa does not see by itself."""
        files = [Path(str(module.__file__)) for module in _MODULES]
        files += [frustration_signs.FILE, *_files(config)]
        total = hashlib.sha256()
        for file in files:
            total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return total.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the lines of the parts, and from everyday examples of intents as calm ones.

        Raises:
            FrustrationLinesInvalid: there are none, all of one kind, or a file is not what it should be.
        """
        lines = [line for path in _files(self._config) for line in read_lines(path)]
        if len({line.frustrated for line in lines}) < 2:
            raise FrustrationLinesInvalid(f"No {FILE_NAME} with annoyed and calm messages was found.")
        pairs = [(line.text, line.after[-_LONGEST_CONTEXT:]) for line in lines]
        routine = self._routine(training_data)
        self._model = FrustrationModel.trained(
            [*pairs, *((text, "") for text in routine)],
            [*(line.frustrated for line in lines), *(False for _ in routine)],
            [*(1.0 for _ in lines), *(float(self._config["routine_share"]) for _ in routine)],
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def _routine(self, training_data: TrainingData) -> list[str]:
        texts = {
            str(example.get(TEXT))
            for example in training_data.intent_examples
            if example.get(TEXT) and example.get(INTENT) not in self._config["not_routine"]
        }
        # In an order that depends on nothing but the text: the same examples whatever stands around them.
        shuffled = sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())
        calm = (text for text in shuffled if not cues(message_signs(text)))
        return list(islice(calm, int(self._config["routine_examples"])))

    def process(self, messages: list[Message]) -> list[Message]:
        """Scores messages; a tapped button (`/intent`) has no mood."""
        for message in messages:
            text = message.get(TEXT) or ""
            if not text.strip() or text.startswith("/"):
                continue
            before = str((message.get("metadata") or {}).get(BOT_BEFORE) or "")
            message.set(FRUSTRATION, self.assess(text, before), add_to_output=True)
        return messages

    def assess(self, text: str, before: str = "") -> dict[str, Any]:
        """{score, cues} of a message after a turn."""
        score = float(self._model.scores([(text, before[-_LONGEST_CONTEXT:])])[0])
        return {"score": round(score, 4), "cues": cues(message_signs(text)) if score >= _TOLD_FROM else []}

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FrustrationScorer:
        """A trained scorer from the model storage.

        Raises:
            FrustrationNotTrained: the storage holds none.
        """
        scorer = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                scorer._model = FrustrationModel.read(folder)
        except (ValueError, KeyError, FileNotFoundError) as error:
            raise FrustrationNotTrained(str(FrustrationNotTrained.__doc__)) from error
        return scorer


def _files(config: dict[str, Any]) -> list[Path]:
    paths = [Path(folder) / FILE_NAME for folder in config.get("part_folders") or []]
    return [path for path in paths if path.exists()]
