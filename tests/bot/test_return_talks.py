"""Sending back and where the money is: the trained assistant, the real actions and the demo shop."""

from __future__ import annotations

import pytest

from tests.bot.support.talk import Talk

pytestmark = pytest.mark.usefixtures("fresh_shop")


async def test_one_article_of_two_is_sent_back_without_a_reason(talk: Talk) -> None:
    asked = await talk.say("ich möchte bestellung B-2026-104233 zurückgeben, plz 20095")
    assert "Warum" not in asked.text
    stated = await talk.say("nur die hülle")
    assert "Schutzhülle Linea 11" in stated.text
    assert "Tablet Linea 11 aus" not in stated.text
    done = await talk.say("ja")
    assert "RS-" in done.text


async def test_both_articles_are_sent_back_with_a_tap(talk: Talk) -> None:
    asked = await talk.say("ich möchte bestellung B-2026-104233 zurückgeben, plz 20095")
    stated = await talk.tap(asked.payloads[-1])
    assert "Tablet Linea 11, Schutzhülle Linea 11" in stated.text


async def test_an_article_that_is_not_in_the_order_is_asked_for_again(talk: Talk) -> None:
    await talk.say("ich möchte bestellung B-2026-104233 zurückgeben, plz 20095")
    again = await talk.say("den kühlschrank")
    assert "finde ich in der Bestellung" in again.text


async def test_after_fourteen_days_a_person_is_offered(talk: Talk) -> None:
    answer = await talk.say("ich möchte bestellung 10423618 zurückgeben, plz 50667")
    assert "abgelaufen" in answer.text
    assert "/request_human" in answer.payloads


async def test_what_has_not_left_the_house_is_cancelled_instead(talk: Talk) -> None:
    answer = await talk.say("ich möchte bestellung 10423602 zurückgeben, plz 50667")
    assert "/cancel_order" in answer.payloads
    asked = await talk.tap("/cancel_order")
    assert "Soll ich sie stornieren" in asked.text


async def test_an_exchange_notes_the_wish_and_promises_nothing(talk: Talk) -> None:
    asked = await talk.say("ich möchte den lautsprecher aus B-2026-104295 umtauschen, plz 39104")
    assert "stattdessen" in asked.text
    stated = await talk.say("in blau bitte")
    assert "in blau bitte" in stated.text
    done = await talk.say("ja")
    assert "RS-" in done.text
    assert "nicht zusagen" in done.text


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("10423581 26122", "109,80 €"),
        ("10423576 23552", "149,00 €"),
        ("10423533 33602", "noch nicht bei uns angekommen"),
        ("10423554 97070", "storniert"),
        ("10423345 50667", "weder eine Rücksendung"),
    ],
)
async def test_where_the_money_is_told_as_the_shop_knows_it(talk: Talk, pair: str, words: str) -> None:
    await talk.say("wann bekomme ich mein geld zurück für die retoure")
    assert words in (await talk.say(pair)).text
