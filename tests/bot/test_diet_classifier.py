"""DIET with its own features, and the line of `config.yml` that puts it back."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.validation import validate
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.data import TrainingType
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import diet_classifier
from components.diet_classifier import FeaturedDIETClassifier
from components.errors import ClassifierNotTrained

EXAMPLES = {
    "greet": ["hallo", "guten tag", "moin moin", "hallo zusammen"],
    "thank": ["danke", "vielen dank", "danke schön", "besten dank"],
    "track_order": ["wo ist mein paket", "wann kommt mein paket", "paket nicht da", "mein paket fehlt"],
}
CONFIG = {"epochs": 30, "random_seed": 1, "transformer_size": 32, "number_of_transformer_layers": 1}
LINE = re.compile(r"^(  )# (- name: components\.diet_classifier\.FeaturedDIETClassifier)$", re.MULTILINE)
LINEAR = "  - name: components.intent_classifier.LinearIntentClassifier\n"


def tokenized(text: str, intent: str | None = None) -> Message:
    message = Message.build(text=text, intent=intent)
    WhitespaceTokenizer(WhitespaceTokenizer.get_default_config()).process([message])
    return message


def with_vector(message: Message) -> Message:
    vector = np.ones((1, 3), dtype=np.float32)
    message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "test"))
    return message


def examples() -> list[Message]:
    return [tokenized(text, intent) for intent, texts in EXAMPLES.items() for text in texts]


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "diet")


def test_a_seen_message_has_its_intent_after_loading(storage: LocalModelStorage, context: ExecutionContext) -> None:
    resource = Resource("diet")
    data = TrainingData(examples())
    before = data.fingerprint()
    FeaturedDIETClassifier.create(CONFIG, storage, resource, context).train(data)
    assert TrainingData(data.training_examples).fingerprint() == before
    assert not any(example.features for example in data.training_examples)

    loaded = FeaturedDIETClassifier.load(CONFIG, storage, resource, context)
    asked = [tokenized("wo ist mein paket"), tokenized("vielen dank"), tokenized("guten tag"), tokenized("")]
    for _ in range(2):  # A message that comes again gets no second set of features.
        loaded.process(asked)
        assert [one.get(INTENT)["name"] for one in asked] == ["track_order", "thank", "greet", None]
    assert [len(one.features) for one in asked] == [2, 2, 2, 0]
    assert 0.5 < asked[0].get(INTENT)["confidence"] <= 1.0
    assert {entry["name"] for entry in asked[0].get("intent_ranking")} == set(EXAMPLES)

    unknown = tokenized("xqzt qrrxv")
    loaded.process([unknown])
    assert (unknown.get(INTENT), unknown.get("intent_ranking")) == ({"name": None, "confidence": 0.0}, [])

    with storage.read_from(resource) as folder:
        assert "features.json" in os.listdir(folder)
        assert not [name for name in os.listdir(folder) if name.endswith((".pkl", ".pickle"))]


def test_vectors_of_components_before_it_stay_and_are_looked_at(
    storage: LocalModelStorage, context: ExecutionContext
) -> None:
    resource = Resource("diet")
    config = {**CONFIG, "epochs": 1}
    data = TrainingData([with_vector(example) for example in examples()])
    FeaturedDIETClassifier.create(config, storage, resource, context).train(data)
    loaded = FeaturedDIETClassifier.load(config, storage, resource, context)
    asked = [with_vector(tokenized("xqzt")), with_vector(tokenized(""))]
    loaded.process(asked)
    assert [sorted(one.origin for one in message.features) for message in asked] == [
        ["FeaturedDIETClassifier", "FeaturedDIETClassifier", "test"],
        ["test"],
    ]
    # Words nobody has written are decided by the vector; where there is no word at all, nothing is.
    assert [one.get(INTENT)["name"] in EXAMPLES for one in asked] == [True, False]


def test_of_many_terms_the_frequent_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diet_classifier, "_MOST_TERMS", 3)
    features = diet_classifier._frequent_terms(["mein paket", "mein konto", "mein paket fehlt", "paket"])
    blocks = features.state()["blocks"]
    assert blocks["words"]["terms"] == ["mein", "mein paket", "paket"]
    assert features.transform(["mein paket", "konto"]).shape == (2, 6)


def test_a_model_without_diet_is_refused(storage: LocalModelStorage, context: ExecutionContext) -> None:
    with pytest.raises(ClassifierNotTrained):
        FeaturedDIETClassifier.load(CONFIG, storage, Resource("diet"), context)


@pytest.mark.parametrize("beside", [True, False])
def test_the_line_in_the_configuration_puts_diet_back(beside: bool, root: Path) -> None:
    source = (root / "config.yml").read_text(encoding="utf-8")
    changed, lines = LINE.subn(r"\1\2", source)
    assert lines == 1
    assert source.count(LINEAR) == 1
    config: dict[str, Any] = yaml.safe_load(changed if beside else changed.replace(LINEAR, ""))
    names = [component["name"].rpartition(".")[2] for component in config["pipeline"]]
    place = names.index("FeaturedDIETClassifier")
    assert (names[place - 1] == "LinearIntentClassifier") is beside
    assert names[place + 1] == "PersonRequestRule"

    model = DefaultV1Recipe().graph_config_for_recipe(config, {}, TrainingType.BOTH)
    validate(model)
    learning = [node for node in model.train_schema.nodes.values() if node.uses is FeaturedDIETClassifier]
    assert [node.fn for node in learning if node.is_target] == ["train"]
    answering = [node for node in model.predict_schema.nodes.values() if node.uses is FeaturedDIETClassifier]
    assert [node.constructor_name for node in answering] == ["load"]
