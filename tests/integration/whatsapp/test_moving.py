"""From the website to WhatsApp and back: the same conversation, with its history and its owner."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.storage.codes_schema import channel_codes
from tests.support.people import Customer
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp_phone import Phone, WhatsAppLoop, careful_loop, with_whatsapp

Json = dict[str, Any]
PAGE = "https://hilfe.muster-elektronik.example/"


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[WhatsAppLoop]:
    rules = with_whatsapp(rules)
    assert rules.whatsapp is not None
    assert rules.whatsapp.moving is not None
    moving = rules.whatsapp.moving.model_copy(update={"web_page": PAGE})
    rules = rules.model_copy(update={"whatsapp": rules.whatsapp.model_copy(update={"moving": moving})})
    async with careful_loop(database_url, rasa, rules, tmp_path) as running:
        yield running


async def call(loop: WhatsAppLoop, method: str, path: str, status: int, token: str = "", **body: object) -> Json:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    url = f"{loop.bridge.url}v1/{path}"
    async with loop.bridge.session.request(method, url, headers=headers, json=body or None) as response:
        answer: Json = await response.json()
        assert response.status == status, answer
        return answer


async def code_for(loop: WhatsAppLoop, customer: Customer) -> Json:
    return await call(loop, "POST", f"conversations/{customer.id}/channel-codes", 201, customer.token)


async def talking(loop: WhatsAppLoop) -> Customer:
    """A customer on the website whom the bot has answered."""
    customer = await loop.bridge.customer()
    await customer.write("Hallo")
    await customer.wait_for_text("bot", "Sie schrieben: Hallo")
    return customer


async def moved(loop: WhatsAppLoop) -> tuple[Customer, Phone]:
    customer, phone = await talking(loop), loop.phone()
    phone.write((await code_for(loop, customer))["text"])
    await phone.sees("geht jetzt auf WhatsApp weiter")
    return customer, phone


async def link_for(phone: Phone) -> str:
    """The code in the link that the customer is sent for the website."""
    phone.write("Website")
    await phone.sees(f"{PAGE}#weiter=")
    words = next(text for text in phone.texts if "#weiter=" in text)
    return words.partition("#weiter=")[2].split()[0]


async def test_a_conversation_goes_on_on_whatsapp_with_everything_said_so_far(loop: WhatsAppLoop) -> None:
    customer, phone = await moved(loop)
    phone.write("Und jetzt hier")
    await phone.sees("Sie schrieben: Und jetzt hier")
    # What was said on the website is not sent again, and the customer learns who answers.
    assert "digitale Assistent (eine Maschine)" in phone.texts[0]
    assert not any("Sie schrieben: Hallo" in text for text in phone.texts)
    seen = await customer.messages()
    assert [m["notice"]["type"] for m in seen if m["kind"] == "notice"] == ["bot_disclosure", "channel_changed"]
    assert [m["seq"] for m in seen] == list(range(1, len(seen) + 1))
    assert any(m["text"] == "Sie schrieben: Und jetzt hier" for m in seen)


async def test_the_link_opens_whatsapp_with_the_code_ready_to_be_sent(loop: WhatsAppLoop) -> None:
    customer = await talking(loop)
    told = await code_for(loop, customer)
    assert told["url"].startswith("https://wa.me/498000001122?text=Ich%20m%C3%B6chte")
    assert told["code"] in told["text"]
    left = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert (await call(loop, "GET", f"conversations/{customer.id}/messages", 200, customer.token))["conversation"][
        "continue_on"
    ] == ["whatsapp"]


async def test_the_agent_keeps_the_conversation_and_the_customer_is_told_so(loop: WhatsAppLoop) -> None:
    customer, kim, phone = await talking(loop), await loop.bridge.agent(), loop.phone()
    await kim.claim(customer.id)
    phone.write((await code_for(loop, customer))["text"])
    await phone.sees("Kim Weber, ein Mensch aus unserem Team, ist weiterhin für Sie da")
    await kim.write(customer.id, "Da sind Sie ja.")
    await phone.sees("Da sind Sie ja.")
    seen = await kim.open(customer.id)
    assert seen["conversation"]["channel"] == "whatsapp"
    assert seen["conversation"]["whatsapp"]["name"] == phone.person.name
    # Only what was said on WhatsApp has a way there.
    ways = {m["text"]: m.get("delivery") for m in seen["messages"] if m["sender"] != "customer"}
    assert ways["Sie schrieben: Hallo"] is None
    assert ways["Da sind Sie ja."] is not None


async def test_back_on_the_website_whatsapp_is_told_and_gets_nothing_more(loop: WhatsAppLoop) -> None:
    customer, phone = await moved(loop)
    code = await link_for(phone)
    brought = await call(loop, "POST", "channel-codes", 200, code=code)
    assert brought["conversation"]["id"] == customer.id
    assert brought["conversation"]["channel"] == "webchat"
    assert brought["messages"][-1]["notice"]["type"] == "channel_changed"
    await phone.sees("geht jetzt auf unserer Website weiter")
    before = len(phone.texts)
    token = brought["token"]
    sent = {"client_message_id": "neu", "text": "Wieder hier"}
    await call(loop, "POST", f"conversations/{customer.id}/messages", 202, token, **sent)
    await customer.wait_for_text("bot", "Sie schrieben: Wieder hier")
    await loop.sweep()
    assert len(phone.texts) == before


async def test_who_started_on_whatsapp_can_go_on_on_the_website(loop: WhatsAppLoop) -> None:
    phone = loop.phone()
    phone.write("Hallo von hier")
    await phone.sees("Sie schrieben: Hallo von hier")
    brought = await call(loop, "POST", "channel-codes", 200, code=await link_for(phone))
    assert any(m["text"] == "Hallo von hier" for m in brought["messages"])


async def test_whoever_writes_on_whatsapp_again_has_the_conversation_there_again(loop: WhatsAppLoop) -> None:
    customer, phone = await moved(loop)
    await call(loop, "POST", f"conversations/{customer.id}/return-to-web", 200, customer.token)
    await phone.sees("geht jetzt auf unserer Website weiter")
    phone.write("Doch lieber hier")
    await phone.sees("Sie schrieben: Doch lieber hier")
    types = [m["notice"]["type"] for m in await customer.messages() if m["kind"] == "notice"]
    assert types == ["bot_disclosure", "channel_changed", "channel_changed", "channel_changed"]


async def test_a_code_is_good_once(loop: WhatsAppLoop) -> None:
    customer, phone, other = await talking(loop), loop.phone(), loop.phone("Uwe Lang", "491709999999")
    text = (await code_for(loop, customer))["text"]
    phone.write(text)
    await phone.sees("geht jetzt auf WhatsApp weiter")
    other.write(text)
    await other.sees("wurde schon einmal verwendet")
    assert not any("geht jetzt auf WhatsApp weiter" in words for words in other.texts)
    link = await link_for(phone)
    await call(loop, "POST", "channel-codes", 200, code=link)
    assert (await call(loop, "POST", "channel-codes", 410, code=link))["error"]["code"] == "code_used"


async def test_an_old_or_invented_code_is_refused_kindly_and_the_message_is_kept(loop: WhatsAppLoop) -> None:
    customer, phone = await talking(loop), loop.phone()
    told = await code_for(loop, customer)
    async with loop.bridge.server.app[keys.store].database.write() as connection:
        await connection.execute(update(channel_codes).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    phone.write(told["text"])
    await phone.sees("gilt leider nicht mehr")
    phone.write("HS-0000-0000-0000-0000")
    await phone.sees("kennen wir leider nicht")
    phone.write("Dann eben so")
    await phone.sees("Sie schrieben: Dann eben so")
    assert "eine Maschine, kein Mensch" in phone.texts[0]
    kim = await loop.bridge.agent()
    kept = await kim.open((await loop.conversation_of(phone, kim))["id"])
    assert [m["text"] for m in kept["messages"] if m["sender"] == "customer"] == [
        told["text"],
        "HS-0000-0000-0000-0000",
        "Dann eben so",
    ]
    unknown = await call(loop, "POST", "channel-codes", 404, code="HS-0000-0000-0000-0000")
    assert unknown["error"]["code"] == "code_unknown"
    # A code for WhatsApp opens nothing on the website.
    assert (await call(loop, "POST", "channel-codes", 404, code=told["code"]))["error"]["code"] == "code_unknown"


async def test_a_code_for_a_conversation_that_is_over_says_so(loop: WhatsAppLoop) -> None:
    customer, phone = await talking(loop), loop.phone()
    told = await code_for(loop, customer)
    await call(loop, "POST", f"conversations/{customer.id}/close", 200, customer.token)
    phone.write(told["text"])
    await phone.sees("ist schon beendet")
    refused = await call(loop, "POST", f"conversations/{customer.id}/channel-codes", 409, customer.token)
    assert refused["error"]["code"] == "conversation_closed"


async def test_a_talk_with_people_on_whatsapp_is_not_given_up_for_another(loop: WhatsAppLoop) -> None:
    customer, phone, kim = await talking(loop), loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    told = await code_for(loop, customer)
    phone.write(told["text"])
    await phone.sees("Hier läuft noch ein Gespräch mit unserem Team")
    await kim.close(conversation_id)
    phone.write(told["text"])
    await phone.sees("geht jetzt auf WhatsApp weiter")


async def test_a_talk_with_the_assistant_on_whatsapp_ends_for_the_one_that_is_brought(loop: WhatsAppLoop) -> None:
    customer, phone, kim = await talking(loop), loop.phone(), await loop.bridge.agent()
    phone.write("Guten Tag")
    await phone.sees("Sie schrieben: Guten Tag")
    here = await loop.conversation_of(phone, kim)
    phone.write((await code_for(loop, customer))["text"])
    await phone.sees("geht jetzt auf WhatsApp weiter")
    assert (await kim.open(here["id"]))["conversation"]["state"] == "closed"
    phone.write("Weiter")
    await phone.sees("Sie schrieben: Weiter")
    assert any(m["text"] == "Weiter" for m in await customer.messages())


async def test_stop_on_whatsapp_leaves_the_conversation_on_the_website_alone(loop: WhatsAppLoop) -> None:
    customer, phone = await moved(loop)
    await call(loop, "POST", f"conversations/{customer.id}/return-to-web", 200, customer.token)
    await phone.sees("geht jetzt auf unserer Website weiter")
    phone.write("STOP")
    await phone.sees("keine weiteren Nachrichten")
    page = await call(loop, "GET", f"conversations/{customer.id}/messages", 200, customer.token)
    assert page["conversation"]["state"] == "bot"


async def test_a_reply_to_our_words_names_them_for_the_agent(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    phone.write("Hallo")
    said = await phone.sees("Sie schrieben: Hallo")
    content = {"type": "text", "text": {"body": "Das meine ich"}, "context": {"id": said.wamid}}
    phone.line.receive(phone.person, content)
    await phone.sees("Sie schrieben: Das meine ich")
    seen = (await kim.open((await loop.conversation_of(phone, kim))["id"]))["messages"]
    quoted = next(m["data"]["reply_to"]["message_id"] for m in seen if m["text"] == "Das meine ich")
    assert next(m["text"] for m in seen if m["id"] == quoted) == "Sie schrieben: Hallo"


async def test_a_code_needs_the_conversations_own_token(loop: WhatsAppLoop) -> None:
    customer, other = await talking(loop), await loop.bridge.customer()
    await call(loop, "POST", f"conversations/{customer.id}/channel-codes", 401, other.token)
    await call(loop, "POST", f"conversations/{customer.id}/return-to-web", 401)
