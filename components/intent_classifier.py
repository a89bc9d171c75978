"""Intent classifier: a linear model on words, stems and concepts, with confidences that mean something.

A support vector machine per intent is trained in seconds (`python -m evaluation` measures how well it understands, and
Rasa's stock pipeline beside it); a temperature found by cross-validation turns its margins into probabilities, so
that a threshold on them is a statement about how often the answer is wrong. Sentence vectors of components before it
(spaCy's, `components.sentence_embeddings`) are looked at as well. Stored as JSON and NumPy arrays, never as pickles.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components import (
    intent_learning,
    joined_lines,
    lexicon,
    linear_model,
    message_cuts,
    requests,
    several_intents,
    spelling,
    text_features,
    typing_errors,
    words,
)
from components.errors import ClassifierNotTrained
from components.intent_learning import beside, learned, vector_rows
from components.lexicon import FILE_NAME, Lexicon, read_lexicon
from components.linear_model import LinearModel
from components.readability import is_readable
from components.several_intents import Rule, SeveralIntents
from components.text_features import BLOCK_WEIGHTS, TextFeatures

_INTENT_RANKING = "intent_ranking"
#: [{name, confidence}] of the requests of a message that holds more than one; otherwise not set.
SEVERAL_INTENTS = "several_intents"

_MODULES = (
    *(intent_learning, joined_lines, lexicon, linear_model, message_cuts, requests, several_intents, spelling),
    *(text_features, typing_errors, words),
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Adds `intent`, `intent_ranking` and, where a message holds several requests, `several_intents` to messages."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty`: the SVM's C. `mistyped_weight`: what a mistyped copy of each example counts; 0 makes none.

        `ranking_length`: how many intents a message carries.
        `blocks`: which features are looked at. `dense_weight`: what sentence vectors count beside them.
        `beside`: intents that are said beside a request and never make a message one of several requests.
        `part_folders`: where lexicons are looked for; set by the sector importer.
        """
        return {
            "penalty": 0.5,
            "mistyped_weight": 0.25,
            "ranking_length": 5,
            "blocks": list(BLOCK_WEIGHTS),
            "dense_weight": 1.0,
            "beside": [
                *("greet", "goodbye", "thank", "affirm", "deny", "inform", "stop", "praise", "complaint", "insult"),
                *("negative_feedback", "smalltalk", "bot_challenge", "out_of_scope", "legal_threat"),
            ],
            "part_folders": [],
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._features = TextFeatures()
        self._model = LinearModel([], np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.float32), 1.0)
        self._rule = joined_lines.silent_rule(0)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """A classifier that still has to be trained."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the lexicons and with the modules that learn, which Rasa does not see by itself."""
        files = [Path(str(module.__file__)) for module in _MODULES]
        files += [Path(folder) / FILE_NAME for folder in config.get("part_folders") or []]
        total = hashlib.sha256()
        for file in files:
            total.update(file.name.encode() + b"\0" + (file.read_bytes() if file.exists() else b"") + b"\0")
        return total.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples that have an intent and keeps the result in the model storage.

        Raises:
            LexiconInvalid: a file of concepts is not what it should be.
        """
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        self._features, self._model = learned(
            texts,
            intents,
            Lexicon(read_lexicon(self._config["part_folders"])),
            self._config["blocks"],
            self._config["penalty"],
            self._config["mistyped_weight"],
            self._vectors(examples),
        )
        self._rule = joined_lines.learned_rule(
            texts, intents, set(self._config["beside"]), self._config["penalty"], self._features.transform
        )
        self._persist()
        return self._resource

    def _vectors(self, messages: list[Message]) -> csr_matrix | None:
        return vector_rows([_sentence_vector(message) for message in messages], self._config["dense_weight"])

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` {name, confidence} and `intent_ranking` on each message, and `several_intents` on some."""
        for message in messages:
            text = message.get(TEXT) or ""
            ranking = self._rank(text, message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(_INTENT_RANKING, ranking[: self._config["ranking_length"]], add_to_output=True)
            several = self._several(text)
            if several:
                message.set(SEVERAL_INTENTS, several, add_to_output=True)
        return messages

    def rank(self, text: str) -> list[dict[str, Any]]:
        """All intents for a text, most probable first: [{name, confidence}], the confidences sum to 1.

        When nothing in it can be understood, all are equally probable: below any threshold.
        """
        return self._rank(text, Message({TEXT: text}))

    def _rank(self, text: str, message: Message) -> list[dict[str, Any]]:
        intents = self._model.intents
        # A sentence vector may know words that no example holds or resembles.
        resembles = self._features.resembles_word if _sentence_vector(message) is None else lambda _: True
        if is_readable(text, self._features.knows_word, resembles):
            rows = beside(self._features.transform([text]), self._vectors([message]))
            probabilities = self._model.probabilities(rows)[0]
        else:
            probabilities = np.full(len(intents), 1.0 / len(intents))
        order = np.argsort(-probabilities, kind="stable")
        return [{"name": intents[at], "confidence": float(probabilities[at])} for at in order]

    def _several(self, text: str) -> list[dict[str, Any]]:
        found = SeveralIntents(
            lambda texts: self._model.probabilities(self._features.transform(texts)),
            self._model.intents,
            set(self._config["beside"]),
            self._rule,
        ).find(text)
        return [{"name": name, "confidence": confidence} for name, confidence in found]

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            state = json.dumps(self._features.state(), ensure_ascii=False)
            (folder / "features.json").write_text(state, encoding="utf-8")
            (folder / "several.json").write_text(json.dumps(self._rule.state()), encoding="utf-8")
            self._model.save(folder / "model.npz")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """A trained classifier from the model storage.

        Raises:
            ClassifierNotTrained: the storage holds none.
        """
        classifier = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                state = json.loads((folder / "features.json").read_text(encoding="utf-8"))
                several = json.loads((folder / "several.json").read_text(encoding="utf-8"))
                classifier._model = LinearModel.read(folder / "model.npz")
        except (ValueError, KeyError, FileNotFoundError) as error:
            raise ClassifierNotTrained(str(ClassifierNotTrained.__doc__)) from error
        classifier._features = TextFeatures.from_state(state)
        classifier._rule = Rule.from_state(several)
        return classifier


def _sentence_vector(message: Message) -> np.ndarray | None:
    """The vectors that components before this one have made of the whole message, one after the other."""
    _, sentence = message.get_dense_features(TEXT, [])
    return None if sentence is None else np.asarray(sentence.features[-1], dtype=np.float32)
