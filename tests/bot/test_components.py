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
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import language_model
from components.errors import ClassifierNotTrained, ModelFolderError
from components.intent_classifier import LinearIntentClassifier, embed_in_small_talk, fit_temperature, softmax
from components.text_features import Phrase, TextFeatures, fold

EXAMPLES = {
    "greet": ["hallo", "guten tag", "moin", "hallo zusammen", "guten abend"],
    "thank": ["danke", "vielen dank", "danke schön", "besten dank", "danke sehr"],
    "track_order": ["wo ist mein paket", "wann kommt mein paket", "paket nicht da", "wo ist es", "mein paket fehlt"],
}


def message(text: str, intent: str | None = None) -> Message:
    made = Message.build(text=text, intent=intent)
    made.set(TOKENS_NAMES[TEXT], [Token(word, 0, lemma=word) for word in text.split()])
    return made


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


def test_every_number_looks_the_same_to_the_features() -> None:
    assert fold("Bestellung 10423345") == fold("bestellung 1")


def test_features_survive_being_stored() -> None:
    phrases = [Phrase("Wo ist mein Paket?", ("wo", "sein", "mein", "Paket")), Phrase("danke 👍", ("danke", "👍"))]
    features = TextFeatures()
    learned = features.fit_transform(phrases)
    restored = TextFeatures.from_state(features.state())
    assert np.allclose(restored.transform(phrases).toarray(), learned.toarray(), atol=1e-4)


def test_probabilities_sum_to_one_and_the_temperature_fits_how_often_it_is_right() -> None:
    margins = np.array([[1.0, 0.0], [0.9, 0.0], [0.0, 0.1], [0.2, 0.0]])
    assert np.allclose(softmax(margins).sum(axis=1), 1.0)
    sure = fit_temperature(margins, np.array([0, 0, 1, 0]))
    unsure = fit_temperature(margins, np.array([0, 1, 1, 1]))
    assert sure > unsure


def test_requests_are_embedded_in_courtesies_and_courtesies_are_not() -> None:
    phrases = [Phrase(text, ()) for texts in EXAMPLES.values() for text in texts]
    intents = [intent for intent, texts in EXAMPLES.items() for _ in texts]
    longer, labels = embed_in_small_talk(phrases, intents, {"greet"}, {"thank"}, {"greet", "thank"})
    assert set(labels) == {"track_order"}
    assert any(phrase.text.split(". ")[0] in EXAMPLES["greet"] for phrase in longer)
    again = embed_in_small_talk(phrases, intents, {"greet"}, {"thank"}, {"greet", "thank"})
    assert again == (longer, labels), "the same examples train the same model"


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
    assert [entry["name"] for entry in classifier.rank(Phrase("danke", ("danke",)))] == [
        entry["name"] for entry in loaded.rank(Phrase("danke", ("danke",)))
    ]
    assert sum(entry["confidence"] for entry in ranking) == pytest.approx(1.0)


def test_nothing_stored_by_the_classifier_is_a_pickle(storage: LocalModelStorage, context: ExecutionContext) -> None:
    resource = Resource("classifier")
    data = TrainingData([message(text, intent) for intent, texts in EXAMPLES.items() for text in texts])
    LinearIntentClassifier.create({}, storage, resource, context).train(data)
    with storage.read_from(resource) as folder:
        assert sorted(os.listdir(folder)) == ["classifier.json", "classifier.npz"]


def test_a_model_without_a_classifier_is_refused(storage: LocalModelStorage, context: ExecutionContext) -> None:
    with pytest.raises(ClassifierNotTrained):
        LinearIntentClassifier.load({}, storage, Resource("classifier"), context)
