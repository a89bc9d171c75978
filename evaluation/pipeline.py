"""The understanding as `config.yml` has it, without the rest of Rasa: trained on lines, asked for probabilities."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from components.intent_classifier import LinearIntentClassifier
from components.intent_learning import learned
from components.lexicon import Lexicon, read_lexicon
from components.linear_model import LinearModel
from components.text_features import BLOCK_WEIGHTS, TextFeatures
from evaluation.training_files import Line

_DEFAULTS = LinearIntentClassifier.get_default_config()


@dataclass
class Pipeline:
    """Features and classifier, trained. `training_s`: how long that took, in seconds."""

    features: TextFeatures
    model: LinearModel
    training_s: float

    @classmethod
    def trained(
        cls,
        lines: Sequence[Line],
        lexicon: Lexicon,
        blocks: Collection[str] = tuple(BLOCK_WEIGHTS),
        *,
        corrects: bool = True,
        copies: bool = True,
    ) -> Pipeline:
        """Learns from lines with the settings of the component.

        `corrects`: whether mistyped words are corrected. `copies`: whether mistyped copies are learned from too.
        """
        started = time.monotonic()
        features, model = learned(
            [line.text for line in lines],
            [line.intent for line in lines],
            lexicon,
            blocks,
            float(_DEFAULTS["penalty"]),
            float(_DEFAULTS["mistyped_weight"]) if copies else 0.0,
            corrects=corrects,
        )
        return cls(features, model, time.monotonic() - started)

    @property
    def intents(self) -> list[str]:
        """The columns of `probabilities`."""
        return self.model.intents

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """Shape (texts, intents)."""
        return self.model.probabilities(self.features.transform(texts))


def lexicon_of(data: Path, parts: Collection[str] | None = None) -> Lexicon:
    """The lexicon of some parts; of all when None.

    Raises:
        LexiconInvalid: a file of concepts is not what it should be.
    """
    names = parts if parts is not None else sorted(path.name for path in data.iterdir())
    return Lexicon(read_lexicon([data / name for name in names]))
