"""STOP is a wish about everything said before it, and about nothing after it."""

import time

import pytest

from handoff_bridge.http import keys
from tests.fakes.graph.people import Person
from tests.integration.whatsapp.conftest import WhatsApp
from tests.support.whatsapp import NUMBER, Json, Someone, text
from tests.support.whatsapp_phone import Phone, eventually

ERIKA = Someone("4915100000001", "DE.1000001")


@pytest.fixture
def phone(whatsapp: WhatsApp) -> Phone:
    person: Person = whatsapp.graph.people.add("Erika Muster", ERIKA.phone, ERIKA.user_id)
    return Phone(whatsapp.graph.lines[NUMBER], person)


def now(words: str, later_s: int = 0) -> Json:
    return text(words, timestamp=str(int(time.time()) - 10 + later_s))


async def test_stop_and_another_message_in_one_webhook_end_one_conversation_and_begin_the_next(
    whatsapp: WhatsApp, phone: Phone
) -> None:
    phone.line.limits.received(phone.person.user_id, time.time())
    await whatsapp.meta.say(ERIKA, now("Hallo"))
    await phone.sees("Sie schrieben: Hallo")
    before = len(phone.texts)
    await whatsapp.meta.say(ERIKA, now("STOP", 1), now("Stopp!", 2), now("Doch noch etwas", 3))
    await phone.sees("Sie schrieben: Doch noch etwas")
    confirmation, disclosure, answer = phone.texts[before:]
    assert "keine weiteren Nachrichten" in confirmation
    assert "eine Maschine, kein Mensch" in disclosure
    assert answer == "Sie schrieben: Doch noch etwas"
    assert whatsapp.breaches == []


async def test_what_waited_for_the_customer_is_not_sent_after_stop(whatsapp: WhatsApp, phone: Phone) -> None:
    # Longer ago than a day, so the answer waits.
    await whatsapp.meta.say(ERIKA, text("Hallo"))
    await whatsapp.meta.log_until(lambda entries: any(entry.sender == "bot" for entry in entries))
    phone.line.limits.received(phone.person.user_id, time.time())
    await whatsapp.meta.say(ERIKA, now("STOP"))
    await phone.sees("keine weiteren Nachrichten")
    await whatsapp.meta.say(ERIKA, now("Guten Tag", 1))
    await phone.sees("Sie schrieben: Guten Tag")
    hub = whatsapp.bridge.server.app[keys.hub]
    hub.conversation_changed("nobody")
    await eventually(lambda: len(phone.texts) >= 3, "all that was to be said")
    assert not [words for words in phone.texts if words == "Sie schrieben: Hallo"]
    assert whatsapp.breaches == []
