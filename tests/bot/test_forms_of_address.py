"""Sie or du: every sentence has both forms, and one setting chooses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent

from actions.suggestions import title_of
from components.address import with_informal
from components.errors import SectorsInvalid
from components.sector_importer import SectorImporter
from tests.bot.support.talk import Talk

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"general": ROOT / "domain.yml"} | {
    path.parent.name: path for path in sorted((ROOT / "data").glob("*/domain.yml"))
}
FORMAL = re.compile(r"\b(?:Sie|Ihnen|Ihr\w*)\b")
INFORMAL = re.compile(r"\b(?:du|dich|dir|dein\w*)\b", re.IGNORECASE)
#: "Sie" where a sentence begins and a thing is meant: "Wie lautet die Nummer? Sie steht auf der Rechnung."
A_THING = re.compile(r"(?<=[.?!:] )Sie (?=steht|hat|ist)")
PLACEHOLDER = re.compile(r"{(\w+)}")


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    responses: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))["responses"]
    return responses


def addresses_formally(text: str) -> bool:
    return bool(FORMAL.search(A_THING.sub("", text)))


@pytest.fixture
def company_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> Callable[[str], None]:
    """Sets the address of the business file that Rasa reads."""

    def write(address: str) -> None:
        rules = (root / "business.yml").read_text(encoding="utf-8")
        path = tmp_path / f"{address}.yml"
        path.write_text(re.sub(r"(?m)^address: .*$", f"address: {address}", rules), encoding="utf-8")
        monkeypatch.setenv("HANDSCHLAG_BUSINESS_FILE", str(path))

    return write


@pytest.mark.parametrize("part", PARTS)
def test_every_sentence_that_addresses_the_customer_has_its_informal_form(part: str) -> None:
    formal, informal = read(PARTS[part]), read(ROOT / "data" / part / "du.yml")
    assert [
        name
        for name, variations in formal.items()
        if name not in informal and any(addresses_formally(variation["text"]) for variation in variations)
    ] == []
    assert set(informal) <= set(formal)
    for name, variations in informal.items():
        for variation, other in zip(variations, formal[name], strict=True):
            assert set(variation) == {"text"}, name
            assert set(PLACEHOLDER.findall(variation["text"])) == set(PLACEHOLDER.findall(other["text"])), name
            assert not addresses_formally(variation["text"]), f"{name}: {variation['text']}"


@pytest.mark.parametrize("part", PARTS)
def test_buttons_fit_both_forms(part: str) -> None:
    said = [one for variations in read(PARTS[part]).values() for one in variations]
    titles = [button["title"] for one in said for button in one.get("buttons", [])]
    assert [title for title in titles if addresses_formally(title) or INFORMAL.search(title)] == []


@pytest.mark.parametrize(
    "sectors", [[], ["retail"], ["energy", "insurance"], sorted(set(PARTS) - {"general"})], ids="+".join
)
def test_whatever_sectors_are_on_no_sentence_in_du_says_sie(root: Path, sectors: list[str]) -> None:
    responses = SectorImporter("config.yml", "domain.yml", ["data"], sectors).get_domain().responses
    for name, variations in responses.items():
        in_du = [variation for variation in variations if variation.get("channel") == "du"]
        formal = [variation for variation in variations if "channel" not in variation]
        assert len(in_du) in (0, len(formal)), name
        for variation, other in zip(in_du, formal, strict=False):
            assert variation.get("buttons") == other.get("buttons"), name
            assert variation.get("metadata") == other.get("metadata"), name
        said = in_du or formal
        assert [variation["text"] for variation in said if addresses_formally(variation["text"])] == [], name


def test_a_form_for_du_that_fits_no_sentence_is_refused() -> None:
    formal = {"utter_a": [{"text": "Guten Tag!"}]}
    with pytest.raises(SectorsInvalid, match="utter_b"):
        with_informal(formal, {"utter_b": [{"text": "Hallo!"}]})
    with pytest.raises(SectorsInvalid, match="utter_a"):
        with_informal(formal, {"utter_a": [{"text": "Hallo!"}, {"text": "Hi!"}]})


LINES = [
    "hallo",
    "was kannst du alles",
    "wo ist meine bestellung",
    "10423345",
    "50667",
    "welche zahlungsarten gibt es",
    "das hilft mir nicht",
    "xyz qwertz blub",
    "mensch",
]


async def test_a_whole_talk_is_in_du_where_the_company_says_so(talk: Talk, company_says: Callable[[str], None]) -> None:
    company_says("du")
    said = [(await talk.say(line)).text for line in LINES]
    assert [text for text in said if addresses_formally(text)] == []
    assert sum(bool(INFORMAL.search(text)) for text in said) >= 5, said


async def test_the_setting_holds_from_the_next_message_on_without_training(
    agent: Agent, talk: Talk, company_says: Callable[[str], None]
) -> None:
    company_says("sie")
    assert addresses_formally((await talk.say("was kannst du alles")).text + (await talk.say("danke")).text)
    company_says("du")
    assert INFORMAL.search((await talk.say("welche zahlungsarten gibt es")).text)
    company_says("sie")
    assert addresses_formally((await talk.say("welche zahlungsarten gibt es")).text)


@pytest.mark.parametrize("content", ["address: ihr\n", "address: [\n", "- 1\n"])
async def test_an_address_that_is_none_leaves_the_formal_one(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.yml").write_text(content, encoding="utf-8")
    monkeypatch.setenv("HANDSCHLAG_BUSINESS_FILE", str(tmp_path / "b.yml"))
    assert title_of("ask_capabilities") == "Was können Sie?"


def test_a_button_that_addresses_the_assistant_has_both_forms(company_says: Callable[[str], None]) -> None:
    company_says("du")
    assert title_of("ask_capabilities") == "Was kannst du?"
