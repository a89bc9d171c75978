"""Everything but orders: played against the trained assistant and the real actions."""

from __future__ import annotations

import pytest

from components.channel_bodies import HumanTurn, Returned
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk


@pytest.mark.parametrize("text", ["mensch", "Mitarbeiter bitte", "ich will mit einem echten menschen reden"])
async def test_a_person_can_be_asked_for_with_the_first_word(talk: Talk, bridge: FakeBridge, text: str) -> None:
    answer = await talk.say(text, message_id="first")
    request = bridge.requests[0]
    assert request["conversation_id"] == talk.conversation_id
    assert request["message_id"] == "first"
    assert request["reason"] == "customer_request"
    assert request["latest_intent"]["name"] == "request_human"
    assert len(answer.reply["messages"]) == 1, "after the handoff the bot says one line"


async def test_the_bridge_gets_everything_said_with_intents_and_entities(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("Guten Morgen")
    await talk.say("ich möchte die kopfhörer aus bestellung 10423345 zurückgeben, plz 50667")
    await talk.tap("/request_human")
    request = bridge.requests[0]
    assert [entry["sender"] for entry in request["transcript"]] == ["customer", "bot", "customer", "bot", "customer"]
    greeting, _, wish, _, tapped = request["transcript"]
    assert (greeting["text"], greeting["intent"]) == ("Guten Morgen", "greet")
    assert wish["entities"] == [
        {"entity": "product", "value": "kopfhörer"},
        {"entity": "order_number", "value": "10423345"},
        {"entity": "postal_code", "value": "50667"},
    ]
    assert wish["confidence"] > 0.5
    assert tapped["text"] == "Mit einem Menschen sprechen", "a tapped button is shown as the customer saw it"
    assert request["slots"] == {"verified_order": "10423345"}
    assert request["summary"].startswith("Anliegen: Rückgabe")


async def test_out_of_hours_the_bot_does_not_say_that_somebody_comes(talk: Talk, bridge: FakeBridge) -> None:
    bridge.promise["kind"] = "out_of_hours"
    answer = await talk.say("mensch")
    assert "hole" not in answer.text
    assert "weiter" in answer.text


@pytest.mark.parametrize("status", [401, 404, 409, 422, 500, 503])
async def test_without_a_confirmed_handoff_the_customer_is_told_how_to_reach_us(
    talk: Talk, bridge: FakeBridge, status: int
) -> None:
    bridge.status = status
    answer = await talk.say("mensch")
    assert "0800 000 11 22" in answer.text
    assert "hole" not in answer.text
    assert (await talk.slots())["handoff_id"] is None


async def test_a_message_not_understood_is_asked_again_the_third_goes_to_a_person(
    talk: Talk, bridge: FakeBridge
) -> None:
    await talk.say("xqz blf")
    second = await talk.say("gmp wfk")
    assert "/request_human" in second.payloads
    assert bridge.requests == []
    await talk.say("zrt plm")
    decision = bridge.requests[0]["decision"]
    assert decision["reason"] == "low_confidence"
    assert decision["score"] < decision["threshold"]
    assert decision["cues"] == ["3-mal hintereinander nicht verstanden"]


async def test_an_understood_message_between_two_doubts_starts_the_count_anew(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("xqz blf")
    await talk.say("gmp wfk")
    await talk.say("welche zahlungsarten gibt es")
    await talk.say("zrt plm")
    assert bridge.requests == []


async def test_the_first_negative_feedback_gets_an_apology_the_second_a_person(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("wie kann ich bezahlen")
    sorry = await talk.say("das hilft mir nicht weiter")
    assert "ntschuldigen" in sorry.text
    assert bridge.requests == []
    await talk.say("du verstehst mich einfach nicht")
    decision = bridge.requests[0]["decision"]
    assert decision["reason"] == "frustration"
    assert decision["score"] >= decision["threshold"]
    assert "2-mal unzufrieden mit den Antworten" in decision["cues"]


async def test_a_yes_takes_the_person_that_was_offered_and_only_then(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ja")
    assert bridge.requests == []
    await talk.say("speichert ihr was ich hier schreibe")
    await talk.say("nein danke")
    await talk.say("ja")
    assert bridge.requests == []
    await talk.say("was passiert mit meinen daten")
    await talk.say("ja bitte")
    assert bridge.requests[0]["decision"]["cues"][-1] == "braucht einen Menschen: Datenschutz"


@pytest.mark.parametrize(
    ("text", "concern"),
    [
        ("ich gehe damit zum anwalt", "Ankündigung rechtlicher Schritte"),
        ("ich möchte mich über ihren service beschweren", "Beschwerde"),
        ("löschen sie alle meine daten", "Löschung der Daten"),
    ],
)
async def test_what_only_a_person_may_answer_goes_there_at_once(
    talk: Talk, bridge: FakeBridge, text: str, concern: str
) -> None:
    await talk.say(text)
    assert bridge.requests[0]["decision"]["cues"] == [f"gehört zu einem Menschen: {concern}"]


async def test_the_bot_says_what_it_is(talk: Talk) -> None:
    answer = await talk.say("bist du ein echter mensch?")
    assert "Mensch" in answer.text
    assert "Maschine" in answer.text or "Programm" in answer.text


async def test_a_contact_comes_from_the_business_file(talk: Talk) -> None:
    answer = await talk.say("wie lautet ihre telefonnummer")
    assert "0800 000 11 22" in answer.text


async def test_back_from_a_person_old_signals_are_forgotten_and_the_form_is_closed(
    talk: Talk, bridge: FakeBridge
) -> None:
    await talk.say("xqz blf")
    await talk.say("wo ist bestellung 10423345")
    await talk.say("mensch")
    returned = Returned(
        note="Lieferung ist geklärt.",
        turns=(
            HumanTurn("agent", "Hier ist Frau Siebert. Was kann ich tun?", "2026-11-21T10:00:00+00:00"),
            HumanTurn("customer", "mein paket ist jetzt da", "2026-11-21T10:01:00+00:00"),
        ),
    )
    answer = await talk.say("gmp wfk", returned=returned)
    assert "/request_human" in answer.payloads, "one doubt after the return is only asked again"
    assert len(bridge.requests) == 1
    slots = await talk.slots()
    assert slots["order_number"] is None
    assert slots["person_note"] == "Lieferung ist geklärt."
    tracker = await talk.tracker()
    assert tracker.active_loop_name is None
    stored = await talk.stored_texts()
    agent_at = stored.index(("bot", "Hier ist Frau Siebert. Was kann ich tun?"))
    assert stored[agent_at + 1] == ("user", "mein paket ist jetzt da")
    assert stored[agent_at + 2] == ("user", "gmp wfk")


async def test_what_was_said_with_a_person_is_not_sent_as_the_bots_words(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("mensch")
    turns = (HumanTurn("agent", "Hier ist Frau Siebert.", "2026-11-21T10:00:00+00:00"),)
    await talk.say("welche zahlungsarten gibt es", returned=Returned(None, turns))
    await talk.say("mensch")
    assert "Hier ist Frau Siebert." not in [entry["text"] for entry in bridge.requests[1]["transcript"]]
