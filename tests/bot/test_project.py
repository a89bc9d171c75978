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

from actions.clients.insurance import CLAIM_STATUSES
from actions.clients.shop_tables import REPAIR_STATUSES, STATUSES
from actions.tasks.task import tasks
from actions.texts import remedy_words, texts
from components.human_turns import SETTLED_SLOTS
from components.sector_importer import SectorImporter

_INFORMAL = re.compile(r"\b(du|dich|dir|dein\w*|euch|euer\w*|eure\w*)\b", re.IGNORECASE)
SECTORS = [path.parent.name for path in sorted(Path(__file__).parents[2].glob("data/*/domain.yml"))]
_PLACEHOLDER = re.compile(r"(?<!{){(\w+)}(?!})")


@pytest.fixture(scope="session")
def validator(root: Path) -> Validator:
    return Validator.from_importer(TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"]))


@pytest.fixture(scope="session")
def domain(root: Path) -> Domain:
    """Of all sectors together."""
    return SectorImporter("config.yml", "domain.yml", ["data"], SECTORS).get_domain()


@pytest.fixture(scope="session")
def responses(domain: Domain) -> list[tuple[str, dict[str, Any]]]:
    """(name, variation) of everything the bot can say, in the formal address."""
    return [
        (name, variation)
        for name, variations in domain.responses.items()
        for variation in variations
        if variation.get("channel") != "du"
    ]


@pytest.fixture(scope="session")
def action_sources(root: Path) -> str:
    # A package's own text shows examples.
    paths = [path for path in root.glob("actions/**/*.py") if path.name != "__init__.py"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


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


def _asked(action_sources: str, domain: Domain) -> set[str]:
    """What `request_form` may say about a slot, and what is built from the states of orders, repairs and reports."""
    reports = [intent for intent in domain.intents if f"utter_ask_problem_{intent}" in domain.responses]
    built = {f"utter_order_{status}" for status in STATUSES} | {f"utter_repair_{status}" for status in REPAIR_STATUSES}
    built |= {f"utter_{kind}_not_found" for kind in re.findall(r'kind="(\w+)"', action_sources)}
    built |= {f"utter_ask_problem_{intent}" for intent in reports} | {
        f"utter_ask_remedy_{intent}" for intent in reports
    }
    # An f-string that ends a name with a state: "utter_claim_" with "paid". What asks for a slot is built below.
    beginnings = set(re.findall(r'"(utter_\w+_)["{]', action_sources)) - {"utter_ask_", "utter_why_"}
    built |= {name for beginning in beginnings for name in domain.responses if name.startswith(beginning)}
    for slot in (slot.name for slot in domain.slots):
        built |= {f"utter_ask_{slot}", f"utter_ask_{slot}_again", f"utter_{slot}_malformed", f"utter_why_{slot}"}
    questions = set(re.findall(r'"(utter_(?:ask|confirm)_\w+)"', action_sources))
    return built | {f"{question}_again" for question in questions}


def test_every_response_is_used(domain: Domain, action_sources: str) -> None:
    named = (*Path("data").glob("**/rules/*.yml"), Path("actions/alarms.yml"))
    rules = " ".join(path.read_text(encoding="utf-8") for path in named)
    built = _asked(action_sources, domain)
    unused = [name for name in domain.responses if name not in built and f"{name}" not in rules + action_sources]
    assert unused == []


def test_every_response_an_action_says_exists(root: Path, action_sources: str) -> None:
    """In the domain of some sector: actions of a sector that is off say nothing."""
    known = set()
    for path in (root / "domain.yml", *root.glob("data/*/domain.yml")):
        known |= set(yaml.safe_load(path.read_text(encoding="utf-8")).get("responses") or {})
    # "utter_action" is the name Rasa gives the field, no response.
    # One that ends with "_" is only a beginning.
    said = set(re.findall(r'"(utter_\w+[^_\W])"', action_sources)) - {"utter_action"}
    said |= {f"utter_order_{status}" for status in STATUSES} | {f"utter_repair_{status}" for status in REPAIR_STATUSES}
    said |= {f"utter_claim_{status}" for status in CLAIM_STATUSES}
    assert said - known == set()


def test_every_request_has_a_rule_that_opens_it(domain: Domain) -> None:
    rules = " ".join(path.read_text(encoding="utf-8") for path in Path("data/retail/rules").glob("*.yml"))
    opened = set(re.findall(r"- intent: (\w+)", rules))
    own = set(yaml.safe_load(Path("data/retail/domain.yml").read_text(encoding="utf-8"))["intents"])
    assert own <= opened
    assert {name for name in tasks() if name in own} | {"payment_methods", "installment_payment", "ask_shipping"} == own


def test_every_field_of_a_request_is_a_slot(domain: Domain) -> None:
    slots = {slot.name for slot in domain.slots}
    for name, task in tasks().items():
        if name in domain.intents:
            assert {field.slot for field in task.fields} | set(task.forgets) <= slots, name


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
        if offer.get("offers", "suggestion") != "suggestion":
            assert offer["offers"] == "person"
            assert offer["reason"] in reasons
            assert "/request_human" in [button["payload"] for button in variation["buttons"]], name


def test_every_placeholder_is_a_slot_or_given_by_an_action(
    domain: Domain, responses: list[tuple[str, dict[str, Any]]], action_sources: str
) -> None:
    slots = {slot.name for slot in domain.slots}
    for name, variation in responses:
        for placeholder in _PLACEHOLDER.findall(variation["text"]):
            given = f"{placeholder}=" in action_sources or f'"{placeholder}"' in action_sources
            assert placeholder in slots or given, f"{name}: {placeholder}"


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
