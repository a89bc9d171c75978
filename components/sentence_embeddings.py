"""Sentence embeddings from a local folder, for the classifier beside words: off unless `config.yml` names it.

    - name: components.sentence_embeddings.SentenceEmbeddings
      folder: models/embeddings

The folder holds `model.onnx` and `tokenizer.json`, as sentence-embedding models are published. The model takes
`input_ids` and `attention_mask` (and `token_type_ids`, if it has that input), each of shape (messages, tokens), and
gives vectors of tokens, shape (messages, tokens, dimensions), whose mean is the sentence's vector, or vectors of
sentences, shape (messages, dimensions). Nothing is ever fetched from here; `make embeddings` does that once, where the
network allows. The folder has to stay where it is: it is read again when the assistant starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components.errors import EmbeddingsInvalid

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"

_BATCH = 32


class Encoder:
    """Turns texts into vectors of length 1. Loading takes as long as the model is large."""

    def __init__(self, folder: Path, longest_tokens: int) -> None:
        """`longest_tokens`: what is beyond is cut off.

        Raises:
            EmbeddingsInvalid: the folder holds no model, or not one of the form above.
        """
        for name in (MODEL_FILE, TOKENIZER_FILE):
            if not (folder / name).is_file():
                raise EmbeddingsInvalid(f"{folder / name} is missing. `make embeddings` fetches a model.")
        # Imported here: who does not use embeddings does not wait for these.
        import onnxruntime
        import tokenizers

        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / TOKENIZER_FILE))
            self._session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), providers=["CPUExecutionProvider"])
        except Exception as error:  # Both raise bare exceptions of their own.
            raise EmbeddingsInvalid(f"The model in {folder} cannot be loaded: {error}") from error
        self._tokenizer.enable_truncation(longest_tokens)
        self._tokenizer.enable_padding()
        self._inputs = {put.name for put in self._session.get_inputs()}
        if unknown := self._inputs - {"input_ids", "attention_mask", "token_type_ids"}:
            raise EmbeddingsInvalid(f"The model in {folder} wants inputs nobody has: {', '.join(sorted(unknown))}.")

    def vectors(self, texts: Sequence[str]) -> np.ndarray:
        """Shape (texts, dimensions)."""
        return np.concatenate([self._batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)])

    def _batch(self, texts: Sequence[str]) -> np.ndarray:
        encoded = self._tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
        }
        found = self._session.run(None, {name: given[name] for name in self._inputs})[0].astype(np.float32)
        if found.ndim == 3:
            mask = given["attention_mask"][:, :, None].astype(np.float32)
            found = (found * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1.0)
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddings(GraphComponent):
    """Adds a dense sentence feature to each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`folder`: where the model is. `longest_tokens`: what is beyond is cut off."""
        return {"folder": "models/embeddings", "longest_tokens": 128}

    @staticmethod
    def required_packages() -> list[str]:
        """What has to be installed."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Changes with the model, so that nothing trained on another one is taken."""
        folder = Path(config.get("folder") or cls.get_default_config()["folder"])
        total = hashlib.sha256()
        for name in (MODEL_FILE, TOKENIZER_FILE):
            path = folder / name
            total.update(path.read_bytes() if path.is_file() else b"missing")
        return total.hexdigest()

    def __init__(self, config: dict[str, Any]) -> None:
        self._name = str(config.get("__component_name__") or type(self).__name__)
        self._encoder = Encoder(Path(config["folder"]), int(config["longest_tokens"]))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEmbeddings:
        """Loads the model.

        Raises:
            EmbeddingsInvalid: the folder holds none.
        """
        return cls({**cls.get_default_config(), **config})

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds vectors to all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds a feature of shape (1, dimensions) to each message that has a text."""
        texted = [message for message in messages if message.get(TEXT)]
        if texted:
            vectors = self._encoder.vectors([message.get(TEXT) for message in texted])
            for message, vector in zip(texted, vectors, strict=True):
                message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._name))
        return messages
