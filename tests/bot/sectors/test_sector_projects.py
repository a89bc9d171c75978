"""Any set of sectors is a whole project: nothing dangling, and every sentence has its informal form."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.validator import Validator

from actions.tasks.task import tasks
from actions.texts import texts
from components.sector_importer import SectorImporter

_FORMAL = re.compile(r"\b(?:Sie|Ihr\w*|Ihnen)\b")
_INFORMAL = re.compile(r"\b(?:du|dich|dir|dein\w*)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?<!{){(\w+)}(?!})")


def responses(path: Path) -> dict[str, list[dict[str, Any]]]:
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
    return loaded


@pytest.mark.parametrize(
    "sectors", [["energy"], ["insurance"], ["retail", "energy"], ["retail", "energy", "insurance"]], ids="+".join
)
def test_rasa_finds_nothing_wrong_with_a_set_of_sectors(root: Path, sectors: list[str]) -> None:
    validator = Validator.from_importer(SectorImporter("config.yml", "domain.yml", ["data"], sectors))
    assert validator.verify_intents(ignore_warnings=False)
    assert validator.verify_domain_validity()
    assert validator.verify_slot_mappings()
    assert validator.verify_form_slots()
    assert validator.verify_forms_in_stories_rules()
    assert validator.verify_actions_in_stories_rules()
    assert validator.verify_story_structure(ignore_warnings=False)


@pytest.mark.parametrize("sector", ["energy", "insurance"])
def test_every_intent_of_a_sector_has_a_script_a_rule_and_a_name_for_agents(root: Path, sector: str) -> None:
    domain = yaml.safe_load((root / f"data/{sector}/domain.yml").read_text(encoding="utf-8"))
    rules = (root / f"data/{sector}/rules/requests.yml").read_text(encoding="utf-8")
    intents = set(domain["intents"])
    assert set(re.findall(r"- intent: (\w+)", rules)) == intents | {"inform"}
    assert intents <= set(tasks())
    assert intents <= set(texts()["concerns"])


@pytest.mark.parametrize("sector", ["energy", "insurance"])
def test_every_sentence_to_a_customer_has_its_informal_form(root: Path, sector: str) -> None:
    formal, informal = (responses(root / f"data/{sector}/{name}.yml") for name in ("domain", "du"))
    for name, variations in formal.items():
        said = [variation["text"] for variation in variations]
        if any(_FORMAL.search(text) for text in said):
            assert name in informal, name
        assert not any(_INFORMAL.search(text) for text in said), name
    for name, variations in informal.items():
        assert len(variations) == len(formal[name]), name
        for variation, other in zip(variations, formal[name], strict=True):
            assert set(_PLACEHOLDER.findall(variation["text"])) == set(_PLACEHOLDER.findall(other["text"])), name
            assert not re.search(r"\b(?:Ihre?[nmrs]?|Ihnen)\b", variation["text"]), name
