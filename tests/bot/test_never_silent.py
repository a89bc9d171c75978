"""Whatever is meant, wherever the conversation stands: there is an answer, and the turn comes to its end."""

from __future__ import annotations

import uuid

import pytest
from rasa.core.agent import Agent

from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

#: How a conversation comes to stand where it is.
SITUATIONS = {
    "at the start": (),
    "while the order number is asked for": ("wo ist meine lieferung",),
    "while the postal code is asked for": ("wo ist bestellung 10423345",),
    "while the wish for a broken device is asked for": ("mein laptop geht nicht mehr an",),
    "after the lookup was locked": ("status 10423345 plz 11111", "10423345 22222", "10423345 33333"),
    "after an offer": ("ich will meine bestellung stornieren",),
    "after a handoff": ("mensch",),
}


@pytest.mark.parametrize("situation", SITUATIONS)
async def test_every_intent_gets_an_answer(agent: Agent, bridge: FakeBridge, situation: str) -> None:
    bridge.reset()
    defaults = {"restart", "back", "session_start", "nlu_fallback"}
    for intent in [*sorted(set(agent.domain.intents) - defaults), "nlu_fallback"]:
        talk = Talk(agent, f"never-silent-{uuid.uuid4().hex}")
        for text in SITUATIONS[situation]:
            await talk.say(text)
        assert (await talk.tap(f"/{intent}")).text, intent


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("moment, ich suche die nummer noch", ("Zeit", "warte")),
        ("ja", ("Bestellnummer",)),
        ("wo ist meine lieferung", ("Bestellnummer",)),
    ],
)
async def test_an_answer_without_a_number_keeps_the_form_waiting(talk: Talk, text: str, said: tuple[str, ...]) -> None:
    await talk.say("wo ist meine lieferung")
    waiting = await talk.say(text)
    assert any(words in waiting.text for words in said)
    assert "Postleitzahl" in (await talk.say("10423345")).text
