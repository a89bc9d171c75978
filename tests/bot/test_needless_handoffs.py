"""Calm customers keep the assistant: routine conversations are played, and hardly any may be handed over needlessly."""

from __future__ import annotations

import csv
import random
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent

from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

HERE = Path(__file__).parent
#: Intents of customers who are not calm, or who want a person: what they get is tested elsewhere.
_NOT_ROUTINE = frozenset(
    {
        *("request_human", "complaint", "insult", "negative_feedback", "legal_threat", "request_data_export"),
        *("request_data_deletion", "nlu_fallback", "out_of_scope", "smalltalk", "bot_challenge"),
        *("emergency_assistance", "report_outage", "bereavement", "payment_difficulty"),
    }
)
#: The share of conversations handed over needlessly, and of messages beside whose answer a person is offered, at most.
_MOST_HANDED_OVER = 0.02
_MOST_OFFERED = 0.06
_MESSAGES_TOGETHER = 3
_SEED = 11


def _story_conversations() -> list[list[str]]:
    conversations = []
    for path in sorted(HERE.glob("test_*.yml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]:
            said: list[dict[str, Any]] = [step for step in story["steps"] if "user" in step]
            texts = [str(step["user"]) for step in said]
            calm = not any(step.get("intent") in _NOT_ROUTINE for step in said)
            if texts and calm and not any(text.startswith("/") for text in texts):
                conversations.append(texts)
    return conversations


def _heldout_conversations() -> list[list[str]]:
    """Messages of one intent each, three together: more strain than any of them alone."""
    with (HERE / "heldout.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    texts = [row["text"] for row in rows if row["intent"] not in _NOT_ROUTINE]
    random.Random(_SEED).shuffle(texts)
    return [texts[at : at + _MESSAGES_TOGETHER] for at in range(0, len(texts), _MESSAGES_TOGETHER)]


def _is_needless(decision: dict[str, Any]) -> bool:
    """Whether mood, danger or the law was seen where there is none; what only a person may answer is no mistake."""
    told = " ".join(decision["cues"])
    return decision["reason"] in ("frustration", "policy") or "rechtlichen Schritten" in told


@pytest.mark.parametrize("source", ["stories", "heldout"])
async def test_hardly_any_calm_conversation_is_handed_over_needlessly(
    agent: Agent, bridge: FakeBridge, source: str, record_property: pytest.RecordProperty
) -> None:
    conversations = _story_conversations() if source == "stories" else _heldout_conversations()
    assert len(conversations) >= 25
    handed_over, offered = [], []
    for texts in conversations:
        bridge.reset()
        talk = Talk(agent, f"calm-{uuid.uuid4().hex}")
        for text in texts:
            await talk.say(text)
            if bridge.requests:
                break
        if any(_is_needless(request["decision"]) for request in bridge.requests):
            handed_over.append((texts, bridge.requests[0]["decision"]["cues"]))
        events = [event.as_dict() for event in (await talk.tracker()).events]
        if any("person_beside" in str((event.get("metadata") or {}).get("utter_action")) for event in events):
            offered.append(texts)
    bridge.reset()
    record_property("conversations", len(conversations))
    record_property("handed_over_needlessly", len(handed_over))
    record_property("offered_unasked", len(offered))
    assert len(handed_over) <= _MOST_HANDED_OVER * len(conversations), handed_over
    assert len(offered) <= _MOST_OFFERED * sum(map(len, conversations)), offered
