"""Papers, products, vouchers and accounts: the trained assistant, the real actions and the demo shop."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from actions.clients import shop_tables
from actions.clients.shop import engine
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

pytestmark = pytest.mark.usefixtures("fresh_shop")


def mails(shop_url: str) -> list[str]:
    with engine(shop_url).connect() as connection:
        return list(connection.execute(sa.select(shop_tables.mail_jobs.c.address)).scalars())


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
