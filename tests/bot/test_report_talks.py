"""Something is wrong: the bot notes it, the customer says what should happen, and a person decides."""

from __future__ import annotations

import pytest

from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk


async def test_for_a_defect_the_customer_says_what_should_happen_and_a_person_decides(
    talk: Talk, bridge: FakeBridge
) -> None:
    asked = await talk.say("meine waschmaschine schleudert nicht mehr, bestellung 10423423")
    wishes = ("repair", "replacement", "refund", "advice")
    assert asked.payloads == [f'/inform{{"remedy": "{remedy}"}}' for remedy in wishes]
    assert bridge.requests == []
    await talk.tap('/inform{"remedy": "repair"}')
    request = bridge.requests[0]
    assert request["reason"] == "complex_intent"
    assert request["slots"]["remedy"] == "repair"
    assert request["slots"]["order_number"] == "10423423"
    assert "schleudert" in request["slots"]["problem_description"]
    assert request["transcript"][-1]["text"] == "Reparatur"
    assert request["summary"].splitlines()[:2] == ["Anliegen: Defektes Gerät", "Wunsch: Reparatur"]
    assert (await talk.slots())["remedy"] is None, "the next defect is asked about anew"


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        ("ich hätte gern mein geld zurück", "refund"),
        ("lieber ein neues", "replacement"),
        ("bitte keine reparatur, ich will ersatz", "replacement"),
        ("weiß ich noch nicht", "undecided"),
    ],
)
async def test_the_wish_for_a_broken_device_may_be_typed(
    talk: Talk, bridge: FakeBridge, answer: str, remedy: str
) -> None:
    await talk.say("mein staubsauger saugt nicht mehr")
    await talk.say(answer)
    await talk.say("10423576")
    assert bridge.requests[0]["slots"]["remedy"] == remedy
    assert bridge.requests[0]["slots"]["order_number"] == "10423576"


async def test_a_wish_in_the_first_message_spares_the_question(talk: Talk, bridge: FakeBridge) -> None:
    asked = await talk.say("handy kaputt, will ersatz")
    assert "Bestellnummer" in asked.text
    await talk.say("hab ich nicht")
    assert bridge.requests[0]["slots"]["remedy"] == "replacement"
    assert "order_number" not in bridge.requests[0]["slots"]


async def test_few_words_are_asked_about(talk: Talk, bridge: FakeBridge) -> None:
    asked = await talk.say("kopfhörer kaputt")
    assert "was ist damit" in asked.text
    wish = await talk.say("die rechte seite bleibt stumm")
    assert len(wish.payloads) == 4
    await talk.say("weiß nicht")
    await talk.say("10423345")
    assert bridge.requests[0]["slots"]["problem_description"] == "die rechte seite bleibt stumm"
    assert bridge.requests[0]["slots"]["remedy"] == "undecided"


async def test_a_person_is_got_at_once_from_the_defect_question(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("kopfhörer kaputt")
    await talk.say("ich möchte mit jemandem sprechen")
    assert bridge.requests[0]["reason"] == "customer_request"
    assert bridge.requests[0]["summary"].startswith("Anliegen: Defektes Gerät")


async def test_a_number_that_is_none_is_asked_for_again_and_not_needed(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ihr habt mir den falschen artikel geschickt, eine maus statt einer tastatur")
    await talk.say("das richtige bitte")
    again = await talk.say("12345")
    assert "keine unserer Bestellnummern" in again.text
    await talk.say("habe ich nicht")
    assert bridge.requests[0]["slots"]["remedy"] == "resend"


async def test_a_proved_order_is_not_asked_for_again(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("wo ist bestellung B-2026-104233 plz 20095")
    await talk.say("in dem paket fehlt aber die schutzhülle")
    await talk.say("geld zurück")
    assert bridge.requests[0]["slots"]["verified_order"] == "B-2026-104233"
    assert bridge.requests[0]["summary"].startswith("Anliegen: Fehlende oder verlorene Ware")


async def test_a_payment_problem_is_noted_without_asking_for_a_wish(talk: Talk, bridge: FakeBridge) -> None:
    first = await talk.say("bei mir wurde die bestellung 10423345 zweimal vom konto abgebucht")
    assert "Kartennummer" in first.text
    assert bridge.requests[0]["decision"]["cues"] == ["gehört zu einem Menschen: Problem mit einer Zahlung"]


async def test_when_nobody_can_be_reached_what_was_told_is_kept(talk: Talk, bridge: FakeBridge) -> None:
    bridge.status = 503
    await talk.say("der fernseher kam mit gesprungenem display bei mir an")
    await talk.say("geld zurück")
    unreachable = await talk.say("10423361")
    assert "0800 000 11 22" in unreachable.text
    bridge.status = 202
    await talk.say("ich möchte mit einem menschen sprechen")
    assert bridge.requests[-1]["slots"]["remedy"] == "refund"


async def test_neighbours_are_named_only_to_who_has_no_parcel(talk: Talk) -> None:
    assert "Nachbarn" in (await talk.say("paket laut dhl zugestellt aber nix da")).text
    await talk.say("abbrechen")
    assert "Nachbarn" not in (await talk.say("in meinem paket fehlt ein teil")).text


async def test_a_damaged_delivery_says_to_keep_the_box(talk: Talk) -> None:
    first = await talk.say("das paket kam total zerdrückt und beschädigt hier an")
    assert "Karton" in first.text
    assert '/inform{"remedy": "refund"}' in first.payloads
