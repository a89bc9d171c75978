"""Files of agents on their way to a customer's phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import FormData

from handoff_bridge.business import BusinessRules
from tests.support.people import AgentAtDesk, Json, Refused
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp_phone import WhatsAppLoop, careful_loop, with_whatsapp

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)
LETTER = b"%PDF-1.7\n" + bytes(2000)


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> AsyncIterator[WhatsAppLoop]:
    async with careful_loop(database_url, rasa, with_whatsapp(rules), tmp_path) as running:
        yield running


async def send(kim: AgentAtDesk, conversation_id: str, content: bytes, name: str, mime: str, **fields: str) -> Json:
    known = {"client_message_id": "f1", "epoch": str(await kim.epoch(conversation_id))}
    form = FormData({**known, **fields})
    form.add_field("file", content, filename=name, content_type=mime)
    sent: Json = (await kim.call("POST", f"/conversations/{conversation_id}/attachments", data=form))["message"]
    return sent


@pytest.mark.parametrize(
    ("content", "name", "mime", "kind"),
    [(PICTURE, "Gerät.png", "image/png", "image"), (LETTER, "Rechnung.pdf", "application/pdf", "document")],
    ids=["picture", "document"],
)
async def test_a_file_arrives_as_what_it_is_with_its_words(
    loop: WhatsAppLoop, content: bytes, name: str, mime: str, kind: str
) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    written = await send(kim, conversation_id, content, name, mime, text="Bitte **sehr**.")
    assert (written["kind"], written["delivery"]["status"]) == ("file", "pending")
    arrived = await phone.sees("Bitte *sehr*.")
    assert arrived.body["type"] == kind
    medium = loop.fake.media.get(arrived.body[kind]["id"])
    assert medium is not None
    assert (medium.content, medium.mime_type) == (content, mime)
    await loop.delivery(kim, conversation_id, "Bitte", "read")


async def test_the_same_file_again_is_sent_once(loop: WhatsAppLoop) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    first = await send(kim, conversation_id, PICTURE, "Gerät.png", "image/png", text="Ihr Gerät")
    again = await send(kim, conversation_id, PICTURE, "Gerät.png", "image/png", text="Ihr Gerät")
    assert first["id"] == again["id"]
    await phone.sees("Ihr Gerät")
    assert phone.texts.count("Ihr Gerät") == 1
    assert len((await kim.open(conversation_id))["attachments"]) == 1


@pytest.mark.parametrize(
    ("content", "mime", "fields", "status"),
    [
        (b"MZ\x90\x00" + bytes(600), "application/pdf", {}, 422),
        (LETTER, "application/pdf", {"epoch": "eins"}, 422),
        (LETTER, "application/pdf", {"epoch": "1"}, 409),
        (LETTER + bytes(16_000_000), "application/pdf", {}, 413),
    ],
    ids=["a program", "no epoch", "a stale epoch", "too large"],
)
async def test_what_cannot_be_sent_leaves_nothing_behind(
    loop: WhatsAppLoop, content: bytes, mime: str, fields: dict[str, str], status: int
) -> None:
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    with pytest.raises(Refused) as refused:
        await send(kim, conversation_id, content, "Brief.pdf", mime, **fields)
    assert refused.value.status == status
    assert (await kim.open(conversation_id))["attachments"] == []
