"""Number and postal code that do not belong together: what is told, locked and proved about an order."""

from __future__ import annotations

import time

import pytest
from rasa.core.agent import Agent

from actions.retail.identified import ORDER
from actions.tasks.case import Case
from actions.tasks.message import Message
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

pytestmark = pytest.mark.usefixtures("fresh_shop")


async def test_a_pair_that_does_not_fit_says_nothing_about_the_order(talk: Talk) -> None:
    answer = await talk.say("status bestellung 10423345 plz 99999")
    assert "finde ich" in answer.text
    assert "Aurora" not in answer.text
    unknown = await talk.say("11111111 50667")
    assert unknown.text == answer.text, "an order that does not exist must not be told apart from a wrong postal code"


async def test_after_a_wrong_pair_the_right_one_is_taken(talk: Talk) -> None:
    await talk.say("status bestellung 10423345 plz 99999")
    answer = await talk.say("10423345 50667")
    assert "unterwegs" in answer.text


async def test_after_a_wrong_postal_code_the_right_one_alone_is_enough(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345")
    await talk.say("99999")
    answer = await talk.say("sorry 50667")
    assert "unterwegs" in answer.text


async def test_after_a_wrong_number_the_right_one_alone_is_enough(talk: Talk) -> None:
    await talk.say("status bestellung 10423346 plz 50667")
    answer = await talk.say("10423345")
    assert "unterwegs" in answer.text


async def test_three_wrong_postal_codes_alone_lock_the_lookup_too(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345")
    for code in ("50668", "50669"):
        await talk.say(code)
    locked = await talk.say("50670")
    assert "dreimal" in locked.text
    assert "/request_human" in locked.payloads


async def test_three_wrong_pairs_lock_the_lookup_and_offer_a_person(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("status bestellung 10423345 plz 11111")
    await talk.say("10423345 22222")
    locked = await talk.say("10423345, 33333")
    assert "/request_human" in locked.payloads
    right = await talk.say("wo ist bestellung 10423345 plz 50667")
    assert "Aurora" not in right.text
    assert "/request_human" in right.payloads
    await talk.say("ja")
    assert bridge.requests[0]["reason"] == "complex_intent"


async def test_an_order_of_somebody_else_has_to_be_proved_too(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345 plz 50667")
    answer = await talk.say("wo ist bestellung 10423361")
    assert "Postleitzahl" in answer.text
    assert "Panorama" not in answer.text


async def test_a_locked_number_stays_locked_for_everybody(talk: Talk, agent: Agent) -> None:
    await talk.say("status bestellung 10423345 plz 11111")
    await talk.say("22222")
    await talk.say("33333")
    other = Talk(agent, f"{talk.conversation_id}-other")
    refused = await other.say("wo ist bestellung 10423345 plz 50667")
    assert "Aurora" not in refused.text
    assert "/request_human" in refused.payloads
    assert "Wasserkocher" in (await other.say("wo ist bestellung 10423602 plz 50667")).text


async def test_what_was_proved_long_ago_is_asked_for_again(talk: Talk) -> None:
    await talk.say("wo ist bestellung 10423345 plz 50667")
    assert "unterwegs" in (await talk.say("wo ist mein paket jetzt")).text
    case = Case("c", Message.of({}), {"verified_order": "10423345", "verified_at": time.time() - 3601}, "track_order")
    assert ORDER.verified_number(case) is None


async def test_numbers_sent_again_after_the_lock_go_to_a_person(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("status bestellung 10423345 plz 11111")
    await talk.say("10423345 22222")
    locked = await talk.say("10423345, 33333")
    asked = await talk.say("10423345 50667")
    assert asked.text != locked.text
    assert bridge.requests == []
    await talk.say("10423345 50667")
    assert [request["reason"] for request in bridge.requests] == ["complex_intent"]
