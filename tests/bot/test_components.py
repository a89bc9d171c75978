"""Language model, features and classifier on their own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import spacy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix

from components import language_model
from components.errors import ClassifierNotTrained, ModelFolderError
from components.intent_classifier import LinearIntentClassifier
from components.linear_model import LinearModel, fit_temperature, softmax

EXAMPLES = {
    "greet": ["hallo", "guten tag", "moin", "hallo zusammen", "guten abend"],
    "thank": ["danke", "vielen dank", "danke schön", "besten dank", "danke sehr"],
    "track_order": ["wo ist mein paket", "wann kommt mein paket", "paket nicht da", "wo ist es", "mein paket fehlt"],
}


def message(text: str, intent: str | None = None) -> Message:
    return Message.build(text=text, intent=intent)


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "classifier")


def test_the_language_model_is_made_without_a_download_and_knows_lemmas(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "de"
    assert language_model.main([str(folder)]) == 0
    lemmas = [token.lemma_ for token in spacy.load(folder)("die Pakete kamen z.B. gestern")]
    assert lemmas[1:4] == ["Paket", "kommen", "z.B."]


def test_the_language_model_wants_one_folder_it_can_write_to(tmp_path: Path) -> None:
    assert language_model.main([]) == 2
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelFolderError):
        language_model.save(tmp_path / "file" / "de")


def test_probabilities_sum_to_one_and_the_temperature_fits_how_often_it_is_right() -> None:
    margins = np.array([[1.0, 0.0], [0.9, 0.0], [0.0, 0.1], [0.2, 0.0]])
    assert np.allclose(softmax(margins).sum(axis=1), 1.0)
    sure = fit_temperature(margins, np.array([0, 0, 1, 0]))
    unsure = fit_temperature(margins, np.array([0, 1, 1, 1]))
    assert sure > unsure


def test_a_trained_classifier_is_the_same_after_loading(storage: LocalModelStorage, context: ExecutionContext) -> None:
    resource = Resource("classifier")
    data = TrainingData([message(text, intent) for intent, texts in EXAMPLES.items() for text in texts])
    classifier = LinearIntentClassifier.create({}, storage, resource, context)
    classifier.train(data)
    loaded = LinearIntentClassifier.load({}, storage, resource, context)
    asked = message("hallo wo ist mein paket")
    loaded.process([asked])
    ranking = asked.get("intent_ranking")
    assert asked.get(INTENT) == ranking[0]
    assert ranking[0]["name"] == "track_order"
    assert [entry["name"] for entry in classifier.rank("danke")] == [entry["name"] for entry in loaded.rank("danke")]
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1.0)


def test_nothing_stored_by_the_classifier_is_a_pickle(storage: LocalModelStorage, context: ExecutionContext) -> None:
    resource = Resource("classifier")
    data = TrainingData([message(text, intent) for intent, texts in EXAMPLES.items() for text in texts])
    LinearIntentClassifier.create({}, storage, resource, context).train(data)
    with storage.read_from(resource) as folder:
        assert sorted(os.listdir(folder)) == ["features.json", "model.npz", "several.json"]


def test_a_model_without_a_classifier_is_refused(storage: LocalModelStorage, context: ExecutionContext) -> None:
    with pytest.raises(ClassifierNotTrained):
        LinearIntentClassifier.load({}, storage, Resource("classifier"), context)


def test_a_changed_lexicon_changes_the_fingerprint(tmp_path: Path) -> None:
    config = {"part_folders": [str(tmp_path)]}
    without = LinearIntentClassifier.fingerprint_addon(config)
    (tmp_path / "concepts.yml").write_text("thing_parcel: [paket]", encoding="utf-8")
    first = LinearIntentClassifier.fingerprint_addon(config)
    (tmp_path / "concepts.yml").write_text("thing_parcel: [paket, sendung]", encoding="utf-8")
    assert len({without, first, LinearIntentClassifier.fingerprint_addon(config)}) == 3


def test_sentence_vectors_of_components_before_it_decide_where_words_do_not(
    storage: LocalModelStorage, context: ExecutionContext
) -> None:
    def pointing(text: str, direction: int, intent: str | None = None) -> Message:
        made = message(text, intent)
        vector = np.eye(2, dtype=np.float32)[direction : direction + 1]
        made.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, "test"))
        return made

    words = [f"wort{number}" for number in range(6)]
    data = [pointing(word, at, intent) for at, intent in enumerate(("one", "other")) for word in words]
    resource = Resource("classifier")
    LinearIntentClassifier.create({}, storage, resource, context).train(TrainingData(data))
    loaded = LinearIntentClassifier.load({}, storage, resource, context)
    asked = [pointing("wort3", 0), pointing("wort3", 1)]
    loaded.process(asked)
    assert [one.get(INTENT)["name"] for one in asked] == ["one", "other"]


def test_an_intent_with_a_single_example_is_learned_too() -> None:
    rows = csr_matrix(np.eye(7, dtype=np.float32))
    model = LinearModel.trained(rows, ["a", "a", "a", "b", "b", "b", "c"], penalty=10.0)
    assert [model.intents[at] for at in model.probabilities(rows).argmax(axis=1)] == ["a", "a", "a", "b", "b", "b", "c"]


def test_one_intent_alone_is_always_the_answer() -> None:
    model = LinearModel.trained(csr_matrix(np.eye(3, dtype=np.float32)), ["a", "a", "a"], penalty=1.0)
    assert model.probabilities(csr_matrix((1, 3), dtype=np.float32)).tolist() == [[1.0]]


def test_the_same_examples_make_the_same_model() -> None:
    chance = np.random.default_rng(1)
    rows = csr_matrix(chance.random((60, 40), dtype=np.float32))
    intents = [f"intent{number % 5}" for number in range(60)]
    one, other = (LinearModel.trained(rows, intents, penalty=1.0) for _ in range(2))
    assert one.temperature == other.temperature
    assert (one.margins(rows) == other.margins(rows)).all()
