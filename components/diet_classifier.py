"""Rasa's DIET as intent classifier, with sparse features of its own.

DIET finds features only where the pipeline makes them. This pipeline's classifier makes its own inside, so DIET brings
what it needs as well: words and pieces of words (`components.text_features`), one row per token and one per message.
Dense features of components before it are looked at beside them. Stored beside DIET's files as JSON, never as a pickle.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import text_features, words
from components.errors import ClassifierNotTrained
from components.readability import is_readable
from components.text_features import TextFeatures

_BLOCKS = ("words", "pieces")
#: Of each block the terms that most examples hold: every further one costs weights, and most pairs of words occur once.
_MOST_TERMS = 8000
_INTENT_RANKING = "intent_ranking"
_FEATURES_FILE = "features.json"
#: By this name the features are told from those of other components.
_ORIGIN = "FeaturedDIETClassifier"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FeaturedDIETClassifier(DIETClassifier):
    """Adds `intent` and `intent_ranking` to messages, and entities where `entity_recognition` is on."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer stands before it; no featurizer has to."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """DIET's, with confidences that a threshold can be put on, and without entities, which rules find here."""
        return {
            **DIETClassifier.get_default_config(),
            "epochs": 100,
            "entity_recognition": False,
            "constrain_similarities": True,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **learned: Any,
    ) -> None:
        """`learned`: what DIET reads from its own files."""
        super().__init__({**self.get_default_config(), **config}, model_storage, resource, execution_context, **learned)
        self._features = TextFeatures(blocks=_BLOCKS)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the modules that make the features, which Rasa does not see by itself."""
        total = hashlib.sha256()
        for source in (__file__, text_features.__file__, words.__file__):
            total.update(Path(str(source)).read_bytes() + b"\0")
        return total.hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Learns features and intents and keeps both in the model storage; the examples stay as they are."""
        # Copies: what other components learn from, and Rasa's fingerprints of it, must not change on the way.
        copied = TrainingData(
            [_copy(example) for example in training_data.training_examples],
            training_data.entity_synonyms,
            training_data.regex_features,
            training_data.lookup_tables,
            training_data.responses,
        )
        examples = [example for example in copied.nlu_examples if _tokens(example)]
        # Fine-tuning goes on with the columns that the weights were learned for.
        if examples and not self.finetune_mode:
            self._features = _frequent_terms([example.get(TEXT) for example in examples])
        self._add_features(examples)
        return super().train(copied)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` {name, confidence} and `intent_ranking`; what cannot be read has the intent None."""
        self._add_features([message for message in messages if _tokens(message)])
        super().process(messages)
        for message in messages:
            if not self._is_readable(message):
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(_INTENT_RANKING, [], add_to_output=True)
        return messages

    def _is_readable(self, message: Message) -> bool:
        """DIET is sure of something whatever it is shown, even where it knows none of the words."""
        # A sentence vector may know words that no example holds or resembles.
        vector = message.get_dense_features(TEXT, [])[1]
        resembles = self._features.resembles_word if vector is None else lambda _: True
        return is_readable(message.get(TEXT) or "", self._features.knows_word, resembles)

    def _predict(self, message: Message) -> dict[str, Any] | None:
        # A vector of the whole message alone, without a token beside it, is not what the model was built for.
        return super()._predict(message) if _tokens(message) else None

    def _add_features(self, messages: Sequence[Message]) -> None:
        """Gives each message features of shape (tokens, terms) and (1, terms); all messages have tokens."""
        if not messages:
            return
        places: dict[str, int] = {}
        for message in messages:
            for token in _tokens(message):
                places.setdefault(token.text, len(places))
        of_tokens = self._features.transform(list(places))
        of_texts = self._features.transform([message.get(TEXT) for message in messages])
        for at, message in enumerate(messages):
            message.features = [one for one in message.features if one.origin != _ORIGIN]
            sequence = of_tokens[[places[token.text] for token in _tokens(message)]]
            message.add_features(Features(sequence.tocoo(), FEATURE_TYPE_SEQUENCE, TEXT, _ORIGIN))
            message.add_features(Features(of_texts[at].tocoo(), FEATURE_TYPE_SENTENCE, TEXT, _ORIGIN))

    def persist(self) -> None:
        """Writes DIET's files and the features beside them."""
        super().persist()
        with self._model_storage.write_to(self._resource) as folder:
            state = json.dumps(self._features.state(), ensure_ascii=False)
            (folder / _FEATURES_FILE).write_text(state, encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> FeaturedDIETClassifier:
        """A trained classifier from the model storage.

        Raises:
            ClassifierNotTrained: the storage holds none.
        """
        config = {**cls.get_default_config(), **config}
        try:
            with model_storage.read_from(resource) as folder:
                state = json.loads((folder / _FEATURES_FILE).read_text(encoding="utf-8"))
                features = TextFeatures.from_state(state)
                classifier = cls._load(folder, config, model_storage, resource, execution_context)
        except (ValueError, KeyError, FileNotFoundError) as error:
            raise ClassifierNotTrained(str(ClassifierNotTrained.__doc__)) from error
        classifier._features = features
        return classifier


def _frequent_terms(texts: list[str]) -> TextFeatures:
    """Features learned from the texts, at most `_MOST_TERMS` of each block."""
    learned = TextFeatures(blocks=_BLOCKS)
    learned.fit_transform(texts)
    state = learned.state()
    for block in state["blocks"].values():
        # The fewer examples hold a term, the more it weighs; kept are those that weigh least, in the order they had.
        by_weight = sorted(range(len(block["terms"])), key=block["idf"].__getitem__)
        kept = sorted(by_weight[:_MOST_TERMS])
        block["terms"] = [block["terms"][at] for at in kept]
        block["idf"] = [block["idf"][at] for at in kept]
    return TextFeatures.from_state(state)


def _tokens(message: Message) -> list[Token]:
    """Those of the text; none where it is blank, for which some tokenizers make an empty one."""
    return list(message.get(TOKENS_NAMES[TEXT]) or []) if (message.get(TEXT) or "").strip() else []


def _copy(message: Message) -> Message:
    return Message(message.data, message.output_properties, message.time, list(message.features))
