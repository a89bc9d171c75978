"""Conversations with an insurer's customers: the trained assistant, real actions and a demo database."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from actions.clients.insurance import changes
from tests.bot.sectors.conftest import Databases
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

CAR = "versicherungsnummer KF-4820117, plz 50667"


def stored(databases: Databases) -> list[tuple[str, dict[str, str]]]:
    """What was changed or noted, for all policies."""
    with sa.create_engine(databases.insurance).connect() as connection:
        return [(row.kind, row.details) for row in connection.execute(sa.select(changes)).all()]


# Reporting damage


async def test_a_claim_is_collected_and_a_person_decides(talk: Talk, bridge: FakeBridge) -> None:
    assert "passiert" in (await talk.say("ich möchte einen schaden melden")).text
    assert "verletzt" in (await talk.say("mir ist beim ausparken ein auto reingefahren, stoßstange kaputt")).text
    assert "Wann" in (await talk.say("nein zum glück nicht")).text
    assert re.search(r"[Ww]o", (await talk.say("gestern abend")).text)
    assert "beteiligt" in (await talk.say("rewe parkplatz köln ehrenfeld")).text
    assert "Fotos" in (await talk.say("ein herr meier mit einem blauen golf")).text
    answer = await talk.say("ja habe ich")
    assert "entscheidet ein Mensch" in answer.text
    assert bridge.requests[0]["reason"] == "complex_intent"
    summary = bridge.requests[0]["summary"]
    for told in ("stoßstange", "rewe parkplatz", "blauen golf", "Verletzte: nein", "Fotos: ja"):
        assert told in summary


async def test_what_the_first_message_tells_is_not_asked_again(talk: Talk) -> None:
    answer = await talk.say("Schaden melden: gestern ist bei uns im Bad die Waschmaschine ausgelaufen, Parkett hin")
    assert "verletzt" in answer.text
    assert "Was ist passiert" not in answer.text
    after = await talk.say("nein")
    assert "Wann" not in after.text, "the day stood in the first message"


async def test_somebody_hurt_gets_the_emergency_number_before_the_next_question(talk: Talk) -> None:
    answer = await talk.say("schaden melden, hatte gerade einen autounfall, mein beifahrer ist verletzt")
    assert "112" in answer.text


async def test_a_yes_to_hurt_gets_the_emergency_number_once(talk: Talk) -> None:
    await talk.say("ich möchte einen schaden melden")
    await talk.say("bin mit dem fahrrad gestürzt und gegen ein auto geknallt")
    answer = await talk.say("ja")
    assert "112" in answer.text.split(".")[0]
    assert "112" not in (await talk.say("heute morgen")).text


async def test_nobody_hurt_is_not_taken_for_somebody(talk: Talk) -> None:
    answer = await talk.say(
        "schaden melden: auffahrunfall an der ampel, zum glück niemand verletzt, heckklappe verbeult"
    )
    assert "112" not in answer.text


async def test_a_day_nobody_knows_is_an_answer(talk: Talk) -> None:
    await talk.say("Schaden melden: im Keller steht Wasser und der Teppich ist komplett hinüber")
    await talk.say("nein")
    answer = await talk.say("weiß ich nicht genau")
    assert re.search(r"[Ww]o", answer.text)


async def test_a_person_is_got_in_the_middle_of_a_claim_with_what_was_told(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("Schaden melden: mein Sohn hat beim Nachbarn die Terrassentür eingeschossen")
    await talk.say("bitte einen mitarbeiter")
    assert "Terrassentür" in bridge.requests[0]["summary"]


async def test_a_claim_can_be_dropped(talk: Talk, bridge: FakeBridge) -> None:
    await talk.say("ich möchte einen schaden melden")
    await talk.say("abbrechen")
    assert bridge.requests == []
    answer = await talk.say("danke")
    assert "passiert" not in answer.text


# Status and documents


@pytest.mark.parametrize(
    ("claim", "proof", "said"),
    [
        ("S-2026-004711", "50667", "Rechnung der Werkstatt"),
        ("S-2026-004718", "12.03.1984", "noch nicht geprüft"),
        ("S-2026-004720", "20095", "Gutachter"),
        ("S-2026-004729", "30.07.1991", "anerkannt"),
        ("S-2026-004733", "80331", "412,80 €"),
        ("S-2026-004741", "04109", "geprüft"),
        ("S-2026-004752", "04109", "abgelehnt"),
    ],
)
async def test_the_state_of_a_claim_is_told_after_two_facts(talk: Talk, claim: str, proof: str, said: str) -> None:
    first = await talk.say(f"wie weit ist mein schaden {claim}?")
    assert "Geburtsdatum" in first.text
    assert said not in first.text
    assert said in (await talk.say(proof)).text


async def test_a_claim_of_somebody_else_is_not_told(talk: Talk) -> None:
    answer = await talk.say("stand schaden S-2026-004711 plz 20095")
    unknown = await talk.say("S-2026-999999 plz 50667")
    assert "finde ich" in answer.text
    assert "Frontscheibe" not in answer.text
    assert unknown.text == answer.text, "a claim that does not exist must not be told apart"


async def test_three_wrong_proofs_lock_and_offer_a_person(talk: Talk) -> None:
    await talk.say("stand schaden S-2026-888888 plz 11111")
    await talk.say("22222")
    locked = await talk.say("33333")
    assert "dreimal" in locked.text
    assert "/request_human" in locked.payloads


async def test_documents_have_an_address_and_what_is_missing_is_named(talk: Talk) -> None:
    answer = await talk.say("wohin soll ich die fotos vom schaden schicken? schaden S-2026-004711, plz 50667")
    assert "Foto des Schadens" in answer.text
    assert "@" in answer.text
    assert "S-2026-004711 im Betreff" in answer.text


# Policies


async def test_cover_is_told_as_facts_and_never_promised(talk: Talk) -> None:
    answer = await talk.say(f"bin ich versichert wenn mir jemand die scheibe einschlägt? {CAR}")
    assert "Glasbruch" in answer.text
    assert "150,00 €" in answer.text
    assert "nicht zusagen" in answer.text
    assert "/request_human" in answer.payloads


async def test_the_date_of_birth_is_a_proof_too(talk: Talk) -> None:
    await talk.say("wann ist mein versicherungsbeitrag fällig?")
    assert "Geburtsdatum" in (await talk.say("KF 4820117")).text
    assert "612,40 €" in (await talk.say("12.3.1984")).text


async def test_a_higher_premium_comes_with_its_reason(talk: Talk) -> None:
    answer = await talk.say(f"warum ist mein beitrag gestiegen? {CAR}")
    assert "548,90 €" in answer.text
    assert "Typklasse" in answer.text


async def test_a_premium_that_did_not_rise_is_told_so(talk: Talk) -> None:
    answer = await talk.say("was kostet meine versicherung gerade? versicherungsnummer HR-4820231 plz 20095")
    assert "11,90 € monatlich" in answer.text
    assert "nicht gestiegen" in answer.text


async def test_a_change_is_stated_noted_and_handed_over(
    talk: Talk, bridge: FakeBridge, sector_databases: Databases
) -> None:
    stated = await talk.say(f"bitte tragt meine tochter als fahrerin ein, vertrag ändern, {CAR}")
    assert "tochter" in stated.text
    answer = await talk.say("ja")
    assert "noch nicht" in answer.text
    assert [kind for kind, _ in stored(sector_databases)] == ["change"]
    assert "tochter" in bridge.requests[0]["summary"]


async def test_the_notice_of_a_policy_is_told_and_nothing_is_cancelled(talk: Talk, sector_databases: Databases) -> None:
    answer = await talk.say("hausratversicherung kündigen bitte, versicherungsnummer HR-4820231, plz 20095")
    assert "3 Monate" in answer.text
    assert "/request_human" in answer.payloads
    assert stored(sector_databases) == []


async def test_an_evb_number_is_made_once_after_a_yes(talk: Talk, sector_databases: Databases) -> None:
    asked = await talk.say(f"ich brauche eine evb nummer, {CAR}")
    assert "Soll ich das tun" in asked.text
    first = await talk.say("ja", message_id="evb-yes")
    again = await talk.say("ja", message_id="evb-yes")
    codes = [re.search(r"\b[A-Z]{2}[A-Z0-9]{5}\b", answer.text) for answer in (first, again)]
    assert codes[0] is not None
    assert codes[1] is not None
    assert codes[0][0] == codes[1][0]
    assert [kind for kind, _ in stored(sector_databases)] == ["confirmation_number"]


async def test_a_certificate_goes_to_the_masked_address_on_file(talk: Talk, sector_databases: Databases) -> None:
    asked = await talk.say("ich brauche eine versicherungsbestätigung für den vermieter, HP-4820345, 80331")
    assert "a•••@example.org" in asked.text
    assert "ayse@" not in asked.text
    await talk.say("ja gerne")
    assert stored(sector_databases) == [("certificate", {"certificate": "confirmation"})]


async def test_an_evb_number_needs_a_car(talk: Talk, sector_databases: Databases) -> None:
    answer = await talk.say("evb nummer bitte, versicherungsnummer HR-4820231, plz 20095")
    assert "Kfz" in answer.text
    assert stored(sector_databases) == []


async def test_a_question_in_between_is_answered_and_the_form_goes_on(talk: Talk) -> None:
    await talk.say("wie hoch ist mein versicherungsbeitrag?")
    between = await talk.say("bist du eigentlich ein roboter?")
    assert re.search("Maschine|Programm", between.text)
    assert "Versicherungsnummer" in between.text
    assert "Geburtsdatum" in (await talk.say("KF-4820117")).text


# Help now


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("hilfe wir hatten einen unfall, mein mann ist verletzt und blutet stark", "112"),
        ("bei uns wird gerade eingebrochen, da ist jemand in der wohnung", "110"),
        ("panne auf der a9, auto springt nicht an, brauche abschleppwagen", "112"),
    ],
)
async def test_help_starts_with_the_emergency_number(talk: Talk, bridge: FakeBridge, said: str, number: str) -> None:
    answer = await talk.say(said)
    assert number in answer.text.split(".")[0]
    assert bridge.requests[0]["reason"] == "policy"


async def test_a_death_is_met_with_condolence_once_and_a_person(talk: Talk, bridge: FakeBridge) -> None:
    answer = await talk.say("mein mann ist letzte woche gestorben, er hatte eine lebensversicherung bei ihnen")
    assert answer.text.count("Beileid") == 1
    assert "?" not in answer.text.split("\n")[0]
    assert bridge.requests[0]["reason"] == "complex_intent"
    assert "Todesfall" in bridge.requests[0]["summary"]
