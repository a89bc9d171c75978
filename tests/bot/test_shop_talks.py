"""What customers of the shop want done: played against the trained assistant, the real actions and the demo shop."""

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


def mails(shop_url: str) -> list[str]:
    with engine(shop_url).connect() as connection:
        return list(connection.execute(sa.select(shop_tables.mail_jobs.c.address)).scalars())


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


# Sending back


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


# Papers


async def test_an_invoice_goes_to_the_address_on_file_which_is_shown_masked(talk: Talk, shop_url: str) -> None:
    before = len(mails(shop_url))
    await talk.say("ich brauche die rechnung noch einmal")
    asked = await talk.say("10423345 50667")
    assert "p•••@example.org" in asked.text
    assert "petra" not in asked.text
    await talk.say("ja bitte")
    assert mails(shop_url)[before:] == ["petra.schlueter@example.org"]


async def test_a_guarantee_is_told_with_both_days(talk: Talk) -> None:
    first = await talk.say("wie lange habe ich garantie auf die zahnbürste")
    assert "zwei Jahre" in first.text
    told = await talk.say("10423549 66111")
    assert "Zahnbürste Sonic: gesetzliche Gewährleistung bis" in told.text


async def test_a_repair_is_told_with_its_number_and_postal_code(talk: Talk) -> None:
    asked = await talk.say("ist meine reparatur R-5521 schon fertig")
    assert "Postleitzahl" in asked.text
    assert "fertig" in (await talk.say("66111")).text


async def test_what_a_repair_costs_in_general_is_told_at_once(talk: Talk) -> None:
    answer = await talk.say("was kostet eine reparatur vom display")
    assert "Kostenvoranschlag" in answer.text


# Catalogue, vouchers, account


async def test_a_product_is_told_with_price_and_stock(talk: Talk) -> None:
    answer = await talk.say("habt ihr den monitor visio 27 auf lager")
    assert "229,00 €" in answer.text
    assert "27 Zoll" in answer.text


async def test_a_product_that_is_not_there_is_not_invented(talk: Talk) -> None:
    answer = await talk.say("habt ihr einen thermomix auf lager")
    assert "nicht" in answer.text
    assert "/request_human" in answer.payloads


async def test_a_product_question_in_between_goes_back_to_the_request(talk: Talk) -> None:
    await talk.say("wo ist meine bestellung 10423345")
    aside = await talk.say("habt ihr den monitor visio 27 auf lager")
    assert "229,00 €" in aside.text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("HERBST10", "50,00 €"),
        ("willkommen5", "jeden Einkauf"),
        ("SOMMER20", "abgelaufen"),
        ("DANKE-4711", "schon eingelöst"),
        ("GIBTSNICHT1", "kenne ich nicht"),
    ],
)
async def test_a_voucher_is_checked(talk: Talk, code: str, words: str) -> None:
    await talk.say("mein gutscheincode funktioniert nicht")
    assert words in (await talk.say(code)).text


async def test_guessing_vouchers_ends_with_a_person(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("gutscheincode GEHTNIX1 wird nicht akzeptiert")
    await talk.say("gutschein GEHTNIX2")
    given_up = await talk.say("und der gutschein GEHTNIX3")
    # Offered by the request, or got at once where the same question again is taken for annoyance.
    assert "/request_human" in given_up.payloads or bridge.requests
    assert "10,00 €" not in (await talk.say("gutschein HERBST10 funktioniert nicht")).text


async def test_nobody_learns_whether_an_address_has_an_account(talk: Talk, shop_url: str) -> None:
    before = len(mails(shop_url))
    await talk.say("ich habe mein passwort vergessen")
    known = await talk.say("ursula.behrendt@example.org")
    await talk.say("ich habe mein passwort vergessen")
    unknown = await talk.say("niemand@example.org")
    assert known.text.replace("ursula.behrendt", "x") == unknown.text.replace("niemand", "x")
    assert mails(shop_url)[before:] == ["ursula.behrendt@example.org"]


async def test_a_mailbox_is_not_flooded(talk: Talk, shop_url: str) -> None:
    before = len(mails(shop_url))
    for _ in range(3):
        await talk.say("ich habe mein passwort vergessen")
        await talk.say("sven.hansen@example.org")
    assert mails(shop_url)[before:] == ["sven.hansen@example.org"]


async def test_a_stolen_account_goes_to_a_person(talk: Talk) -> None:
    answer = await talk.say("jemand hat sich in mein konto eingeloggt, ich komme nicht mehr rein, gehackt")
    assert "/request_human" in answer.payloads


async def test_the_newsletter_ends_after_a_yes(talk: Talk, shop_url: str) -> None:
    await talk.say("ich möchte den newsletter abbestellen")
    asked = await talk.say("enno.behrends@example.org")
    assert {"/affirm", "/deny"} <= set(asked.payloads)
    await talk.say("ja")
    with engine(shop_url).connect() as connection:
        person = shop_tables.customers.c
        wanted = sa.select(person.newsletter).where(person.email == "enno.behrends@example.org")
        assert connection.execute(wanted).scalar_one() is False


async def test_what_is_no_address_is_asked_for_again(talk: Talk) -> None:
    await talk.say("ich möchte den newsletter abbestellen")
    assert "name@beispiel.de" in (await talk.say("enno@example")).text


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
