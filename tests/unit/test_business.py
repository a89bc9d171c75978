"""The business rules are checked before anything starts, and every mistake is named."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff_bridge.business import PLACEHOLDERS, BusinessRules, BusinessRulesError, Texts, load_business_rules
from handoff_bridge.business_escalation import Escalation
from tests.unit.samples import BUSINESS_FILE, raw_rules

Spoil = Callable[[dict[str, Any]], object]


def load(tmp_path: Path, raw: object) -> object:
    path = tmp_path / "business.yml"
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return load_business_rules(path)


def test_the_shipped_rules_are_right() -> None:
    assert load_business_rules(BUSINESS_FILE).opening_hours.state == "NW"


def test_the_shipped_rules_hold_the_default_of_every_number_of_the_escalation() -> None:
    assert raw_rules()["escalation"] == Escalation().model_dump()


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda r: r.update(surprise=1), ["surprise"]),
        (lambda r: r.pop("company"), ["company"]),
        (lambda r: r["company"].pop("phone"), ["company.phone"]),
        (lambda r: r["texts"].update(greeting="Hallo"), ["texts.greeting"]),
        (lambda r: r["texts"].pop("human_joined"), ["texts.human_joined"]),
        (lambda r: r["escalation"].update(misunderstandings=0), ["escalation.misunderstandings"]),
        (lambda r: r["escalation"].update(not_content="2"), ["escalation.not_content"]),
        (lambda r: r["escalation"].update(frustrated_from=1.2), ["escalation.frustrated_from"]),
        (lambda r: r["escalation"].update(offer_person=2.0), ["offer_person is higher than hand_over"]),
        (lambda r: r["escalation"].update(surprise=1), ["escalation.surprise"]),
        (lambda r: r["opening_hours"].update(timezone="Europe/Bonn"), ["opening_hours.timezone", "Europe/Bonn"]),
        (lambda r: r["opening_hours"].update(state="XX"), ["opening_hours.state", "XX", "NW"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=["8-20"]), ["opening_hours.weekly.mon.0", "8-20"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=["20:00-08:00"]), ["ends before it starts"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=["08:00-08:00"]), ["ends before it starts"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=["08:00-25:00"]), ["opening_hours.weekly.mon.0"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=["24:00-24:00"]), ["opening_hours.weekly.mon.0"]),
        (lambda r: r["opening_hours"]["weekly"].update(mon=[800]), ["opening_hours.weekly.mon.0"]),
        (lambda r: r["opening_hours"]["weekly"].update(montag=[]), ["montag"]),
        (lambda r: r["desk"].update(conversations_per_agent=0), ["desk.conversations_per_agent"]),
        (lambda r: r["desk"].update(handling_time_min=-1), ["desk.handling_time_min"]),
        (lambda r: r["texts"].update(human_joined="{name} ist da"), ["human_joined", "{name}"]),
        (lambda r: r["texts"].update(human_joined="{} ist da"), ["human_joined"]),
        (lambda r: r["texts"].update(human_joined="{agent ist da"), ["human_joined"]),
        (lambda r: r["texts"].update(human_joined="{agent.email} ist da"), ["human_joined", "agent.email"]),
        (lambda r: r["texts"].update(human_joined="{agent:{company}} ist da"), ["human_joined"]),
        (lambda r: r["texts"].update(opening_pattern="MMMMMMMM"), ["opening_pattern"]),
        (lambda r: r["texts"]["handoff_requested"].update(queued="{wait} {agent}"), ["handoff_requested.queued"]),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, spoil: Spoil, named: list[str]) -> None:
    raw = raw_rules()
    spoil(raw)
    with pytest.raises(BusinessRulesError) as refused:
        load(tmp_path, raw)
    for words in ("business.yml", *named):
        assert words in str(refused.value)


def test_two_mistakes_are_both_named(tmp_path: Path) -> None:
    raw = raw_rules()
    raw["company"].pop("phone")
    raw["desk"].update(handling_time_min=0)
    with pytest.raises(BusinessRulesError, match=r"company\.phone.*desk\.handling_time_min"):
        load(tmp_path, raw)


@pytest.mark.parametrize("content", ["", "- eins\n", "company: [", "nur ein Satz", "a: \t b\n\tc: d"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(BusinessRulesError, match=r"business\.yml"):
        load(tmp_path, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BusinessRulesError, match=r"nowhere\.yml cannot be read"):
        load_business_rules(tmp_path / "nowhere.yml")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "business.yml"
    path.write_bytes("company: Müller".encode("latin-1"))
    with pytest.raises(BusinessRulesError, match=r"business\.yml"):
        load_business_rules(path)


def test_every_entry_of_the_placeholder_table_is_a_text() -> None:
    fields = set(Texts.model_fields)
    assert {key.split(".")[0] for key in PLACEHOLDERS} <= fields


def test_the_bridge_says_du_where_the_company_does(tmp_path: Path) -> None:
    raw = raw_rules()
    formal = load_business_rules(BUSINESS_FILE)
    informal = load(tmp_path, raw | {"address": "du"})
    assert isinstance(informal, BusinessRules)
    assert "können Sie" in formal.texts.bot_disclosure
    assert "kannst du" in informal.texts.bot_disclosure
    assert informal.texts.human_left == formal.texts.human_left, "what addresses nobody stands once"
    assert informal.model_dump(exclude={"address", "texts", "whatsapp"}) == formal.model_dump(
        exclude={"address", "texts", "whatsapp"}
    )


def test_no_shipped_text_of_the_bridge_says_sie_in_du(tmp_path: Path) -> None:
    rules = load(tmp_path, raw_rules() | {"address": "du"})
    assert isinstance(rules, BusinessRules)
    assert rules.whatsapp is not None
    said = [rules.texts.model_dump(), rules.whatsapp.model_dump(include={"texts", "moving"})]
    formal = [text for text in _texts(said) if re.search(r"\b(?:Sie|Ihnen|Ihr\w*)\b", text)]
    assert formal == []


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("address", ["sie", "du"])
def test_a_mistake_in_the_texts_for_du_is_named_whether_they_are_used_or_not(tmp_path: Path, address: str) -> None:
    for informal, named in (
        ({"texts": {"greeting": "Hi"}}, "texts.greeting"),
        ({"texts": {"human_joined": "{name} ist da"}}, "human_joined"),
        ({"company": {"name": "Du"}}, "du.company"),
        ("du", "du: must be a section"),
    ):
        with pytest.raises(BusinessRulesError, match=re.escape(named)):
            load(tmp_path, raw_rules() | {"address": address, "du": informal})


def test_an_address_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BusinessRulesError, match="address"):
        load(tmp_path, raw_rules() | {"address": "ihr"})
