"""Files are fetched from allowed places only, within bounds, kept by what they are, and given to agents alone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from yarl import URL

from handoff_bridge.attachments.download import Downloads, Wanted, careful_session
from handoff_bridge.attachments.errors import AttachmentError, NotNow, Refused
from handoff_bridge.attachments.hosts import Hosts, PublicResolver
from handoff_bridge.attachments.storage import AttachmentFolder
from handoff_bridge.attachments.types import kept_as
from handoff_bridge.settings import Settings
from tests.integration.whatsapp.conftest import WhatsApp
from tests.support.people import PATIENCE_S
from tests.support.whatsapp import Json, Someone, message

ERIKA = Someone("4915100000001", "DE.1000001")
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 2000
PDF = b"%PDF-1.7\n" + b"x" * 2000
OGG = b"OggS" + b"\x00" * 2000
HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 2000


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def ended(whatsapp: WhatsApp, agent: Any) -> tuple[str, Json]:
    """The conversation's id and its only attachment, once it is no longer pending."""
    (conversation,) = await whatsapp.meta.conversations()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            (found,) = (await agent.open(conversation))["attachments"]
            if found["status"] != "pending":
                return conversation, found
            await asyncio.sleep(0.02)


async def test_a_picture_is_fetched_with_the_token_and_shown_to_agents_only(whatsapp: WhatsApp) -> None:
    medium = whatsapp.graph.media.add(JPEG, "image/jpeg")
    await whatsapp.meta.say(ERIKA, message("image", {"id": medium.id, "mime_type": "image/jpeg"}))
    agent = await whatsapp.bridge.agent()
    conversation, found = await ended(whatsapp, agent)
    assert (found["status"], found["mime"], found["size"]) == ("stored", "image/jpeg", len(JPEG))
    url = f"{whatsapp.bridge.url}desk/api/conversations/{conversation}/attachments/{found['id']}"
    async with whatsapp.bridge.session.get(url, headers=agent.headers) as response:
        assert (response.status, await response.read()) == (200, JPEG)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Content-Disposition"].startswith("inline")
    async with whatsapp.bridge.session.get(url) as response:
        assert response.status == 401
    other = url.replace(conversation, "7f3a0000-0000-4000-8000-000000000000")
    async with whatsapp.bridge.session.get(other, headers=agent.headers) as response:
        assert response.status == 404


async def test_a_document_is_only_saved_under_the_name_it_came_with(whatsapp: WhatsApp) -> None:
    medium = whatsapp.graph.media.add(PDF, "application/pdf")
    sent = {"id": medium.id, "mime_type": "application/pdf", "filename": '../Rechnung "März".pdf'}
    await whatsapp.meta.say(ERIKA, message("document", sent))
    agent = await whatsapp.bridge.agent()
    conversation, found = await ended(whatsapp, agent)
    url = f"{whatsapp.bridge.url}desk/api/conversations/{conversation}/attachments/{found['id']}"
    async with whatsapp.bridge.session.get(url, headers=agent.headers) as response:
        disposition = response.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=UTF-8''Rechnung%20%22M%C3%A4rz%22.pdf"


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("image", HTML, "refused"),
        ("image", JPEG + b"\x00" * 6_000_000, "refused"),
        ("sticker", JPEG, "refused"),
        ("document", HTML, "refused"),
        ("audio", OGG, "stored"),
    ],
    ids=["a page as a picture", "too large", "a picture as a sticker", "a page as a document", "a voice"],
)
async def test_only_what_may_be_kept_is_kept(
    whatsapp: WhatsApp, whatsapp_settings: Settings, kind: str, content: bytes, status: str
) -> None:
    medium = whatsapp.graph.media.add(content, "application/pdf")
    await whatsapp.meta.say(ERIKA, message(kind, {"id": medium.id, "mime_type": "application/pdf"}))
    agent = await whatsapp.bridge.agent()
    conversation, found = await ended(whatsapp, agent)
    assert found["status"] == status
    assert len(files_in(whatsapp_settings.attachments_folder)) == (status == "stored")
    url = f"{whatsapp.bridge.url}desk/api/conversations/{conversation}/attachments/{found['id']}"
    async with whatsapp.bridge.session.get(url, headers=agent.headers) as response:
        assert response.status == (200 if status == "stored" else 410)


async def test_a_file_that_whatsapp_no_longer_has_is_gone(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, message("image", {"id": "4711"}))
    _, found = await ended(whatsapp, await whatsapp.bridge.agent())
    assert found["status"] == "gone"


class Names(AbstractResolver):
    """Leads every name to this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        pass


class Elsewhere:
    """A server on loopback that must not be asked, and one that sends there."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/{way:.*}", self._answer)
        self.server = TestServer(app)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        if request.path == "/round":
            raise web.HTTPFound("/round")
        if request.path == "/inner":
            raise web.HTTPFound("http://127.0.0.1:1/secret")
        if request.path == "/named":
            raise web.HTTPFound("https://files.example/secret")
        if request.path == "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(200):
                await response.write(JPEG * 10)
            return response
        if request.path == "/nothing":
            raise web.HTTPNotFound
        return web.Response(body=JPEG)


@pytest.fixture
async def elsewhere() -> AsyncIterator[Elsewhere]:
    elsewhere = Elsewhere()
    await elsewhere.server.start_server()
    yield elsewhere
    await elsewhere.server.close()


@pytest.mark.parametrize(
    ("address", "error", "reason"),
    [
        ("{own}/round", Refused, "redirect"),
        ("{own}/inner", Refused, "redirect"),
        ("{own}/named", Refused, "address"),
        ("{own}/endless", Refused, "too_large"),
        ("{own}/nothing", NotNow, "status_404"),
        ("https://files.example/x", Refused, "address"),
        ("https://elsewhere.example/x", Refused, "host"),
        ("http://files.example/x", Refused, "host"),
        ("https://files.example:8443/x", Refused, "host"),
        ("https://user:secret@files.example/x", Refused, "host"),
        ("https://files.example.evil.example/x", Refused, "host"),
        ("http://127.0.0.1:1/x", Refused, "host"),
        ("https://[::1]/x", Refused, "host"),
        ("file:///etc/passwd", Refused, "host"),
        ("//files.example/x", Refused, "host"),
        ("https://[", Refused, "host"),
    ],
)
async def test_a_hostile_media_host_gets_nothing_and_nothing_is_kept(
    elsewhere: Elsewhere, tmp_path: Path, address: str, error: type[AttachmentError], reason: str
) -> None:
    own = str(elsewhere.server.make_url("")).rstrip("/")
    hosts = Hosts(["files.example", "*.files.example"], URL(own))
    async with careful_session(hosts, PublicResolver(hosts, Names())) as session:
        downloads = Downloads(session, hosts, AttachmentFolder(tmp_path))
        url = address.format(own=own)
        with pytest.raises(error) as refused:
            await downloads.save(url, {"Authorization": "Bearer x"}, "attachment-1", Wanted("image", None, 100_000))
    assert refused.value.reason == reason
    assert files_in(tmp_path) == []


async def test_an_allowed_file_is_kept_whole_and_readable_by_the_bridge_only(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    own = elsewhere.server.make_url("")
    hosts, folder = Hosts(["files.example"], own), AttachmentFolder(tmp_path)
    async with careful_session(hosts) as session:
        fetched = await Downloads(session, hosts, folder).save(
            str(own.join(URL("/picture"))), {}, "attachment-1", Wanted("image", "image/png", 100_000)
        )
    assert (fetched.mime, fetched.size) == ("image/jpeg", len(JPEG))
    assert b"".join([chunk async for chunk in folder.read("attachment-1")]) == JPEG
    (file,) = files_in(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("kind", "declared", "head", "mime"),
    [
        ("image", "image/png", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("image", "image/svg+xml", b"<svg xmlns=", None),
        ("sticker", "image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("video", "video/mp4", b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        ("audio", "audio/mp4", b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        ("audio", "audio/mpeg", b"ID3\x04", "audio/mpeg"),
        ("audio", "audio/ogg", b"MZ\x90\x00", None),
        ("document", "text/csv", "Größe;Preis\n1;2".encode(), "text/plain"),
        ("document", "text/html", b"<html>", "text/plain"),
        ("document", "application/pdf", b"MZ\x90\x00", None),
        ("document", "application/pdf", JPEG, None),
        ("document", "application/zip", b"PK\x03\x04", None),
        (
            "document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("document", "application/octet-stream", b"\x7fELF\x02", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(kind: str, declared: str, head: bytes, mime: str | None) -> None:
    assert kept_as(kind, declared, head) == mime


async def test_a_key_cannot_leave_the_folder(tmp_path: Path) -> None:
    folder = AttachmentFolder(tmp_path)
    for key in ("../../etc/passwd", "/etc/passwd", "", "a", ".." * 8):
        with pytest.raises(ValueError, match="not a key"):
            await folder.delete(key)
