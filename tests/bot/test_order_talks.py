"""Where is my order: played against the trained assistant, the real actions and the demo shop."""

from __future__ import annotations

import pytest

from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

pytestmark = pytest.mark.usefixtures("fresh_shop")


async def test_number_and_postal_code_are_asked_for_before_anything_is_told(talk: Talk) -> None:
    first = await talk.say("wo bleibt mein paket")
    assert "Bestellnummer" in first.text
    second = await talk.say("10423345")
    assert "Postleitzahl" in second.text
    assert "10423345" in second.text
    assert "Aurora" not in first.text + second.text
    third = await talk.say("50667")
    assert "Aurora" in third.text
    assert "unterwegs" in third.text


async def test_both_in_the_first_message_are_used_at_once(talk: Talk) -> None:
    answer = await talk.say("moin wo ist bestellung 10423345 plz 50667 ??")
    assert "unterwegs" in answer.text


async def test_a_number_with_letters_is_taken_in_any_spelling(talk: Talk) -> None:
    await talk.say("wo ist meine bestellung b2026 104233")
    answer = await talk.say("D-20095")
    assert "B-2026-104233" in answer.text
    assert "zugestellt" in answer.text


async def test_a_number_and_a_postal_code_in_a_letter_are_found(talk: Talk) -> None:
    answer = await talk.say(
        "Guten Tag, ich habe am Montag bei Ihnen einen Fernseher bestellt, die Nummer ist #10423361, und er sollte "
        "gestern kommen. Ich wohne in 80331 München. Können Sie mir sagen, wo er bleibt? Vielen Dank, A. Yıldırım"
    )
    assert "verspätet" in answer.text


async def test_what_is_no_number_is_asked_for_again_and_given_up_after_three_times(talk: Talk) -> None:
    await talk.say("wann kommt meine lieferung")
    again = await talk.say("123")
    assert "B-2026-104233" in again.text
    await talk.say("456")
    given_up = await talk.say("7890")
    assert "/request_human" in given_up.payloads


async def test_a_malformed_postal_code_keeps_the_number(talk: Talk) -> None:
    await talk.say("wo ist 10423345")
    again = await talk.say("5066")
    assert "fünf Ziffern" in again.text
    answer = await talk.say("50667")
    assert "unterwegs" in answer.text


async def test_a_number_can_be_corrected(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423346")
    corrected = await talk.say("nein falsch, 10423345 ist richtig")
    assert "10423345" in corrected.text
    answer = await talk.say("50667")
    assert "unterwegs" in answer.text


async def test_a_question_in_between_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("wo ist mein paket")
    aside = await talk.say("welche zahlungsarten gibt es bei ihnen")
    assert "PayPal" in aside.text
    assert "Bestellnummer" in aside.text
    await talk.say("10423345")
    hours = await talk.say("wann habt ihr offen")
    assert "Montag bis Freitag: 8 bis 20 Uhr" in hours.text
    assert "Postleitzahl" in hours.text
    answer = await talk.say("50667")
    assert "unterwegs" in answer.text


async def test_abbrechen_ends_the_form_and_forgets_the_number(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345")
    await talk.say("abbrechen bitte")
    assert (await talk.slots())["order_number"] is None
    greeted = await talk.say("hallo")
    assert "Postleitzahl" not in greeted.text


async def test_a_customer_without_a_number_learns_why_and_may_still_send_it(talk: Talk) -> None:
    await talk.say("wo bleibt meine lieferung")
    why = await talk.say("hab ich nicht")
    assert {"/request_human", "/stop"} <= set(why.payloads)
    asked = await talk.say("10423345")
    assert "Postleitzahl" in asked.text


async def test_a_person_is_got_from_inside_the_form(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("wo ist bestellung 10423345")
    await talk.say("ich möchte mit einem menschen sprechen")
    assert bridge.requests[0]["reason"] == "customer_request"
    assert bridge.requests[0]["slots"]["order_number"] == "10423345"
    tracker = await talk.tracker()
    assert tracker.active_loop_name is None


async def test_an_announced_day_that_has_passed_is_not_told_as_a_forecast(talk: Talk) -> None:
    answer = await talk.say("lieferstatus 10423528 65183")
    assert "Voraussichtliche" not in answer.text
    assert "noch nicht" in answer.text
    assert "/request_human" in answer.payloads


async def test_another_order_of_the_same_customer_is_chosen_without_proving_it_again(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345 plz 50667")
    asked = await talk.say("und wo ist meine andere bestellung")
    assert len([payload for payload in asked.payloads if payload.startswith("/inform")]) == 2
    answer = await talk.tap(asked.payloads[0])
    assert "10423602" in answer.text
    assert "Stella" in answer.text


async def test_the_last_order_is_the_newest_one_of_the_customer(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345 plz 50667")
    answer = await talk.say("und wo ist meine letzte bestellung")
    assert "10423602" in answer.text


async def test_a_customer_number_does_as_well_as_an_order_number(talk: Talk) -> None:
    await talk.say("wo ist meine letzte bestellung")
    await talk.say("kundennummer K-204511")
    answer = await talk.say("50667")
    assert "10423602" in answer.text


async def test_the_end_of_a_number_can_be_corrected(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423312")
    corrected = await talk.say("nein, die 45 am Ende")
    assert "10423345" in corrected.text
    assert "unterwegs" in (await talk.say("50667")).text


@pytest.mark.parametrize("text", ["1", "12", "' OR 1=1 --", "..."])
async def test_a_message_that_says_nothing_opens_no_form(talk: Talk, text: str) -> None:
    answer = await talk.say(text)
    assert "Bestellnummer" not in answer.text
    assert (await talk.tracker()).active_loop_name is None


async def test_few_digits_inside_the_form_are_taken_for_a_number_mistyped(talk: Talk) -> None:
    await talk.say("wo ist mein paket")
    assert "acht Ziffern" in (await talk.say("12")).text


async def test_a_customer_who_does_not_know_the_number_is_offered_a_person_the_second_time(
    talk: Talk, bridge: FakeBridge
) -> None:
    await talk.say("wo ist mein paket")
    first = await talk.say("weiß nicht")
    second = await talk.say("weiß nicht")
    assert first.text != second.text
    assert "/request_human" in second.payloads
    assert (await talk.tracker()).active_loop_name is None
    third = await talk.say("weiß nicht")
    assert third.text not in (first.text, second.text)
    assert bridge.requests == []


async def test_the_offer_to_a_customer_without_a_number_can_be_taken(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("wo ist mein paket")
    for _ in range(2):
        await talk.say("weiß nicht")
    await talk.say("ja bitte")
    assert [request["reason"] for request in bridge.requests] == ["complex_intent"]


async def test_a_number_in_between_starts_the_count_anew(talk: Talk) -> None:
    await talk.say("wo ist mein paket")
    await talk.say("weiß nicht")
    number = await talk.say("10423345")
    assert "Postleitzahl" in number.text
    assert "warte" not in number.text
    await talk.say("weiß nicht")
    assert "unterwegs" in (await talk.say("50667")).text


async def test_the_form_does_not_wait_for_ever(talk: Talk) -> None:
    await talk.say("wo ist mein paket")
    for _ in range(2):
        await talk.say("ja")
    last = await talk.say("ja")
    assert "/request_human" in last.payloads
    assert (await talk.tracker()).active_loop_name is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("rechnung bestellung 10423345 plz 50667", "Rechnung"),
        ("bestellnummer B-2026-104295 plz 39104 ich will das zurückgeben", "Rückgabe"),
        ("10423402 04109 stornieren", "stornieren"),
    ],
)
async def test_a_wish_beside_numbers_is_heard(talk: Talk, text: str, asked: str) -> None:
    answer = await talk.say(text)
    assert asked in answer.text
    assert "/affirm" in answer.payloads


@pytest.mark.parametrize("text", ["die bestellnummer ist 10423345", "ich wohne in 50667 köln, nummer 10423345"])
async def test_numbers_without_a_wish_are_taken_for_a_question_about_the_order(talk: Talk, text: str) -> None:
    await talk.say(text)
    slots = await talk.slots()
    assert slots["request"] == "track_order" or slots["verified_order"] == "10423345"
