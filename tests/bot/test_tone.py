"""Honesty and tone of everything the bot can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter

#: What only a being could say of itself.
_FEELINGS = re.compile(
    r"\b(ich (?:freue|fühle|hoffe|liebe|bedaure|bedauere|wünschte)|freut mich|tut mir (?:sehr |wirklich )?leid|"
    r"ich (?:kann|verstehe) (?:gut |sehr gut |ihren? )?(?:ärger|verstehen|nachvollziehen|mitfühl)|"
    r"ich bin (?:traurig|froh|glücklich|stolz|begeistert)|ich merke)",
    re.IGNORECASE,
)
#: What only the bridge or the company's system can know. {placeholders} are filled with what it said.
_PROMISES = re.compile(
    r"\b(?:garantiert|versprochen|ich verspreche|in wenigen (?:sekunden|minuten)|umgehend|in kürze|"
    r"(?:meldet|melden|ruft|rufen) (?:sich|sie) (?:sofort|gleich|heute|morgen)|"
    r"innerhalb von \d+ (?:minuten|stunden))\b",
    re.IGNORECASE,
)
_SAID_OFTEN = (
    *("utter_greet", "utter_goodbye", "utter_thank", "utter_denied", "utter_affirmed", "utter_ask_rephrase"),
    *("utter_suggest_intents", "utter_apologize", "utter_person_beside", "utter_out_of_scope", "utter_take_up"),
    *("utter_handoff_requested", "utter_bot_challenge", "utter_smalltalk", "utter_apologize_shortly"),
)
_APOLOGY = re.compile(r"entschuldig", re.IGNORECASE)


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"]).get_domain()


@pytest.fixture(scope="module")
def texts(domain: Domain) -> list[tuple[str, str]]:
    return [(name, said["text"]) for name, variations in domain.responses.items() for said in variations]


def test_the_bot_claims_no_feelings(texts: list[tuple[str, str]]) -> None:
    assert [name for name, text in texts if _FEELINGS.search(text)] == []


def test_the_bot_promises_nothing_of_its_own(texts: list[tuple[str, str]]) -> None:
    assert [name for name, text in texts if _PROMISES.search(text)] == []


@pytest.mark.parametrize("text", ["Ich freue mich für Sie.", "Es tut mir sehr leid.", "Ich merke, Sie warten."])
def test_a_claimed_feeling_is_noticed(text: str) -> None:
    assert _FEELINGS.search(text)


def test_the_first_words_say_that_it_is_a_machine_and_that_a_person_can_be_had(root: Path) -> None:
    first = yaml.safe_load((root / "business.yml").read_text(encoding="utf-8"))["texts"]["bot_disclosure"]
    assert "Maschine" in first
    assert "kein Mensch" in first
    assert "Menschen" in first
    assert "jederzeit" in first


def test_the_bot_says_what_it_is_in_every_variation(texts: list[tuple[str, str]]) -> None:
    said = [text for name, text in texts if name == "utter_bot_challenge"]
    assert all(re.search(r"Maschine|Programm", text) and "kein Mensch" in text for text in said)
    assert all("Team" in text for text in said), "and that a person can be had"


def test_what_is_said_often_has_variations(domain: Domain) -> None:
    assert [name for name in _SAID_OFTEN if len(domain.responses.get(name, [])) < 2] == []


def test_an_apology_for_the_bot_itself_is_marked_so_that_it_is_said_once(domain: Domain) -> None:
    for name in ("utter_apologize", "utter_apologize_calmly", "utter_apologize_shortly", "utter_person_beside"):
        for said in domain.responses[name]:
            assert _APOLOGY.search(said["text"]), name
            assert said["metadata"]["apologises"] is True, name
    for name in ("utter_try_otherwise", "utter_person_beside_again", "utter_ask_rephrase", "utter_out_of_scope"):
        assert not any(_APOLOGY.search(said["text"]) for said in domain.responses[name]), name


@pytest.mark.parametrize("kind", ["fire", "gas", "injury", "crime"])
def test_an_emergency_text_has_the_number_in_its_first_sentence(domain: Domain, kind: str) -> None:
    for said in domain.responses[f"utter_emergency_{kind}"]:
        assert re.search(r"11[02]", re.split(r"[.!?]\s", said["text"])[0])
