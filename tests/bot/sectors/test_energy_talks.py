"""Bills, payments, contracts and danger at an energy supplier: trained assistant, real actions, demo database."""

from __future__ import annotations

import pytest

from tests.bot.sectors.conftest import Databases
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.energy_database import ME, stored
from tests.bot.support.talk import Talk

# Bill


async def test_a_bill_is_explained_by_use_and_price(talk: Talk) -> None:
    answer = await talk.say(f"warum ist meine jahresrechnung so hoch? {ME}")
    assert "1.172,95 €" in answer.text
    assert "152,95 €" in answer.text
    assert "beides gestiegen" in answer.text


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("kundennummer 4017291 plz 24103", "Preis ist gleich geblieben"),
        ("kundennummer 4017308 plz 04109", "kaum anders"),
        ("kundennummer 4017316 plz 80331", "zurück"),
        ("kundennummer 4017350 plz 70173", "Abschläge"),
        ("kundennummer 4017368 plz 30159", "erste Jahresrechnung"),
        ("kundennummer 4017376 plz 10115", "noch keine Jahresrechnung"),
    ],
)
async def test_each_bill_has_its_own_reason(talk: Talk, who: str, said: str) -> None:
    answer = await talk.say(f"ich verstehe meine jahresabrechnung nicht, {who}")
    assert said in answer.text


async def test_a_word_of_the_bill_is_explained_without_asking_who_it_is(talk: Talk) -> None:
    answer = await talk.say("was bedeutet zustandszahl auf meiner gasrechnung?")
    assert "Brennwert" in answer.text
    assert "Kundennummer" not in answer.text


async def test_who_wants_a_person_after_the_bill_gets_one(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say(f"warum ist meine jahresrechnung so hoch? {ME}")
    await talk.say("ja bitte")
    assert bridge.requests[0]["reason"] == "complex_intent"
    assert "Rechnung" in bridge.requests[0]["summary"]


async def test_who_has_proved_who_they_are_is_not_asked_again(talk: Talk) -> None:
    await talk.say(f"warum ist meine jahresrechnung so hoch? {ME}")
    answer = await talk.say("ok dann möchte ich meinen abschlag erhöhen auf 110 euro")
    assert "110,00 €" in answer.text
    assert "Kundennummer" not in answer.text


# Payments


async def test_a_monthly_payment_is_changed_after_a_yes(talk: Talk, sector_databases: Databases) -> None:
    asked = await talk.say(f"abschlag ändern bitte, {ME}")
    assert "75,00 € bis 180,00 €" in asked.text
    assert "von 92,00 € auf 105,00 €" in (await talk.say("105")).text
    assert "Erledigt" in (await talk.tap("/affirm")).text
    assert float(stored(sector_databases.energy)[1].monthly_payment) == 105


async def test_a_payment_out_of_the_range_is_asked_again(talk: Talk, sector_databases: Databases) -> None:
    answer = await talk.say(f"ich möchte meinen abschlag auf 20 euro senken, {ME}")
    assert "75,00 € bis 180,00 €" in answer.text
    assert "auf 80,00 €" in (await talk.say("dann 80 euro")).text
    assert stored(sector_databases.energy)[0] == []


async def test_an_account_is_noted_and_shown_masked(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"ich habe eine neue bankverbindung, {ME}")
    assert "stimmt etwas nicht" in (await talk.say("DE89 3704 0044 0532 0130 01")).text
    own = await talk.say("DE89 3704 0044 0532 0130 00")
    assert "DE•• •••• 3000" in own.text
    assert "0532" not in own.text
    assert "SEPA" in (await talk.say("ja")).text
    assert "aufgenommen" in (await talk.say("ja")).text
    assert stored(sector_databases.energy)[0] == [("bank_details", {"iban": "DE89370400440532013000"})]


async def test_an_account_of_somebody_else_goes_to_a_person(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"neue iban für die abbuchung: DE89370400440532013000, {ME}")
    answer = await talk.say("nein, das ist von meiner mutter")
    assert "/request_human" in answer.payloads
    assert stored(sector_databases.energy)[0] == []


async def test_who_cannot_pay_gets_a_person_without_a_form(talk: Talk, bridge: FakeBridge) -> None:
    answer = await talk.say("ich kann die nachzahlung nicht bezahlen, bitte nicht den strom sperren")
    assert "Ratenzahlung" in answer.text
    assert bridge.requests[0]["reason"] == "complex_intent"


# Tariffs and contracts


async def test_tariffs_are_told_to_anybody(talk: Talk) -> None:
    answer = await talk.say("welche stromtarife habt ihr gerade?")
    assert "Strom Natur" in answer.text
    assert "Gas Komfort" not in answer.text


async def test_a_tariff_wish_goes_to_a_person(talk: Talk, bridge: FakeBridge, sector_databases: Databases) -> None:
    offered = await talk.say(f"ich möchte den tarif wechseln, {ME}")
    assert "Strom Fix 24" in offered.text
    assert "32,6 ct" in (await talk.say("fix 24 bitte")).text
    answer = await talk.say("ja")
    assert "noch nicht" in answer.text
    assert stored(sector_databases.energy)[0] == [("tariff", {"tariff": "Strom Fix 24"})]
    assert bridge.requests[0]["reason"] == "complex_intent"


async def test_a_higher_price_comes_with_the_right_and_a_person(talk: Talk) -> None:
    answer = await talk.say("ihr habt den preis erhöht, kann ich der preiserhöhung widersprechen?")
    assert "ohne Frist kündigen" in answer.text
    assert "in der Regel" in answer.text
    assert "/request_human" in answer.payloads


async def test_the_notice_period_is_told_and_nothing_is_cancelled(talk: Talk, sector_databases: Databases) -> None:
    answer = await talk.say(f"ich möchte meinen stromvertrag kündigen, {ME}")
    assert "4 Wochen" in answer.text
    assert "/request_human" in answer.payloads
    assert stored(sector_databases.energy)[0] == []


async def test_basic_supply_has_a_notice_of_two_weeks(talk: Talk) -> None:
    answer = await talk.say("stromvertrag kündigen bitte, kundennummer 4017350, plz 70173")
    assert "2 Wochen" in answer.text


async def test_a_move_is_collected_and_noted(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"ich ziehe um und will den strom mitnehmen, {ME}")
    assert "wohin" in (await talk.say("am 15.12.2026")).text.lower()
    await talk.say("ahornweg 3, 31582 nienburg")
    stated = await talk.say("ja")
    assert "ahornweg 3" in stated.text
    assert "kommt mit" in stated.text
    assert "aufgenommen" in (await talk.say("ja")).text
    (kind, details), *_ = stored(sector_databases.energy)[0]
    assert (kind, details["on"], details["takes_contract"]) == ("move", "2026-12-15", "yes")


async def test_a_moving_day_may_still_be_open(talk: Talk) -> None:
    await talk.say(f"umzug melden, {ME}")
    assert "wohin" in (await talk.say("steht noch nicht fest")).text.lower()


async def test_a_new_customer_is_handed_over_with_address_and_day(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ich möchte strom bei euch, neuer vertrag")
    await talk.say("kaiserstr. 10, 55116 mainz")
    await talk.say("ab 1.1.2027")
    assert "kaiserstr. 10" in bridge.requests[0]["summary"]
    assert "2027-01-01" in bridge.requests[0]["summary"]


# Danger


async def test_the_smell_of_gas_gets_the_emergency_number_first(talk: Talk, bridge: FakeBridge) -> None:
    answer = await talk.say("hilfe es riecht nach gas im keller")
    assert answer.text.startswith("Verlassen Sie bitte sofort das Haus und rufen Sie von draußen die 112")
    assert bridge.requests[0]["reason"] == "policy"


async def test_gas_in_the_middle_of_a_form_comes_before_the_form(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ich möchte meinen zählerstand melden")
    answer = await talk.say("moment hier riecht es plötzlich stark nach gas")
    assert "112" in answer.text.split(".")[0]
    assert bridge.requests[0]["reason"] == "policy"


async def test_a_power_cut_gets_the_grid_operators_number(talk: Talk, bridge: FakeBridge) -> None:
    answer = await talk.say("bei uns ist der strom ausgefallen, ganze straße dunkel")
    assert "Netzbetreiber" in answer.text
    assert bridge.requests[0]["reason"] == "policy"
