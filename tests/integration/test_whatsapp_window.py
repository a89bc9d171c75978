"""The 24-hour window: nothing but a template after it, and what waits goes when the customer writes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.outbox import dispatcher
from handoff_bridge.storage.outbox_schema import deliveries
from handoff_bridge.storage.whatsapp_schema import whatsapp_threads
from tests.fakes.graph.faults import Fault
from tests.support.people import Refused
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp_phone import REOPEN, WhatsAppLoop, eventually, fake_graph, whatsapp_loop, with_whatsapp

DAY_S = 24 * 3600
#: Only so old that the window is closed by our count, a minute early.
JUST_OVER_S = DAY_S - 30


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[WhatsAppLoop]:
    rules = with_whatsapp(rules)
    fake = fake_graph(rules)
    await fake.start()
    async with whatsapp_loop(database_url, rasa, rules, tmp_path, fake) as running:
        yield running
        await eventually(lambda: not fake.webhooks.under_way, "every webhook taken")
    await fake.stop()


async def test_a_reply_after_the_window_waits_and_the_customer_is_asked_once(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=DAY_S + 60)
    written = await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    assert written["delivery"]["status"] == "held"
    assert written["delivery"]["error"]["kind"] == "window"
    await kim.write(conversation_id, "Sie können es abholen.")
    await phone.sees(f"[{REOPEN}]")
    seen = await loop.delivery(kim, conversation_id, "Ihr Gerät ist fertig", "held")
    assert "24 Stunden" in seen["delivery"]["error"]["message"]

    phone.write("Ja, bitte?")
    await phone.sees("Sie können es abholen.")
    await loop.delivery(kim, conversation_id, "Sie können es abholen", "read")
    assert phone.texts.count(f"[{REOPEN}]") == 1
    assert [text for text in phone.texts if text.startswith(("Ihr Gerät", "Sie können"))] == [
        "Ihr Gerät ist fertig.",
        "Sie können es abholen.",
    ]
    assert loop.fake.ledger.breaches == []


async def test_the_window_closes_a_minute_early_rather_than_too_late(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=JUST_OVER_S)
    assert (await kim.write(conversation_id, "Hallo?"))["delivery"]["status"] == "held"
    conversation = (await kim.open(conversation_id))["conversation"]["whatsapp"]
    assert not conversation["window_open"]
    assert conversation["number"]["name"] == "Kundendienst"


async def test_the_bot_neither_breaks_the_window_nor_asks_for_an_answer(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    phone.write("Hallo", age_s=DAY_S + 60)
    conversation = await loop.conversation_of(phone, kim)
    await loop.delivery(kim, conversation["id"], "Sie schrieben: Hallo", "held")
    assert phone.texts == []
    assert loop.fake.ledger.accepted == []

    phone.write("Noch da?")
    await phone.sees("Sie schrieben: Noch da?")
    # What the bot had said before is said first.
    assert phone.texts[1] == "Sie schrieben: Hallo"
    assert loop.fake.ledger.breaches == []


async def test_a_reply_in_a_conversation_that_was_closed_meanwhile_still_arrives(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=DAY_S + 60)
    await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    await phone.sees(f"[{REOPEN}]")
    await kim.close(conversation_id)
    phone.write("Was gibt es?")
    await phone.sees("Sie schrieben: Was gibt es?")
    order = [phone.texts.index(text) for text in ("Ihr Gerät ist fertig.", "Sie schrieben: Was gibt es?")]
    assert order == sorted(order)
    assert loop.fake.ledger.breaches == []


async def test_meta_may_call_the_window_closed_after_it_has_accepted_the_message(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    await phone.sees("Kim Weber ist jetzt für Sie da")
    loop.line.fails_later[phone.person.user_id] = 131047
    await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    seen = await loop.delivery(kim, conversation_id, "Ihr Gerät", "held")
    assert seen["delivery"]["error"]["code"] == 131047
    loop.line.fails_later.clear()
    await phone.sees(f"[{REOPEN}]")
    assert "Ihr Gerät ist fertig." not in phone.texts
    phone.write("Ja?")
    await phone.sees("Ihr Gerät ist fertig.")
    assert phone.texts.count("Ihr Gerät ist fertig.") == 1


async def test_an_agent_writes_a_template_when_the_window_is_closed(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=DAY_S + 60)
    templates = (await kim.call("GET", "/templates"))["templates"]
    assert [template["name"] for template in templates] == [REOPEN, "rueckmeldung_zu_anliegen"]
    assert [one["label"] for one in templates[1]["variables"]] == ["Ihr Name", "Unternehmen", "Worum es geht"]

    body = {
        "client_message_id": "t1",
        "epoch": await kim.epoch(conversation_id),
        "name": "rueckmeldung_zu_anliegen",
        "variables": {"agent": "Kim Weber", "subject": "Ihr Gerät"},
    }
    path = f"/conversations/{conversation_id}/templates"
    written = (await kim.call("POST", path, 202, json=body))["message"]
    assert written["delivery"]["status"] == "pending"
    assert written["text"].startswith("Guten Tag, hier schreibt Kim Weber von Muster Elektronik.")
    assert (await kim.call("POST", path, 200, json=body))["message"]["id"] == written["id"]
    await phone.sees("[rueckmeldung_zu_anliegen]")
    await loop.delivery(kim, conversation_id, "hier schreibt Kim Weber", "read")
    assert loop.fake.ledger.breaches == []


@pytest.mark.parametrize(
    ("change", "status"),
    [({"name": "gibt_es_nicht"}, 404), ({"variables": {}}, 422), ({"variables": 5}, 422), ({"epoch": 1}, 409)],
    ids=["unknown template", "a variable is missing", "no variables", "stale epoch"],
)
async def test_a_template_that_cannot_be_sent_is_refused(
    loop: WhatsAppLoop, change: dict[str, object], status: int
) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    body: dict[str, object] = {
        "client_message_id": "t1",
        "epoch": await kim.epoch(conversation_id),
        "name": "rueckmeldung_zu_anliegen",
        "variables": {"agent": "Kim", "subject": "Ihr Gerät"},
    }
    with pytest.raises(Refused) as refused:
        await kim.call("POST", f"/conversations/{conversation_id}/templates", json=body | change)
    assert refused.value.status == status


async def test_a_conversation_on_the_website_takes_no_template(loop: WhatsAppLoop) -> None:
    customer, kim = await loop.bridge.customer(), await loop.bridge.agent()
    await kim.claim(customer.id)
    body = {"client_message_id": "t1", "epoch": 2, "name": REOPEN}
    with pytest.raises(Refused) as refused:
        await kim.call("POST", f"/conversations/{customer.id}/templates", json=body)
    assert (refused.value.status, refused.value.code) == (409, "illegal_transition")


MARKS = {
    "a deletion": {"type": "revoke", "revoke": {"original_message_id": "wamid.x"}},
    "a reaction": {"type": "reaction", "reaction": {"message_id": "wamid.x", "emoji": "👍"}},
    "a changed number": {"type": "system", "system": {"type": "user_changed_number", "wa_id": "491701234567"}},
}


@pytest.mark.parametrize("what", MARKS)
async def test_what_is_no_word_of_the_customer_opens_no_window(loop: WhatsAppLoop, what: str) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=DAY_S + 60)
    await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    await phone.sees(f"[{REOPEN}]")
    loop.line.receive(phone.person, MARKS[what])
    await eventually(lambda: not loop.fake.webhooks.under_way, "every webhook taken")
    await kim.write(conversation_id, "Sie können es abholen.")
    await loop.delivery(kim, conversation_id, "Sie können es abholen.", "held")
    assert phone.texts == [f"[{REOPEN}]"]
    assert not (await kim.open(conversation_id))["conversation"]["whatsapp"]["window_open"]

    phone.write("Ja?")
    await phone.sees("Sie können es abholen.")
    assert loop.fake.ledger.breaches == []


async def test_a_late_word_that_it_was_accepted_does_not_hide_that_it_failed(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    await phone.sees("Kim Weber ist jetzt für Sie da")
    loop.line.fails_later[phone.person.user_id] = 131047
    await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    await loop.delivery(kim, conversation_id, "Ihr Gerät", "held")
    loop.line.fails_later.clear()
    accepted = next(one for one in loop.fake.ledger.accepted if "Ihr Gerät" in str(one.body))
    late = {"id": accepted.wamid, "status": "sent", "timestamp": "1790000000"}
    late["biz_opaque_callback_data"] = str(accepted.callback)
    loop.fake.webhooks.send(loop.line.id, loop.line.display, {"statuses": [late]})
    await eventually(lambda: not loop.fake.webhooks.under_way, "every webhook taken")
    await phone.sees(f"[{REOPEN}]")
    await loop.delivery(kim, conversation_id, "Ihr Gerät", "held")
    phone.write("Ja?")
    await phone.sees("Ihr Gerät ist fertig.")
    assert phone.texts.count("Ihr Gerät ist fertig.") == 1


async def test_a_reply_that_has_waited_for_days_is_tried_again_like_any_other(
    loop: WhatsAppLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher.RetryPolicy, "wait_s", lambda _self, attempts: 0.1 * attempts)
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim, age_s=DAY_S + 60)
    await kim.write(conversation_id, "Ihr Gerät ist fertig.")
    await phone.sees(f"[{REOPEN}]")
    app = loop.bridge.server.app
    async with app[keys.store].database.write() as connection:
        days_ago = app[keys.clock].now() - timedelta(days=3)
        await connection.execute(update(deliveries).values(created_at=days_ago))
        # Asked at the same time, so that nobody asks again.
        await connection.execute(update(whatsapp_threads).values(last_inbound_at=days_ago - timedelta(days=1)))
    loop.fake.faults.add(Fault("error", 131016), 3)
    phone.write("Ja?")
    await phone.sees("Ihr Gerät ist fertig.")
    assert loop.fake.ledger.breaches == []
