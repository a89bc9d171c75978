"""Switching sectors on: which data Rasa is given, and how the domains of the parts are joined."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.validator import Validator

from components.errors import SectorsInvalid
from components.sector_importer import SectorImporter
from components.sectors import joined_domain, sector_names

GENERAL_DOMAIN = {
    "version": "3.1",
    "intents": ["greet"],
    "responses": {"utter_greet": [{"text": "Guten Tag!"}]},
    "slots": {"place": {"type": "text", "mappings": [{"type": "from_entity", "entity": "place"}]}},
    "entities": ["place"],
}


def sector(intent: str, **further: Any) -> dict[str, Any]:
    return {"version": "3.1", "intents": [intent], "responses": {f"utter_{intent}": [{"text": intent}]}, **further}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """General and two sectors, one intent and one rule each."""
    (tmp_path / "config.yml").write_text(
        yaml.safe_dump(
            {
                "recipe": "default.v1",
                "language": "de",
                "assistant_id": "test",
                "importers": [{"name": "components.sector_importer.SectorImporter", "sectors": ["flowers"]}],
                "pipeline": [{"name": "WhitespaceTokenizer"}],
                "policies": [{"name": "RulePolicy"}],
            }
        )
    )
    (tmp_path / "domain.yml").write_text(yaml.safe_dump(GENERAL_DOMAIN))
    for part, intent in (("general", "greet"), ("flowers", "order_flowers"), ("boats", "rent_boat")):
        for kind in ("nlu", "rules"):
            (tmp_path / "data" / part / kind).mkdir(parents=True)
        examples = {"intent": intent, "examples": f"- {intent} eins\n- {intent} zwei\n"}
        rule = {"rule": f"Answer {intent}", "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        write(tmp_path / "data" / part / "nlu" / "x.yml", {"version": "3.1", "nlu": [examples]})
        write(tmp_path / "data" / part / "rules" / "x.yml", {"version": "3.1", "rules": [rule]})
    write(tmp_path / "data/flowers/domain.yml", sector("order_flowers"))
    write(tmp_path / "data/boats/domain.yml", sector("rent_boat"))
    return tmp_path


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def load(project: Path) -> TrainingDataImporter:
    return TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )


def own_intents(domain: Domain) -> set[str]:
    return set(domain.intents) & {"greet", "order_flowers", "rent_boat"}


def test_only_general_and_the_chosen_sector_are_loaded(project: Path) -> None:
    importer = load(project)
    assert own_intents(importer.get_domain()) == {"greet", "order_flowers"}
    assert importer.get_nlu_data().intents == {"greet", "order_flowers"}
    assert {step.block_name for step in importer.get_stories().story_steps} == {"Answer greet", "Answer order_flowers"}


def test_the_environment_stands_above_the_configuration(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSCHLAG_SECTORS", "boats, flowers")
    assert own_intents(load(project).get_domain()) == {"greet", "order_flowers", "rent_boat"}
    monkeypatch.setenv("HANDSCHLAG_SECTORS", "")
    assert own_intents(load(project).get_domain()) == {"greet", "order_flowers"}


def test_what_lies_beside_the_training_data_is_not_taken_for_it(project: Path) -> None:
    write(project / "data/flowers/concepts.yml", {"thing_flower": ["rose"]})
    assert load(project).get_nlu_data().intents == {"greet", "order_flowers"}


def test_a_sector_without_a_folder_is_refused_and_those_that_exist_are_named(project: Path) -> None:
    with pytest.raises(SectorsInvalid, match=r"no sector cars .*There are: boats, flowers"):
        SectorImporter(str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")], ["cars"])


@pytest.mark.parametrize("chosen", [None, 3, ["retail", "retail"], "retail, retail", [7]])
def test_sectors_that_are_no_list_of_names_are_refused(chosen: Any) -> None:
    with pytest.raises(SectorsInvalid):
        sector_names(chosen)


def test_a_slot_of_two_sectors_is_filled_in_the_ways_of_both() -> None:
    first = {"type": "from_entity", "entity": "place", "intent": "order_flowers"}
    joined = joined_domain(
        {"version": "3.1"},
        {
            "flowers": sector("order_flowers", slots={"place": {"type": "text", "mappings": [first]}}),
            "boats": sector("rent_boat", slots={"place": {"type": "text", "mappings": [first, {"type": "custom"}]}}),
        },
    )
    assert joined["slots"]["place"]["mappings"] == [first, {"type": "custom"}]


def test_parts_that_contradict_each_other_are_refused() -> None:
    other_slot = {"place": {"type": "bool", "mappings": []}}
    with pytest.raises(SectorsInvalid, match="slot place"):
        joined_domain(GENERAL_DOMAIN, {"boats": sector("rent_boat", slots=other_slot)})
    forms = [{"form": {"required_slots": [slot]}} for slot in ("place", "day")]
    with pytest.raises(SectorsInvalid, match="form form"):
        joined_domain({}, {"a": sector("x", forms=forms[0]), "b": sector("y", forms=forms[1])})
    with pytest.raises(SectorsInvalid, match="utter_x"):
        joined_domain({}, {"a": sector("x"), "b": {"responses": {"utter_x": [{"text": "anders"}]}}})
    with pytest.raises(SectorsInvalid, match="session_config"):
        joined_domain({}, {"a": {"session_config": {}}})


def test_a_general_sentence_in_the_words_of_a_sector_holds_only_where_it_is_alone() -> None:
    flowers = sector("order_flowers")
    flowers["responses"]["utter_greet"] = [{"text": "Guten Tag im Blumenladen!"}]
    alone = joined_domain(GENERAL_DOMAIN, {"flowers": flowers})
    both = joined_domain(GENERAL_DOMAIN, {"flowers": flowers, "boats": sector("rent_boat")})
    assert alone["responses"]["utter_greet"] == [{"text": "Guten Tag im Blumenladen!"}]
    assert both["responses"]["utter_greet"] == [{"text": "Guten Tag!"}]


def test_the_general_part_is_not_changed_by_joining() -> None:
    joined_domain(GENERAL_DOMAIN, {"boats": sector("rent_boat")})
    assert GENERAL_DOMAIN["intents"] == ["greet"]


def test_the_general_part_of_the_project_stands_on_its_own(root: Path) -> None:
    """A company without any of the sectors here still gets greetings, contact and a person."""
    importer = SectorImporter("config.yml", "domain.yml", ["data"], [])
    validator = Validator.from_importer(importer)
    assert validator.verify_domain_validity()
    assert validator.verify_intents_in_stories(ignore_warnings=False)
    assert validator.verify_actions_in_stories_rules()
    assert validator.verify_forms_in_stories_rules()
