"""The HTTP contract of what needs a number on WhatsApp: every operation answers as ``/openapi.json`` says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData

from handoff_bridge.business import BusinessRules
from tests.fakes.graph.faults import Fault
from tests.fakes.graph.server import APP_SECRET, VERIFY_TOKEN
from tests.fakes.graph.webhooks import raw_body, signature
from tests.support.contract import Contract, on_whatsapp
from tests.support.people import PATIENCE_S, AgentAtDesk
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp_phone import (
    DISPLAY,
    NUMBER_ID,
    WhatsAppLoop,
    eventually,
    fake_graph,
    whatsapp_loop,
    with_whatsapp,
)

Json = dict[str, Any]
DESK = "/desk/api"
AT_DESK = DESK + "/conversations/{conversation_id}"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[WhatsAppLoop]:
    rules = with_whatsapp(rules)
    assert rules.whatsapp is not None
    assert rules.whatsapp.moving is not None
    moving = rules.whatsapp.moving.model_copy(update={"web_page": "https://hilfe.muster-elektronik.example/"})
    rules = rules.model_copy(update={"whatsapp": rules.whatsapp.model_copy(update={"moving": moving})})
    fake = fake_graph(rules)
    await fake.start()
    async with whatsapp_loop(database_url, rasa, rules, tmp_path, fake) as running:
        yield running
        await eventually(lambda: not fake.webhooks.under_way, "every webhook taken")
    await fake.stop()


async def test_every_operation_on_whatsapp_answers_as_it_is_described(loop: WhatsAppLoop) -> None:
    kim, phone = await loop.bridge.agent(), loop.phone()
    api = await Contract.read(loop.bridge.session, loop.bridge.url)
    desk: Json = {"headers": kim.headers}

    challenge = f"?hub.mode=subscribe&hub.challenge=12345&hub.verify_token={VERIFY_TOKEN}"
    await api.call("GET", "/webhooks/whatsapp", 200, query=challenge)
    raw = raw_body([(NUMBER_ID, DISPLAY, {"errors": [{"code": 1}]})], "1")
    signed = {"X-Hub-Signature-256": signature(APP_SECRET, raw), "Content-Type": "application/json"}
    await api.call("POST", "/webhooks/whatsapp", 200, data=raw, headers=signed)

    it = await loop.with_agent(phone, kim)
    await api.call("GET", DESK + "/conversations", 200, **desk)
    epoch = await kim.epoch(it)
    await api.call("GET", DESK + "/templates", 200, **desk)
    template = {
        "client_message_id": "t1",
        "epoch": epoch,
        "name": "rueckmeldung_zu_anliegen",
        "variables": {"agent": "Kim", "subject": "Ihr Gerät"},
    }
    await api.call("POST", AT_DESK + "/templates", 202, it, json=template, **desk)
    await api.call("POST", AT_DESK + "/templates", 200, it, json=template, **desk)

    await phone.sees("[rueckmeldung_zu_anliegen]")
    ends = {"resend": ("sent", "delivered", "read"), "drop": ("cancelled",)}
    for number, (what, end) in enumerate(ends.items()):
        loop.fake.faults.add(Fault("error", 131026))
        text = f"Nummer {number}"
        body = {"client_message_id": f"a{number}", "epoch": epoch, "text": text}
        await api.call("POST", AT_DESK + "/messages", 202, it, json=body, **desk)
        (open_id,) = (await loop.delivery(kim, it, text, "failed"))["delivery"]["open_ids"]
        await api.call("GET", DESK + "/deliveries", 200, query="?status=dead&limit=10", **desk)
        await api.call("POST", f"{DESK}/deliveries/{{delivery_id}}/{what}", 200, ids={"delivery_id": open_id}, **desk)
        await loop.delivery(kim, it, text, *end)

    for status in (202, 200):
        form = FormData({"client_message_id": "f1", "epoch": str(epoch), "text": "Ihre Rechnung"})
        form.add_field("file", b"%PDF-1.7 Rechnung", filename="Rechnung.pdf", content_type="application/pdf")
        await api.call("POST", AT_DESK + "/attachments", status, it, data=form, **desk)
    await phone.sees("Ihre Rechnung")

    medium = loop.fake.media.add(PICTURE, "image/png")
    loop.line.receive_media(phone.person, "image", medium, loop.fake.url, "So sieht es aus")
    attachment = await _kept(kim, it)
    await api.call("GET", AT_DESK + "/attachments/{attachment_id}", 200, it, ids={"attachment_id": attachment}, **desk)
    await api.call("GET", AT_DESK, 200, it, **desk)

    customer = await loop.bridge.customer()
    mine: Json = {"conversation_id": customer.id, "headers": customer.headers}
    taken = await api.call("POST", "/v1/conversations/{conversation_id}/channel-codes", 201, **mine)
    other = loop.phone("Ali Kaya", "491700000001")
    other.write(taken["text"])
    await other.sees("geht jetzt auf WhatsApp weiter")
    await api.call("POST", "/v1/conversations/{conversation_id}/return-to-web", 200, **mine)
    other.write("Weiter hier")
    await other.sees("geht jetzt auf WhatsApp weiter")
    other.write("Website")
    link = await other.sees("#weiter=")
    code = link.body["text"]["body"].partition("#weiter=")[2].split()[0]
    await api.call("POST", "/v1/channel-codes", 200, json={"code": code})

    called = {(method, path, status) for method, path, status in api.calls if on_whatsapp(path)}
    described = {
        (method, path, int(status))
        for method, path in api.operations()
        if on_whatsapp(path)
        for status in api.document["paths"][path][method]["responses"]
        if int(status) < 300
    }
    assert called == described


async def _kept(kim: AgentAtDesk, conversation_id: str) -> str:
    """The id of the first attachment of this conversation, once it can be fetched."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            for attachment in (await kim.open(conversation_id))["attachments"]:
                if attachment["status"] == "stored":
                    return str(attachment["id"])
            await asyncio.sleep(0.02)
