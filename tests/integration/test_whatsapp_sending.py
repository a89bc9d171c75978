"""The whole way to a customer's phone: through the outbox, within WhatsApp's rules, and seen at the desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from tests.support.rasa import Json, ScriptedRasa, says
from tests.support.whatsapp_phone import WhatsAppLoop, careful_loop, eventually, with_whatsapp


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[WhatsAppLoop]:
    async with careful_loop(database_url, rasa, with_whatsapp(rules), tmp_path) as running:
        yield running


async def test_the_bot_says_that_it_is_a_machine_and_answers(loop: WhatsAppLoop) -> None:
    phone = loop.phone()
    phone.write("Hallo")
    await phone.sees("Sie schrieben: Hallo")
    assert "eine Maschine, kein Mensch" in phone.texts[0]
    assert len(phone.texts) == 2


async def test_a_person_takes_over_and_their_words_are_seen_to_be_read(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    await phone.sees("Kim Weber ist jetzt für Sie da")
    written = await kim.write(conversation_id, "Guten Tag, **Kim** hier.")
    assert written["delivery"]["status"] == "pending"
    await phone.sees("Guten Tag, *Kim* hier.")
    await loop.delivery(kim, conversation_id, "Guten Tag", "read")


async def test_the_desk_is_told_of_each_step_as_it_becomes_known(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    async with kim.events() as events:
        written = await kim.write(conversation_id, "Ich schaue nach.")
        told = await events.until(
            "delivery", lambda event: event["seq"] == written["seq"] and event["delivery"]["status"] == "read"
        )
    assert told["conversation_id"] == conversation_id


async def test_the_bubbles_of_one_turn_arrive_as_one_message_with_its_choices(
    loop: WhatsAppLoop, rasa: ScriptedRasa
) -> None:
    async def asks(body: Json) -> Json:
        answer = says("Gefunden.", f"Richtig, {body['text']}?")
        answer["messages"][1]["buttons"] = [
            {"title": "Ja", "payload": "/affirm"},
            {"title": "Nein", "payload": "/deny"},
        ]
        return answer

    rasa.script = asks
    phone = loop.phone()
    phone.write("Bestellung")
    asked = await phone.sees("Gefunden.\n\nRichtig, Bestellung?")
    assert asked.body["interactive"]["type"] == "button"
    phone.tap("Nein")
    await eventually(lambda: rasa.texts[-1:] == ["/deny"], f"the payload in {rasa.texts}")


async def test_the_customer_sees_that_the_message_is_read_and_somebody_writes(
    loop: WhatsAppLoop, rasa: ScriptedRasa
) -> None:
    ledger = loop.fake.ledger

    async def thinks(body: Json) -> Json:
        await eventually(lambda: ledger.calls["typing"] > 0, "the sign that somebody writes")
        return says("Fertig.")

    rasa.script = thinks
    phone = loop.phone()
    phone.write("Hallo")
    await phone.sees("Fertig.")
    assert (ledger.calls["read"], ledger.calls["typing"]) == (1, 1)


async def test_a_customer_without_a_phone_number_is_reached_by_their_id(loop: WhatsAppLoop) -> None:
    phone = loop.phone("Niemand Bekanntes", phone=None)
    phone.write("Hallo")
    await phone.sees("Sie schrieben: Hallo")


async def test_after_stop_comes_one_confirmation_and_nothing_more(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    await loop.with_agent(phone, kim)
    await phone.sees("Kim Weber ist jetzt für Sie da")
    phone.write("STOP")
    await phone.sees("keine weiteren Nachrichten")
    heard = len(phone.texts)
    phone.write("Doch noch eine Frage")
    await phone.sees("Sie schrieben: Doch noch eine Frage")
    # What came in between is only the new beginning.
    assert "eine Maschine" in phone.texts[heard]


async def test_many_messages_at_once_stay_within_the_customers_rate(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    for number in range(50):
        await kim.write(conversation_id, f"Nachricht {number}", client_message_id=f"n{number}", epoch=2)
    await phone.sees("Nachricht 30")
    arrived = [text for text in phone.texts if text.startswith("Nachricht")]
    assert arrived == [f"Nachricht {number}" for number in range(len(arrived))]
    await loop.delivery(kim, conversation_id, "Nachricht 49", "pending")
    assert len(phone.texts) <= 42
