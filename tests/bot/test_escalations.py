"""The conversations of `escalations.yml`: who is handed over, why, and who is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.channel_bodies import HumanTurn, Returned
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Answer, Talk

CONVERSATIONS = yaml.safe_load(Path(__file__).with_name("escalations.yml").read_text(encoding="utf-8"))


async def _play(talk: Talk, turn: Any) -> Answer:
    if isinstance(turn, dict) and "tap" in turn:
        return await talk.tap(turn["tap"])
    answer = await talk.say(turn["say"] if isinstance(turn, dict) else turn)
    wanted = turn if isinstance(turn, dict) else {}
    if "says" in wanted:
        assert any(words in answer.text for words in wanted["says"]), answer.text
    for words in wanted.get("never", []):
        assert words not in answer.text
    for payload in wanted.get("buttons", []):
        assert payload in answer.payloads
    return answer


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation["name"])
async def test_a_person_comes_when_needed_and_only_then(
    talk: Talk, bridge: FakeBridge, conversation: dict[str, Any]
) -> None:
    *before, last = conversation["turns"]
    for turn in before:
        await _play(talk, turn)
        assert bridge.requests == [], f"handed over too early, after {turn}"
    await _play(talk, last)
    if conversation["handoff"] == "none":
        assert bridge.requests == []
        return
    assert len(bridge.requests) == 1, "nobody was called"
    decision = bridge.requests[0]["decision"]
    assert decision["reason"] == conversation["handoff"]
    assert decision["cues"], "an agent must read why"
    if "cue" in conversation:
        assert any(conversation["cue"] in cue for cue in decision["cues"]), decision["cues"]
    if decision["threshold"] is not None and decision["reason"] == "frustration":
        assert decision["score"] >= decision["threshold"]


def test_every_row_of_the_table_has_its_conversation_here() -> None:
    page = (Path(__file__).parents[2] / "docs/escalation.md").read_text(encoding="utf-8")
    known = {conversation["name"] for conversation in CONVERSATIONS}
    table = [line for line in page.splitlines() if re.match(r"\| \d+ \|", line)]
    rows = [re.findall(r"_([A-Z][^_]+)_", line.split("|")[-2]) for line in table]
    assert len(rows) == 9
    assert all(names and known.issuperset(names) for names in rows), rows
    assert known.issuperset(re.findall(r"(?<![\w`])_([A-Z][^_]+)_(?![\w`])", page))


def test_there_are_enough_conversations_about_stepping_back() -> None:
    assert len(CONVERSATIONS) >= 35


async def test_a_doubt_offers_what_may_be_meant_and_something_else(talk: Talk) -> None:
    answer = await talk.say("rechnung gutschein zahlung problem")
    if answer.intent == "nlu_fallback":
        assert "/deny" in answer.payloads
        assert 2 <= len(answer.payloads) <= 4


async def test_back_from_a_person_the_mood_before_is_forgotten(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ich warte jetzt schon seit drei wochen und keiner antwortet mir")
    await talk.say("das hab ich doch jetzt schon dreimal geschrieben, lest ihr das überhaupt")
    assert len(bridge.requests) == 1
    turns = (HumanTurn("agent", "Hier ist Frau Siebert, das ist jetzt geklärt.", "2026-11-21T10:00:00+00:00"),)
    await talk.say("es hat wieder keiner geantwortet, langsam reicht es", returned=Returned(None, turns))
    assert len(bridge.requests) == 1, "one annoyed message after the return is only the first one"


async def test_an_apology_is_said_once(talk: Talk) -> None:
    first = await talk.say("das hilft mir nicht weiter")
    second = await talk.say("ich warte jetzt schon seit drei wochen und keiner antwortet mir")
    assert "ntschuldig" in first.text
    assert "ntschuldig" not in second.text


async def test_the_second_request_is_answered_in_the_same_turn_and_kept_as_one_message(
    talk: Talk, bridge: FakeBridge
) -> None:
    answer = await talk.say("welche zahlungsarten gibt es? und was kostet der versand?", message_id="both")
    assert len(answer.reply["messages"]) >= 3
    again = await talk.say("welche zahlungsarten gibt es? und was kostet der versand?", message_id="both")
    assert again.reply == answer.reply, "a turn tried again is answered the same"
    await talk.say("mensch")
    said = [entry["text"] for entry in bridge.requests[0]["transcript"] if entry["sender"] == "customer"]
    assert said == ["welche zahlungsarten gibt es? und was kostet der versand?", "mensch"]
