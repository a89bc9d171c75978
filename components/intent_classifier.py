"""Intent classifier: a linear model on words, lemmas and pieces of words, with confidences that mean something.

A support vector machine per intent is trained in seconds and beats Rasa's `LogisticRegressionClassifier` on the
messages of `tests/bot/heldout.tsv`; a temperature found by cross-validation turns its margins into probabilities, so
that a threshold on them is a statement about how often the answer is wrong. Stored as JSON and NumPy arrays, never as
pickles.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from components.errors import ClassifierNotTrained
from components.readability import is_readable
from components.text_features import Phrase, TextFeatures

_TEMPERATURES = np.geomspace(0.5, 20.0, 60)
_INTENT_RANKING = "intent_ranking"


def phrase_of(message: Message) -> Phrase:
    """The text and lemmas of a tokenized Rasa message."""
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    return Phrase(message.get(TEXT) or "", tuple(token.lemma or token.text for token in tokens))


def softmax(margins: np.ndarray) -> np.ndarray:
    """Rows of margins, shape (messages, intents), as rows of probabilities of the same shape."""
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_temperature(margins: np.ndarray, labels: np.ndarray) -> float:
    """The factor on the margins under which the right labels (column numbers) are most probable."""
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(margins * factor)[rows, labels] + 1e-12).mean() for factor in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def embed_in_small_talk(
    phrases: Sequence[Phrase], intents: Sequence[str], opening: set[str], closing: set[str], alone: set[str]
) -> tuple[list[Phrase], list[str]]:
    """For each request one more that opens with a greeting and often closes with a thank-you, labelled as the request.

    Customers write "Guten Tag, … Vielen Dank" around what they want; without such examples the courtesies win.
    Always the same for the same examples.
    """
    chance = random.Random(7)
    openings = [phrase for phrase, intent in zip(phrases, intents, strict=True) if intent in opening]
    closings = [phrase for phrase, intent in zip(phrases, intents, strict=True) if intent in closing]
    if not openings or not closings:
        return [], []
    longer: list[Phrase] = []
    labels: list[str] = []
    for phrase, intent in zip(phrases, intents, strict=True):
        if intent in alone:
            continue
        embedded = chance.choice(openings) + phrase
        longer.append(embedded + chance.choice(closings) if chance.random() < 0.6 else embedded)
        labels.append(intent)
    return longer, labels


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Adds `intent` and `intent_ranking` to messages."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Lemmas come from a tokenizer before this component."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`penalty`: the SVM's C. `ranking_length`: how many intents a message carries.

        `opening`, `closing`, `alone`: intents that open and close longer messages, and those never put into one.
        """
        return {
            "penalty": 0.5,
            "ranking_length": 5,
            "opening": ["greet"],
            "closing": ["thank", "goodbye"],
            "alone": ["greet", "goodbye", "thank", "affirm", "deny", "inform", "stop"],
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._model_storage = model_storage
        self._resource = resource
        self._features = TextFeatures()
        self._intents: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)
        self._temperature = 1.0

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

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples that have an intent and keeps the result in the model storage."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        phrases = [phrase_of(example) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        longer, labels = embed_in_small_talk(
            phrases,
            intents,
            set(self._config["opening"]),
            set(self._config["closing"]),
            set(self._config["alone"]),
        )
        self._learn(phrases + longer, intents + labels, len(phrases))
        self._persist()
        return self._resource

    def _learn(self, phrases: list[Phrase], intents: list[str], originals: int) -> None:
        rows = self._features.fit_transform(phrases)
        machine = LinearSVC(C=self._config["penalty"], random_state=7)
        # The temperature is found on the customers' own messages: the composed ones repeat them and would flatter it.
        folds = StratifiedKFold(5, shuffle=True, random_state=7)
        margins = cross_val_predict(
            machine, rows[:originals], intents[:originals], cv=folds, method="decision_function"
        )
        machine.fit(rows, intents)
        self._intents = [str(name) for name in machine.classes_]
        column = {name: at for at, name in enumerate(self._intents)}
        self._temperature = fit_temperature(margins, np.array([column[name] for name in intents[:originals]]))
        self._weights = machine.coef_.astype(np.float32)
        self._bias = machine.intercept_.astype(np.float32)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` {name, confidence} and `intent_ranking` on each message."""
        for message in messages:
            ranking = self.rank(phrase_of(message))
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(_INTENT_RANKING, ranking[: self._config["ranking_length"]], add_to_output=True)
        return messages

    def rank(self, phrase: Phrase) -> list[dict[str, Any]]:
        """All intents for a phrase, most probable first: [{name, confidence}], the confidences sum to 1.

        When nothing in it can be understood, all are equally probable: below any threshold.
        """
        margins = self._margins(self._features.transform([phrase]))
        if not is_readable(phrase.text, self._features.knows_word):
            margins = np.zeros_like(margins)
        probabilities = softmax(margins * self._temperature)[0]
        order = np.argsort(-probabilities)
        return [{"name": self._intents[at], "confidence": float(probabilities[at])} for at in order]

    def _margins(self, rows: csr_matrix) -> np.ndarray:
        margins: np.ndarray = rows @ self._weights.T + self._bias
        return margins

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            state = {
                "intents": self._intents,
                "temperature": self._temperature,
                "features": self._features.state(),
            }
            (folder / "classifier.json").write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
            np.savez(folder / "classifier.npz", weights=self._weights, bias=self._bias)

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
                state = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
                with np.load(folder / "classifier.npz", allow_pickle=False) as arrays:
                    classifier._weights = arrays["weights"]
                    classifier._bias = arrays["bias"]
        except (ValueError, FileNotFoundError) as error:
            raise ClassifierNotTrained(str(ClassifierNotTrained.__doc__)) from error
        classifier._intents = state["intents"]
        classifier._temperature = state["temperature"]
        classifier._features = TextFeatures.from_state(state["features"])
        return classifier
