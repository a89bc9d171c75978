"""Mistyped words are taken for the words they were meant to be, and the classifier learns from mistyped messages."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from components.intent_learning import learned
from components.lexicon import Lexicon
from components.linear_model import LinearModel
from components.spelling import Spelling
from components.text_features import BLOCK_WEIGHTS, TextFeatures
from components.typing_errors import mistyped

SPELLING = Spelling({"rechnung": 5, "päckchen": 3, "liefern": 4, "liefert": 2, "bis": 9}, ["bestellung"])
MESSAGE = "Guten Tag, wann kommt denn endlich die Lieferung mit der Waschmaschine? Ich müsste größere Wäsche machen."


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rechnug", "rechnung"),
        ("rechnunng", "rechnung"),
        ("rehcnung", "rechnung"),
        ("rexhnung", "rechnung"),
        ("paeckchen", "päckchen"),
        ("packchen", "päckchen"),
        ("paekchen", "päckchen"),
        ("bestelung", "bestellung"),
    ],
)
def test_a_word_with_one_error_is_taken_for_the_known_one(typed: str, meant: str) -> None:
    assert SPELLING.word(typed) == meant


@pytest.mark.parametrize("word", ["liefert", "rechnungsbetrag", "xyz", "bus", "rexhnug"])
def test_known_short_and_far_words_stay(word: str) -> None:
    assert SPELLING.word(word) == word


def test_of_two_words_that_are_near_the_more_frequent_one_is_taken() -> None:
    assert SPELLING.word("lieferx") == "liefern"


def test_only_unknown_words_of_a_text_change() -> None:
    assert SPELLING.corrected("Die REXHNUNG, bitte! B-2026-104233 :) Rechnung") == (
        "Die rechnung, bitte! B-2026-104233 :) Rechnung"
    )


def test_a_mistyped_word_has_the_features_of_the_right_one_but_for_its_pieces() -> None:
    blocks = [name for name in BLOCK_WEIGHTS if name != "pieces"]
    features = TextFeatures(Lexicon({"thing_invoice": ["rechnung"]}), blocks, corrects=True)
    features.fit_transform(["wo ist die rechnung", "die rechnung fehlt mir"])
    right, wrong = features.transform(["wo ist die rechnung", "wo ist die rexhnung"]).toarray()
    assert np.allclose(right, wrong)
    restored = TextFeatures.from_state(json.loads(json.dumps(features.state())))
    assert np.allclose(restored.transform(["wo ist die rexhnung"]).toarray()[0], right, atol=1e-4)


def test_a_mistyped_message_is_always_mistyped_in_the_same_way_and_can_still_be_read() -> None:
    forms = {mistyped(MESSAGE, seed) for seed in range(20)}
    assert len(forms) > 15
    assert forms == {mistyped(MESSAGE, seed) for seed in range(20)}
    assert all(abs(len(form) - len(MESSAGE)) < 25 for form in forms)


@pytest.mark.parametrize("text", ["", "?", "ja", "ok!", "👍", "123456"])
def test_the_shortest_messages_can_be_mistyped(text: str) -> None:
    assert all(abs(len(mistyped(text, seed)) - len(text)) <= 1 for seed in range(20))


def test_copies_of_the_examples_are_learned_from_and_counted_less() -> None:
    rows, copies = csr_matrix(np.eye(4)[[0, 1]]), csr_matrix(np.eye(4)[[2, 3]])
    model = LinearModel.trained(rows, ["a", "b"], 1.0, copies, 0.25)
    first, second = model.margins(rows)[0], model.margins(copies)[0]
    assert first[0] - first[1] > second[0] - second[1] > 0.05


def test_an_example_of_an_intent_with_few_of_them_counts_more() -> None:
    def certainty(further: int) -> float:
        """How clearly an intent with three examples is seen in its word beside two others with many."""
        words = [0] * 3 + [1] * further + [2] * further
        model = LinearModel.trained(csr_matrix(np.eye(3)[words]), [f"i{word}" for word in words], 0.1)
        return float(model.margins(csr_matrix(np.eye(3)[[0]]))[0, 0])

    # Without the weight three examples would weigh the same however many the others have.
    assert certainty(30) > certainty(3) + 0.05


def test_a_message_full_of_errors_is_understood_after_learning() -> None:
    texts = ["wo bleibt meine lieferung", "wann kommt die sendung endlich", "schicken sie mir die rechnung", "rechnung"]
    intents = ["track_order", "track_order", "request_invoice", "request_invoice"]
    features, model = learned(texts, intents, Lexicon({}), tuple(BLOCK_WEIGHTS), 1.0, 0.25)
    rows = features.transform(["wnan kmmt dei sendubg endlch", "schiken sei mir dei rexhnung"])
    assert [model.intents[at] for at in model.probabilities(rows).argmax(axis=1)] == ["track_order", "request_invoice"]
