"""How well German messages are understood that the assistant was not trained on."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.importer import TrainingDataImporter

#: Measured when written: 0.95 of all. Below the bar something was broken, not just moved.
ACCURACY_BAR = 0.9
INTENT_BAR = 0.6

#: The intents that something is answered or done for.
SERVED = frozenset(
    {
        *("greet", "goodbye", "thank", "affirm", "deny", "inform", "stop"),
        *("bot_challenge", "ask_capabilities", "request_human", "negative_feedback", "out_of_scope"),
        *("track_order", "return_item", "defective_product", "payment_methods", "ask_opening_hours"),
    }
)


class Line(NamedTuple):
    """A message and the intent it has."""

    text: str
    intent: str


@pytest.fixture(scope="session")
def heldout() -> list[Line]:
    path = Path(__file__).with_name("heldout.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Line(row["text"], row["intent"]) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.fixture(scope="session")
def training(root: Path) -> list[Line]:
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    return [Line(example.get("text"), example.get("intent")) for example in importer.get_nlu_data().intent_examples]


@pytest.fixture(scope="session")
def understood(agent: Agent, heldout: list[Line]) -> dict[Line, str]:
    """The first intent of each message, before the fallback threshold."""
    assert agent.processor is not None
    found = {}
    for line in heldout:
        ranking = _parse(agent, line.text)["intent_ranking"]
        found[line] = next(intent["name"] for intent in ranking if intent["name"] != "nlu_fallback")
    return found


def test_no_heldout_message_is_trained_on(heldout: list[Line], training: list[Line]) -> None:
    trained = {_plain(line.text) for line in training}
    assert [line.text for line in heldout if _plain(line.text) in trained] == []


def test_every_intent_has_enough_training_and_heldout_messages(
    agent: Agent, heldout: list[Line], training: list[Line]
) -> None:
    trained, held = Counter(line.intent for line in training), Counter(line.intent for line in heldout)
    intents = set(agent.domain.intents) - {"restart", "back", "session_start", "nlu_fallback"}
    assert {intent: trained[intent] for intent in intents if trained[intent] < 40} == {}
    assert {intent: held[intent] for intent in intents if held[intent] < 8} == {}


def test_heldout_messages_are_understood(understood: dict[Line, str]) -> None:
    wrong = [
        f"{line.intent} taken for {intent}: {line.text}" for line, intent in understood.items() if intent != line.intent
    ]
    assert 1 - len(wrong) / len(understood) >= ACCURACY_BAR, "\n".join(wrong)


def test_heldout_messages_of_served_intents_are_understood(understood: dict[Line, str]) -> None:
    served = {line: intent for line, intent in understood.items() if line.intent in SERVED}
    right = sum(line.intent == intent for line, intent in served.items())
    assert right / len(served) >= ACCURACY_BAR


def test_no_intent_is_left_behind(understood: dict[Line, str]) -> None:
    results: dict[str, list[bool]] = defaultdict(list)
    for line, intent in understood.items():
        results[line.intent].append(line.intent == intent)
    weak = {intent: sum(right) / len(right) for intent, right in results.items()}
    assert {intent: share for intent, share in weak.items() if share < INTENT_BAR} == {}


@pytest.mark.parametrize("text", ["xqzt blorf", "lorem ipsum dolor", "asdf jklö", "🙃🙃🙃"])
def test_what_means_nothing_is_not_guessed(agent: Agent, text: str) -> None:
    assert _parse(agent, text)["intent"]["name"] in ("nlu_fallback", "out_of_scope")


@pytest.mark.parametrize(
    "text",
    ["...", "!!!", "?", "???", "/", "///", "😀", "🎉", "1", "12", "1 2", "' OR 1=1 --", "--", "_", " - 7 - "],
)
def test_what_holds_nothing_to_understand_has_no_meaning(agent: Agent, text: str) -> None:
    assert _parse(agent, text)["intent"]["name"] == "nlu_fallback"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("👍", "affirm"), ("👍🏽", "affirm"), ("ja", "affirm"), ("ok", "affirm"), ("10423345", "inform")],
)
def test_a_short_message_with_a_meaning_keeps_it(agent: Agent, text: str, intent: str) -> None:
    assert _parse(agent, text)["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("10423345", {"order_number": "10423345"}),
        ("#10423345, 50667 Köln", {"order_number": "10423345", "postal_code": "50667"}),
        ("nr 1042 3345 plz D-50667", {"order_number": "10423345", "postal_code": "50667"}),
        ("b-2026-104233", {"order_number": "B-2026-104233"}),
        ("rufen Sie mich an: 0171 1234567", {"phone": "+491711234567"}),
        ("DE02120300000000202051", {"iban": "DE02120300000000202051"}),
        ("ich wohne in der Straße des 17. Juni 135", {}),
    ],
)
def test_numbers_are_found_in_the_ways_customers_type_them(agent: Agent, text: str, entities: dict[str, str]) -> None:
    found = {entity["entity"]: entity["value"].strip() for entity in _parse(agent, text)["entities"]}
    assert found == entities


def _parse(agent: Agent, text: str) -> dict[str, Any]:
    assert agent.processor is not None
    return agent.processor._parse_message_with_graph(UserMessage(text), DialogueStateTracker.from_events("nlu", []))


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip() or text
