"""A wish for a person beside something else, and what only sounds like one."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.person_request import PersonRequestRule, Stance, stance
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

WANTED = [
    "Wo ist meine Bestellung 10423345, 50667 Köln? Und ich will einen Menschen",
    "Ich will einen Menschen, mein Fernseher ist kaputt",
    "10423345, aber geben Sie mir bitte einen Menschen",
    "10423345 50667 und danach einen Mitarbeiter bitte",
    "Mein Paket ist weg. Ich möchte mit einem Mitarbeiter sprechen!",
    "mein paket ist weg ich will jetzt endlich einen menschen sprechen",
    "Verbinden Sie mich bitte mit einem Kundenberater, die Waschmaschine läuft aus",
    "Welche Zahlungsarten gibt es? Und kann ich mit einem Menschen reden?",
    "Guten Tag, können Sie mich mit einer Mitarbeiterin verbinden, es geht um meine Rechnung",
    "ich will keinen Bot, sondern einen echten Menschen bitte",
    "ich will nicht mit einer maschine reden sondern mit einem menschen bitte",
    "ich brauche einen Mitarbeiter, der mir hilft, mein Drucker streikt",
    "Die Nummer habe ich nicht, holen Sie mir bitte jemanden vom Service",
    "Der Kühlschrank kühlt nicht, ich hätte gern einen Ansprechpartner",
    "Ich möchte, dass mich ein Mensch anruft, mein Paket fehlt",
    "50667, und verbinden Sie mich mit dem Kundenservice",
    "Rückgabe, aber ich möchte lieber mit einer echten Person sprechen",
    "Wo bleibt meine Lieferung? Mitarbeiter bitte!",
    "gib mir nen menschen, meine bestellung 10423345 fehlt",
    "könnten Sie mir bitte einen Kollegen geben? Der Fernseher flackert",
    "Geben Sie mir sofort einen Menschen. Das Paket ist kaputt",
    "ich möchte mit einem Mitarbeiter über meine Rechnung sprechen",
    "Ich will einen Menschen weil mein Fernseher kaputt ist",
    "kann ich bitte mit jemandem aus dem Team sprechen, das Gerät brummt",
    "Ein Mensch hat mir gesagt, es kommt morgen. Ich will jetzt einen Menschen sprechen",
]
NOT_WANTED = [
    "Bitte verbinden Sie mich nicht mit einem Menschen, wo ist mein Paket",
    "Nein, ich will KEINEN Menschen sprechen",
    "ist das ein mensch oder ein bot",
    "die Mitarbeiterin an der Hotline war nett",
    "ich habe gestern mit einem Mitarbeiter gesprochen, wo ist mein Paket",
    "ein Mensch hat mir gesagt, es kommt morgen",
    "Ich brauche keinen Mitarbeiter, nur die Postleitzahl",
    "bitte kein Mensch, wo ist mein Paket",
    "Ich möchte nicht mit einem Menschen sprechen",
    "Ich will einen Mitarbeiter loben",
    "ich möchte mich über einen Mitarbeiter beschweren",
    "Ich möchte bei Ihnen Mitarbeiter werden",
    "Der Mitarbeiter im Laden hat mir den Fernseher empfohlen",
    "Ihr Kollege hat gesagt, die Erstattung ist unterwegs",
    "Sind Sie ein Mensch?",
    "Mensch, das dauert aber lange",
    "Antwortet hier ein Mensch?",
    "Ist der Fernseher für eine Person zu groß",
    "Ich will, dass nicht ein Mensch anruft, sondern eine Mail kommt",
    "Kann eine andere Person das Paket annehmen?",
    "ich habe mit dem Chef gesprochen und einem Mitarbeiter",
    "Das Paket hat ein Mitarbeiter der Post abgegeben",
    "Ich brauche jemanden, der die Waschmaschine anschließt",
    "Wo ist meine Bestellung 10423345, 50667 Köln?",
    "Die Menschen bei Ihnen sind sehr freundlich",
    "Geben Sie mir bitte keinen Menschen",
    "Ich will den Fernseher zurückgeben, der Mitarbeiter meinte, das geht",
]


@pytest.mark.parametrize("text", WANTED)
def test_a_person_is_asked_for(text: str) -> None:
    assert stance(text) is Stance.WANTED


@pytest.mark.parametrize("text", NOT_WANTED)
def test_no_person_is_asked_for(text: str) -> None:
    assert stance(text) is not Stance.WANTED


def test_the_request_comes_first_and_everything_else_is_kept() -> None:
    message = Message({TEXT: WANTED[0], "entities": [{"entity": "order_number"}]})
    message.set(
        "intent_ranking", [{"name": "track_order", "confidence": 0.9}, {"name": "request_human", "confidence": 0.1}]
    )
    PersonRequestRule().process([message])
    assert message.get(INTENT) == {"name": "request_human", "confidence": 1.0}
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["request_human", "track_order"]
    assert message.get("entities") == [{"entity": "order_number"}]


def test_a_declined_person_leaves_the_other_meanings() -> None:
    message = Message({TEXT: NOT_WANTED[0]})
    message.set(
        "intent_ranking", [{"name": "request_human", "confidence": 0.6}, {"name": "track_order", "confidence": 0.3}]
    )
    PersonRequestRule().process([message])
    assert message.get(INTENT) == {"name": "track_order", "confidence": pytest.approx(0.75)}


@pytest.mark.parametrize("text", WANTED[:4])
async def test_the_first_message_may_hold_the_wish_beside_something_else(
    talk: Talk, bridge: FakeBridge, text: str
) -> None:
    await talk.say(text)
    assert [request["reason"] for request in bridge.requests] == ["customer_request"]


@pytest.mark.parametrize("text", WANTED[:4])
async def test_the_wish_counts_inside_the_order_form_and_the_number_is_passed_on(
    talk: Talk, bridge: FakeBridge, text: str
) -> None:
    await talk.say("wo ist mein paket")
    await talk.say(text)
    assert [request["reason"] for request in bridge.requests] == ["customer_request"]
    if "10423345" in text:
        assert bridge.requests[0]["slots"]["order_number"] == "10423345"
    assert (await talk.tracker()).active_loop_name is None


async def test_the_wish_counts_beside_the_answer_to_what_a_broken_device_needs(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("mein fernseher ist kaputt")
    await talk.say("Reparatur, aber geben Sie mir bitte einen Menschen")
    assert [request["reason"] for request in bridge.requests] == ["customer_request"]


@pytest.mark.parametrize("text", NOT_WANTED[:6])
async def test_nobody_is_got_who_was_not_asked_for(talk: Talk, bridge: FakeBridge, text: str) -> None:
    answer = await talk.say(text)
    assert answer.intent != "request_human"
    assert bridge.requests == []
