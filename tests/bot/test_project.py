"""The Rasa project as a whole: nothing dangling, every text fit for a customer."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator

from actions.clients.shop import STATUSES
from actions.texts import remedy_words, texts
from components.human_turns import SETTLED_SLOTS

_INFORMAL = re.compile(r"\b(du|dich|dir|dein\w*|euch|euer\w*|eure\w*)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?<!{){(\w+)}(?!})")


@pytest.fixture(scope="session")
def validator(root: Path) -> Validator:
    return Validator.from_importer(TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"]))


@pytest.fixture(scope="session")
def domain(root: Path) -> Domain:
    return TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"]).get_domain()


@pytest.fixture(scope="session")
def responses(domain: Domain) -> list[tuple[str, dict[str, Any]]]:
    """(name, variation) of everything the bot can say."""
    return [(name, variation) for name, variations in domain.responses.items() for variation in variations]


@pytest.fixture(scope="session")
def action_sources(root: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in root.glob("actions/**/*.py"))


@pytest.mark.parametrize(
    "check",
    [
        "verify_intents",
        "verify_intents_in_stories",
        "verify_example_repetition_in_intents",
        "verify_story_structure",
        "verify_forms_in_stories_rules",
        "verify_actions_in_stories_rules",
        "verify_form_slots",
        "verify_slot_mappings",
        "verify_domain_validity",
    ],
)
def test_rasa_finds_nothing_wrong_with_the_project(validator: Validator, check: str) -> None:
    assert getattr(validator, check)() is not False


def test_every_response_is_used(domain: Domain, action_sources: str) -> None:
    rules = " ".join(path.read_text(encoding="utf-8") for path in Path("data").glob("**/rules/*.yml"))
    built = {f"utter_order_{status}" for status in STATUSES}
    built |= {f"utter_{slot}_malformed" for slot in ("order_number", "postal_code")}
    built |= {f"utter_ask_{slot}{again}" for slot in ("order_number", "postal_code") for again in ("", "_again")}
    built |= {f"utter_ask_{form}_{slot}" for form in domain.form_names for slot in domain.required_slots_for_form(form)}
    unused = [name for name in domain.responses if name not in built and f"{name}" not in rules + action_sources]
    assert unused == []


def test_every_response_an_action_says_exists(domain: Domain, action_sources: str) -> None:
    # "utter_action" is the name Rasa gives the field, no response.
    said = set(re.findall(r'"(utter_\w+)"', action_sources)) - {"utter_action"}
    said |= {f"utter_order_{status}" for status in STATUSES}
    assert said - set(domain.responses) == set()


def test_every_custom_action_of_the_domain_is_written(domain: Domain, action_sources: str) -> None:
    written = set(re.findall(r'return "((?:action|validate)_\w+)"', action_sources))
    assert set(domain.user_actions) - set(domain.responses) == written


def test_customers_are_addressed_formally(responses: list[tuple[str, dict[str, Any]]]) -> None:
    informal = [name for name, variation in responses if _INFORMAL.search(json.dumps(variation, ensure_ascii=False))]
    assert informal == []


def test_every_button_is_a_command_rasa_understands(
    domain: Domain, responses: list[tuple[str, dict[str, Any]]]
) -> None:
    for name, variation in responses:
        for button in variation.get("buttons", []):
            intent, _, entities = button["payload"].removeprefix("/").partition("{{")
            assert intent in domain.intents, f"{name}: {button['payload']}"
            if entities:
                named = json.loads("{" + entities.removesuffix("}}") + "}")
                assert set(named) <= set(domain.entities), f"{name}: {button['payload']}"


def test_texts_that_offer_a_person_have_a_way_to_take_it(responses: list[tuple[str, dict[str, Any]]]) -> None:
    reasons = {"customer_request", "low_confidence", "frustration", "complex_intent"}
    for name, variation in responses:
        offer = variation.get("metadata", {})
        if offer:
            assert offer["offers"] == "person"
            assert offer["reason"] in reasons
            assert "/request_human" in [button["payload"] for button in variation["buttons"]], name


def test_every_placeholder_is_a_slot_or_given_by_an_action(
    domain: Domain, responses: list[tuple[str, dict[str, Any]]], action_sources: str
) -> None:
    slots = {slot.name for slot in domain.slots}
    for name, variation in responses:
        for placeholder in _PLACEHOLDER.findall(variation["text"]):
            assert placeholder in slots or f"{placeholder}=" in action_sources, f"{name}: {placeholder}"


def test_the_words_for_agents_cover_every_intent_that_is_handed_over(domain: Domain) -> None:
    rules = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in Path("data").glob("**/rules/*.yml")]
    handed = {"request_human", "negative_feedback", "insult", "defective_product", "track_order", "return_item"}
    for rule in (rule for file in rules for rule in file["rules"]):
        if any(step.get("action") in ("action_offer_person", "action_handoff_complex") for step in rule["steps"]):
            first = rule["steps"][0]
            handed |= {step["intent"] for step in first.get("or", [first])}
    assert handed <= set(texts()["concerns"])
    assert set(texts()["concerns"]) <= set(domain.intents)


def test_every_remedy_has_words(domain: Domain) -> None:
    assert set(remedy_words()) == set(texts()["remedies"])


def test_a_return_resets_slots_that_exist(domain: Domain) -> None:
    assert set(SETTLED_SLOTS) <= {slot.name for slot in domain.slots}


def test_the_bridge_is_the_only_way_in(root: Path) -> None:
    credentials = yaml.safe_load((root / "credentials.yml").read_text(encoding="utf-8"))
    assert list(credentials) == ["components.bridge_channel.BridgeChannel"]
