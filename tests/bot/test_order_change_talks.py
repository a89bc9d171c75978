"""Cancelling an order or sending it elsewhere: the trained assistant, the real actions and the demo shop."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.clients import shop_tables
from actions.clients.shop import engine
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

pytestmark = pytest.mark.usefixtures("fresh_shop")


def status(shop_url: str, number: str) -> str:
    with engine(shop_url).connect() as connection:
        wanted = sa.select(shop_tables.orders.c.status).where(shop_tables.orders.c.number == number)
        return str(connection.execute(wanted).scalar_one())


# Cancelling


async def test_a_cancellation_is_stated_asked_and_done(talk: Talk, shop_url: str) -> None:
    asked = await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    assert "Saugroboter" in asked.text
    assert asked.payloads == ["/affirm", "/deny"]
    assert status(shop_url, "10423402") == "received"
    done = await talk.tap("/affirm")
    assert "storniert" in done.text
    assert status(shop_url, "10423402") == "cancelled"


async def test_a_no_changes_nothing_and_neither_does_a_later_yes(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    kept = await talk.say("nein doch nicht")
    assert "storniert" not in kept.text
    await talk.say("ja")
    assert status(shop_url, "10423402") == "received"


async def test_a_second_yes_does_nothing_more(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    await talk.say("ja")
    again = await talk.say("ja")
    assert "storniert" not in again.text
    asked = await talk.say("bestellung 10423402 stornieren")
    assert "bereits storniert" in asked.text


async def test_the_same_message_twice_is_answered_alike_and_done_once(talk: Talk, shop_url: str) -> None:
    await talk.say("ich möchte bestellung B-2026-104295 zurückgeben, plz 39104")
    first = await talk.say("ja", message_id="yes")
    second = await talk.say("ja", message_id="yes")
    assert first.text == second.text
    with engine(shop_url).connect() as connection:
        opened = sa.select(shop_tables.returns.c.label_number).where(
            shop_tables.returns.c.order_number == "B-2026-104295"
        )
        labels = connection.execute(opened).scalars().all()
    assert len(labels) == 1
    assert labels[0] in first.text


async def test_what_is_on_its_way_is_not_cancelled_and_the_ways_on_are_named(talk: Talk, shop_url: str) -> None:
    answer = await talk.say("bitte bestellung 10423345 stornieren, plz 50667")
    assert "unterwegs" in answer.text
    assert "/request_human" in answer.payloads
    assert status(shop_url, "10423345") == "shipped"


async def test_what_was_delivered_is_offered_as_a_return_without_asking_anything_twice(talk: Talk) -> None:
    offered = await talk.say("storniere bestellung B-2026-104233 plz 20095")
    assert "/return_item" in offered.payloads
    asked = await talk.tap("/return_item")
    assert "Tablet Linea 11" in asked.text
    assert "Bestellnummer" not in asked.text


async def test_a_person_from_the_middle_of_a_cancellation_sees_what_it_was_about(
    talk: Talk, bridge: FakeBridge, shop_url: str
) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    await talk.say("ich möchte lieber mit einem menschen sprechen")
    assert bridge.requests[0]["reason"] == "customer_request"
    assert bridge.requests[0]["summary"].startswith("Anliegen: Stornierung")
    assert status(shop_url, "10423402") == "received"


async def test_stop_at_the_last_question_changes_nothing(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    await talk.say("abbrechen")
    assert status(shop_url, "10423402") == "received"
    assert (await talk.tracker()).active_loop_name is None


async def test_a_question_before_the_yes_is_answered_and_the_yes_still_counts(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    aside = await talk.say("wann habt ihr offen")
    assert "8 bis 20 Uhr" in aside.text
    assert "/affirm" in aside.payloads
    await talk.say("ja")
    assert status(shop_url, "10423402") == "cancelled"


async def test_where_it_is_may_be_asked_before_the_yes(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    told = await talk.say("wo ist mein paket denn gerade")
    assert "noch nicht verpackt" in told.text
    assert "/affirm" in told.payloads
    await talk.say("ja")
    assert status(shop_url, "10423402") == "cancelled"


async def test_a_no_with_another_wish_turns_to_that_one(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    asked = await talk.say("nein, ich möchte stattdessen die lieferadresse ändern")
    assert "Wohin" in asked.text
    await talk.say("Rosenweg 3, 04109 Leipzig")
    done = await talk.say("ja")
    assert "Rosenweg 3" in done.text
    assert "stornieren" not in done.text
    assert status(shop_url, "10423402") == "received"


async def test_a_yes_with_a_reservation_changes_nothing(talk: Talk, shop_url: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    await talk.say("ja aber nur die ersatzbürsten")
    assert status(shop_url, "10423402") == "received"


async def test_what_is_sent_back_can_be_narrowed_at_the_last_question(talk: Talk) -> None:
    asked = await talk.say("ich möchte bestellung B-2026-104233 zurückgeben, plz 20095")
    await talk.tap(asked.payloads[-1])
    stated = await talk.say("ja aber nur das tablet")
    assert "Tablet Linea 11 aus" in stated.text
    done = await talk.say("ja")
    assert "Schutzhülle" not in done.text


@pytest.mark.parametrize("odd", ["äh", "???", "ja nein ja", "🤷"])
async def test_what_is_neither_yes_nor_no_changes_nothing(talk: Talk, shop_url: str, odd: str) -> None:
    await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
    answer = await talk.say(odd)
    assert answer.text
    assert status(shop_url, "10423402") == "received"


async def test_a_wrong_postal_code_never_cancels(talk: Talk, shop_url: str) -> None:
    answer = await talk.say("bitte bestellung 10423402 stornieren, plz 04105")
    assert "finde ich" in answer.text
    await talk.say("ja")
    assert status(shop_url, "10423402") == "received"


# Another address


async def test_an_order_is_sent_to_the_corrected_address(talk: Talk, shop_url: str) -> None:
    await talk.say("ich möchte die lieferadresse ändern, bestellung 10423417")
    asked = await talk.say("01067")
    assert "Wohin" in asked.text
    stated = await talk.say("Gartenweg 5, 04109 Leipzig")
    assert "Gartenweg 5, 04109 Leipzig" in stated.text
    corrected = await talk.say("nein, hausnummer 7")
    assert "Gartenweg 7, 04109 Leipzig" in corrected.text
    done = await talk.say("ja genau")
    assert "Erledigt" in done.text
    with engine(shop_url).connect() as connection:
        order = shop_tables.orders.c
        wanted = sa.select(order.street, order.postal_code).where(order.number == "10423417")
        assert tuple(connection.execute(wanted).one()) == ("Gartenweg 7", "04109")


async def test_the_new_postal_code_is_not_taken_for_the_proof(talk: Talk) -> None:
    answer = await talk.say("lieferadresse ändern für bestellung 10423417 auf Gartenweg 5, 04109 Leipzig bitte")
    assert "Postleitzahl" in answer.text
    assert "finde ich" not in answer.text
    stated = await talk.say("01067")
    assert "Gartenweg 5, 04109 Leipzig" in stated.text


async def test_half_an_address_is_asked_for_again(talk: Talk) -> None:
    await talk.say("ich möchte die lieferadresse ändern, bestellung 10423417 plz 01067")
    again = await talk.say("hauptstr 5 in köln")
    assert "ganze Adresse" in again.text


async def test_a_parcel_on_its_way_is_left_to_its_carrier(talk: Talk) -> None:
    answer = await talk.say("ich möchte die lieferadresse ändern, bestellung 10423345 plz 50667")
    assert "00340434161094022115" in answer.text


# The shop is away


async def test_a_shop_that_is_away_is_said_so_and_nothing_is_asked_twice_afterwards(talk: Talk, shop_url: str) -> None:
    file = Path(shop_url.removeprefix("sqlite:///"))
    away = file.with_suffix(".away")
    with sa.create_engine(shop_url).begin() as connection:
        connection.execute(sa.text("ALTER TABLE orders RENAME TO orders_away"))
    try:
        answer = await talk.say("bitte bestellung 10423402 stornieren, plz 04109")
        assert "/request_human" in answer.payloads
        assert "nicht einsehen" in answer.text
    finally:
        with sa.create_engine(shop_url).begin() as connection:
            connection.execute(sa.text("ALTER TABLE orders_away RENAME TO orders"))
    assert not away.exists()
    asked = await talk.say("bitte noch mal meine bestellung stornieren")
    assert "Soll ich sie stornieren" in asked.text
