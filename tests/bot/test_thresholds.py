"""The numbers of `escalation` in business.yml: read by the bot, checked, and told in docs/escalation.md."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from actions.alarms import FILE as ALARMS
from actions.errors import BusinessFileUnusable
from actions.suggestions import FILE as TITLES
from actions.thresholds import Thresholds, read_thresholds, thresholds

DOCS = Path(__file__).resolve().parents[2] / "docs/escalation.md"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "business.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_business_file_as_delivered_holds_every_number_with_its_default(root: Path) -> None:
    section = yaml.safe_load((root / "business.yml").read_text(encoding="utf-8"))["escalation"]
    assert section == asdict(Thresholds())
    assert read_thresholds(root / "business.yml") == Thresholds()


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    assert read_thresholds(written(tmp_path, "escalation: {misunderstandings: 2}")) == Thresholds(misunderstandings=2)
    assert read_thresholds(written(tmp_path, "company: {}")) == Thresholds()


@pytest.mark.parametrize(
    "section",
    [
        "{misunderstanding: 3}",
        "{misunderstandings: three}",
        "{misunderstandings: 0}",
        "{misunderstandings: 2.5}",
        "{frustrated_from: 1.5}",
        "{frustrated_from: true}",
        "{offer_person: 2.0, hand_over: 1.0}",
        "[3]",
    ],
)
def test_a_number_without_sense_is_refused(tmp_path: Path, section: str) -> None:
    with pytest.raises(BusinessFileUnusable, match="escalation"):
        read_thresholds(written(tmp_path, f"escalation: {section}"))


def test_a_broken_file_does_not_silence_the_assistant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSCHLAG_BUSINESS_FILE", str(written(tmp_path, "escalation: {hand_over: [")))
    assert thresholds() == Thresholds()


def test_a_changed_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "escalation: {not_content: 3}")
    monkeypatch.setenv("HANDSCHLAG_BUSINESS_FILE", str(path))
    assert thresholds().not_content == 3
    path.write_text("escalation: {not_content: 40}", encoding="utf-8")
    assert thresholds() == Thresholds()


def test_the_documentation_names_every_number_as_it_is() -> None:
    told = dict(re.findall(r"`([a-z_]+) = ([\d.]+)`", DOCS.read_text(encoding="utf-8")))
    assert {name: float(value) for name, value in told.items()} == {
        name: float(value) for name, value in asdict(Thresholds()).items()
    }


def test_the_documentation_names_every_reason_danger_and_response(root: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    alarms = yaml.safe_load(ALARMS.read_text(encoding="utf-8"))
    wanted = {"customer_request", "low_confidence", "frustration", "complex_intent", "policy"}
    wanted |= {kind["response"] for kind in alarms["emergencies"].values()}
    assert [name for name in wanted if name not in text] == []


def test_examples_of_the_documentation_are_conversations_that_are_played(root: Path) -> None:
    played = yaml.safe_load((root / "tests/bot/escalations.yml").read_text(encoding="utf-8"))
    names = {conversation["name"] for conversation in played}
    told = set(re.findall(r"_([A-Z][^_|]+)_", DOCS.read_text(encoding="utf-8")))
    assert len(told) >= 12
    assert told - names == set()


def test_titles_fit_on_a_button_and_stand_for_intents() -> None:
    titles = yaml.safe_load(TITLES.read_text(encoding="utf-8"))["titles"]
    assert [title for title in titles.values() if len(title) > 24] == []
    assert len(set(titles.values())) == len(titles)
