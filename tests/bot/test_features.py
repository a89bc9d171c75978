"""How German text is taken apart: words, stems, compounds, sentences, requests, rows of features."""

from __future__ import annotations

import json

import numpy as np
import pytest

from components.lexicon import Lexicon
from components.requests import request_sentences
from components.several_intents import FEATURES, Rule, SeveralIntents
from components.text_features import TextFeatures, dense_rows
from components.words import Compounds, fold, plain_spelling, sentences_of, stem, verb_parts

TEXTS = ["Wo ist mein Paket?", "danke 👍", "Ich möchte die Bestellung stornieren", "wo bleibt die Bestellung"]


def test_every_number_looks_the_same_to_the_features() -> None:
    assert fold("Bestellung 10423345") == fold("bestellung 1")


@pytest.mark.parametrize(
    "forms",
    [
        ("päckchen", "paeckchen", "packchen"),
        ("lieferung", "lieferungen", "liefern", "geliefert"),
        ("kaputt", "kaputte", "kaputtes", "kaputten"),
        ("möchte", "moechte", "möchten"),
        ("rechnung", "rechnungen"),
    ],
)
def test_forms_of_one_word_have_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize("word", ["neue", "steuer", "aktuell", "quelle", "bauen"])
def test_two_vowels_that_are_no_umlaut_stay(word: str) -> None:
    assert plain_spelling(word) == word


def test_separable_verbs_are_taken_apart_in_each_form() -> None:
    forms = ["zurückschicken", "zurückgeschickt", "zurückzuschicken", "zurueckschicken"]
    assert {verb_parts(form)[1] for form in forms} == {"schick"}


def test_compounds_are_split_into_words_of_the_examples() -> None:
    compounds = Compounds.among(dict.fromkeys(["rechnung", "adresse", "lieferung", "wasch", "maschine"], 2))
    assert compounds.parts("rechnungsadresse") == ("rechnung", "adresse")
    assert compounds.parts("waschmaschine") == ("wasch", "maschine")
    assert compounds.parts("lieferung") == ()


def test_a_word_seen_once_splits_nothing() -> None:
    assert Compounds.among({"rechnung": 1, "adresse": 1}).parts("rechnungsadresse") == ()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Guten Tag. Wo ist es? Danke!", ["Guten Tag.", "Wo ist es?", "Danke!"]),
        ("Am 3. April bestellt, z.B. gestern", ["Am 3. April bestellt, z.B. gestern"]),
        ("hallo\nwo ist mein paket", ["hallo", "wo ist mein paket"]),
        ("...", ["..."]),
        ("", []),
    ],
)
def test_messages_are_cut_into_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_the_sentences_that_ask_are_found_in_a_story() -> None:
    lexicon = Lexicon({"wish_want": ["möchte"], "thing_invoice": ["rechnung"], "thing_order": ["bestellt"]})
    text = "Ich habe etwas bestellt. Nun möchte ich die Rechnung. Viele Grüße"
    assert request_sentences(text, lexicon) == ["Nun möchte ich die Rechnung."]
    assert request_sentences("Alles gut. Vielen Dank.", lexicon) == ["Alles gut.", "Vielen Dank."]


def test_features_survive_being_stored_as_json() -> None:
    features = TextFeatures(Lexicon({"thing_parcel": ["paket"]}))
    learned = features.fit_transform(TEXTS)
    restored = TextFeatures.from_state(json.loads(json.dumps(features.state())))
    assert np.allclose(restored.transform(TEXTS).toarray(), learned.toarray(), atol=1e-4)


def test_the_same_texts_are_learned_in_the_same_way_whatever_their_order() -> None:
    states = []
    for texts in (TEXTS, TEXTS[::-1]):
        features = TextFeatures()
        features.fit_transform(texts)
        states.append(json.dumps(features.state()))
    assert states[0] == states[1]


def test_unknown_words_leave_an_empty_row() -> None:
    features = TextFeatures(blocks=["words"])
    features.fit_transform(TEXTS)
    assert features.transform(["xqzt"]).nnz == 0


def test_sentence_vectors_become_rows_of_one_length() -> None:
    rows = dense_rows([np.array([3.0, 4.0]), None, np.zeros(2)], weight=2.0).toarray()
    assert rows.tolist() == [[pytest.approx(1.2), pytest.approx(1.6)], [0.0, 0.0], [0.0, 0.0]]


def _probabilities(texts: list[str]) -> np.ndarray:
    """Sure of what it sees: a parcel, an invoice, or thanks."""
    rows = np.full((len(texts), 3), 0.02)
    for row, text in zip(rows, texts, strict=True):
        for column, word in enumerate(("paket", "rechnung", "danke")):
            row[column] += word in text.lower()
    return rows / rows.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wo ist mein Paket? Und wie komme ich an die Rechnung?", ["track_order", "request_invoice"]),
        ("bitte die rechnung schicken und wo ist das paket", ["request_invoice", "track_order"]),
        ("Wo ist mein Paket? Das Paket sollte gestern da sein.", []),
        ("Wo ist mein Paket? Danke schon mal!", []),
        ("Paket", []),
    ],
)
def test_two_requests_in_one_message_are_noticed_and_courtesies_are_none(text: str, found: list[str]) -> None:
    intents = ["track_order", "request_invoice", "thank"]
    clear = np.zeros(FEATURES)
    clear[6] = 1.0  # how much surer both sides are of their own request than of the other one
    several = SeveralIntents(_probabilities, intents, {"thank"}, Rule(clear, -0.5, 0.5, np.zeros((3, 3))))
    assert [name for name, _ in several.find(text)] == found
