"""Sentence embeddings from a folder, with a tiny model that the test makes itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import spacy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.featurizers.dense_featurizer.spacy_featurizer import SpacyFeaturizer
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import fetch_embeddings, language_model
from components.errors import EmbeddingsInvalid
from components.intent_classifier import LinearIntentClassifier
from components.sentence_embeddings import Encoder, SentenceEmbeddings
from tests.bot.support.tiny_embeddings import write_model

PARCEL, THANKS = [4.0, 0.0], [0.0, 2.0]
VECTORS = {
    "paket": PARCEL,
    "sendung": PARCEL,
    "lieferung": PARCEL,
    "danke": THANKS,
    "merci": THANKS,
    "vergelts": THANKS,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(tmp_path / "embeddings", VECTORS)
    return tmp_path / "embeddings"


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    (tmp_path / "storage").mkdir()
    return LocalModelStorage.create(tmp_path / "storage")


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), "embeddings")


def test_a_sentence_is_the_mean_of_its_words_whatever_is_beside_it(folder: Path) -> None:
    encoder = Encoder(folder, 16)
    alone = encoder.vectors(["Paket danke"])
    beside = encoder.vectors(["Paket danke", "paket paket paket paket paket"])
    expected = np.array([4.0, 2.0]) / np.hypot(4.0, 2.0)
    assert np.allclose(alone[0], expected, atol=1e-6)
    assert np.allclose(beside[0], expected, atol=1e-6)


def test_what_is_too_long_is_cut_off_and_what_is_unknown_is_nothing(folder: Path) -> None:
    encoder = Encoder(folder, 1)
    assert encoder.vectors(["paket danke danke"]).tolist() == [[1.0, 0.0]]
    assert encoder.vectors(["xqzt"]).tolist() == [[0.0, 0.0]]


def test_many_messages_are_encoded_in_batches(folder: Path) -> None:
    assert Encoder(folder, 16).vectors(["paket"] * 70).shape == (70, 2)


def test_the_classifier_understands_a_word_it_was_never_taught(
    folder: Path, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    texts = {"track_order": ["paket", "sendung"], "thank": ["danke", "merci"]}
    data = TrainingData(
        [Message.build(text=text, intent=intent) for intent, listed in texts.items() for text in listed * 3]
    )
    resource = Resource("classifier")
    embeddings = SentenceEmbeddings.create({"folder": str(folder)}, storage, Resource("embeddings"), context)
    embeddings.process_training_data(data)
    classifier = LinearIntentClassifier.create({}, storage, resource, context)
    classifier.train(data)
    asked = [Message({TEXT: "lieferung"}), Message({TEXT: "vergelts"})]
    classifier.process(embeddings.process(asked))
    assert [message.get(INTENT)["name"] for message in asked] == ["track_order", "thank"]


def test_another_model_is_another_fingerprint(folder: Path) -> None:
    config = {"folder": str(folder)}
    before = SentenceEmbeddings.fingerprint_addon(config)
    assert SentenceEmbeddings.fingerprint_addon(config) == before
    write_model(folder, {"paket": [1.0, 1.0]})
    assert SentenceEmbeddings.fingerprint_addon(config) != before


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingsInvalid, match="make embeddings"):
        Encoder(tmp_path, 16)


def test_a_broken_model_is_refused(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(EmbeddingsInvalid, match="cannot be loaded"):
        Encoder(folder, 16)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server on this machine that has what lies in `served`."""
    (tmp_path / "served").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("inner", ["", "onnx"])
def test_a_model_is_fetched_into_a_folder(tmp_path: Path, address: str, inner: str) -> None:
    write_model(tmp_path / "served", VECTORS)
    if inner:
        (tmp_path / "served" / inner).mkdir()
        (tmp_path / "served/model.onnx").rename(tmp_path / "served" / inner / "model.onnx")
    assert fetch_embeddings.main([str(tmp_path / "models/embeddings"), address]) == 0
    assert Encoder(tmp_path / "models/embeddings", 16).vectors(["paket"]).tolist() == [[1.0, 0.0]]


def test_a_failed_fetch_leaves_the_model_that_was_there(folder: Path, address: str, tmp_path: Path) -> None:
    assert fetch_embeddings.main([str(folder), address]) == 1
    (tmp_path / "served/model.onnx").write_bytes(b"no model")
    (tmp_path / "served/tokenizer.json").write_text("{}")
    assert fetch_embeddings.main([str(folder), address]) == 1
    assert Encoder(folder, 16).vectors(["paket"]).tolist() == [[1.0, 0.0]]
    assert list(folder.parent.glob("*.new")) == []


def test_a_spacy_model_with_vectors_is_looked_at_as_well(
    tmp_path: Path, storage: LocalModelStorage, context: ExecutionContext
) -> None:
    language = language_model.build()
    for word, vector in VECTORS.items():
        language.vocab.set_vector(word, np.array(vector, dtype=np.float32))
    language.to_disk(tmp_path / "de")
    loaded = spacy.load(tmp_path / "de")
    tokenizer = SpacyTokenizer.create(SpacyTokenizer.get_default_config(), storage, Resource("tokenizer"), context)
    featurizer = SpacyFeaturizer(SpacyFeaturizer.get_default_config(), "featurizer")

    def read(text: str, intent: str | None = None) -> Message:
        made = Message.build(text=text, intent=intent)
        made.set(SPACY_DOCS[TEXT], loaded(text))
        return featurizer.process(tokenizer.process([made]))[0]

    texts = {"track_order": ["paket", "sendung"], "thank": ["danke", "merci"]}
    data = TrainingData([read(text, intent) for intent, listed in texts.items() for text in listed * 3])
    classifier = LinearIntentClassifier.create({}, storage, Resource("classifier"), context)
    classifier.train(data)
    asked = classifier.process([read("lieferung"), read("vergelts")])
    assert [message.get(INTENT)["name"] for message in asked] == ["track_order", "thank"]
