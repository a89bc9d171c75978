"""Meter readings: the trained assistant, real actions and a demo database."""

from __future__ import annotations

from tests.bot.sectors.conftest import Databases
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.energy_database import ME, stored
from tests.bot.support.talk import Talk


async def test_a_reading_is_taken_after_both_facts_and_a_yes(talk: Talk, sector_databases: Databases) -> None:
    assert "Kundennummer" in (await talk.say("hallo ich möchte meinen zählerstand durchgeben")).text
    assert "Postleitzahl" in (await talk.say("4017283")).text
    assert "in kWh" in (await talk.say("50667")).text
    stated = await talk.say("50.512,4")
    assert "50.512,4 kWh" in stated.text
    assert "/affirm" in stated.payloads
    assert stored(sector_databases.energy)[0] == [], "nothing may be kept before the yes"
    assert "eingetragen" in (await talk.say("ja passt")).text
    kept, contract = stored(sector_databases.energy)
    assert [kind for kind, _ in kept] == ["reading"]
    assert float(contract.last_reading) == 50512.4


async def test_everything_in_one_message_is_asked_for_no_more(talk: Talk) -> None:
    answer = await talk.say(f"Guten Tag, mein Zählerstand Strom ist 50512 kWh, {ME}, Gruß Schlüter")
    assert "50.512 kWh" in answer.text
    assert "Ist das richtig" in answer.text


async def test_a_reading_below_the_last_one_is_asked_back_and_never_kept(
    talk: Talk, bridge: FakeBridge, sector_databases: Databases
) -> None:
    await talk.say(f"zählerstand melden {ME}")
    doubt = await talk.say("47000")
    assert "weniger als der letzte Stand" in doubt.text
    answer = await talk.say("ja der zähler ist neu")
    assert "Mensch" in answer.text
    assert bridge.requests[0]["reason"] == "complex_intent"
    assert "47000" in (bridge.requests[0]["summary"] or "")
    assert stored(sector_databases.energy)[0] == []


async def test_a_reading_far_too_high_is_corrected_by_the_number_alone(talk: Talk) -> None:
    await talk.say(f"zählerstand melden {ME}")
    assert "deutlich mehr" in (await talk.say("505124")).text
    answer = await talk.say("nein")
    assert "noch einmal" in answer.text
    assert "50.512 kWh" in (await talk.say("50512")).text


async def test_a_far_too_high_reading_that_is_confirmed_is_only_passed_on(
    talk: Talk, sector_databases: Databases
) -> None:
    await talk.say(f"zählerstand melden {ME}")
    await talk.say("60000")
    await talk.say("ja stimmt, wir haben eine wärmepumpe")
    assert "Prüfung" in (await talk.say("ja")).text
    kept, contract = stored(sector_databases.energy)
    assert [kind for kind, _ in kept] == ["doubtful_reading"]
    assert float(contract.last_reading) == 48213.7


async def test_the_end_of_a_reading_is_corrected_before_it_is_kept(talk: Talk) -> None:
    await talk.say(f"zählerstand 50512 kwh {ME}")
    assert "50.521 kWh" in (await talk.say("nein, die 21 am ende")).text


async def test_a_yes_is_asked_for_again_after_a_question_in_between(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"zählerstand 50512 kwh {ME}")
    between = await talk.say("wann habt ihr eigentlich geöffnet?")
    assert "Uhr" in between.text
    assert "50.512" in between.text
    assert "eingetragen" in (await talk.say("ja")).text
    assert len(stored(sector_databases.energy)[0]) == 1


async def test_the_same_yes_sent_twice_keeps_one_reading(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"zählerstand 50512 kwh {ME}")
    first = await talk.say("ja", message_id="the-yes")
    again = await talk.say("ja", message_id="the-yes")
    assert first.text == again.text
    assert len(stored(sector_databases.energy)[0]) == 1


async def test_a_no_leaves_everything_as_it_is(talk: Talk, sector_databases: Databases) -> None:
    await talk.say(f"zählerstand 50512 kwh {ME}")
    answer = await talk.say("nein")
    assert "bleibt alles" in answer.text or "ändere nichts" in answer.text
    assert stored(sector_databases.energy)[0] == []


async def test_yesterdays_reading_is_kept_for_yesterday(talk: Talk) -> None:
    answer = await talk.say(f"hab gestern den zähler abgelesen, stand 50512 kwh, {ME}")
    assert "abgelesen am" in answer.text


async def test_a_reading_from_the_future_is_not_taken(talk: Talk) -> None:
    answer = await talk.say(f"zählerstand in 5 tagen ablesen: stand 50512 kwh am 31.12.2099, {ME}")
    assert "zwischen" in answer.text


async def test_two_registers_are_left_to_a_person(talk: Talk, bridge: FakeBridge) -> None:
    answer = await talk.say("Ablesung Zweitarifzähler, Zählerstand HT 22.410,3 kWh / NT 61.087,9 kWh")
    assert "mehrere Stände" in answer.text
    await talk.say("ja bitte")
    assert bridge.requests[0]["reason"] == "complex_intent"


async def test_a_meter_number_and_a_gas_meter_do_as_well(talk: Talk) -> None:
    answer = await talk.say("gaszähler nummer 7GAS0088123456, plz 24103, stand 9.900 m³")
    assert "9.900 m³" in answer.text


async def test_a_person_is_got_in_the_middle_with_what_was_told(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say(f"zählerstand 50512 kwh {ME}")
    await talk.say("ich will lieber mit einem menschen sprechen")
    summary = bridge.requests[0]["summary"]
    assert "50512" in summary
    assert "Zählerstand" in summary


async def test_stop_ends_it(talk: Talk, sector_databases: Databases) -> None:
    await talk.say("ich möchte meinen zählerstand melden")
    answer = await talk.say("abbrechen")
    assert "Kundennummer" not in answer.text
    assert stored(sector_databases.energy)[0] == []


async def test_three_wrong_pairs_lock_and_offer_a_person(talk: Talk) -> None:
    await talk.say("zählerstand melden, kundennummer 4017999, plz 11111")
    await talk.say("22222")
    locked = await talk.say("33333")
    assert "dreimal" in locked.text
    assert "/request_human" in locked.payloads


async def test_after_a_wrong_postal_code_the_right_one_alone_is_enough(talk: Talk) -> None:
    wrong = await talk.say("zählerstand melden kundennummer 4017316 plz 99999")
    assert "finde ich" in wrong.text
    assert "in kWh" in (await talk.say("sorry 80331")).text
