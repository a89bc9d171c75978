"""The Graph API over HTTP, and a control API beside it under ``/_fake/``."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.graph import control, phone_page
from tests.fakes.graph.clock import FakeClock
from tests.fakes.graph.errors import GraphError
from tests.fakes.graph.faults import Fault, Faults
from tests.fakes.graph.ledger import Ledger
from tests.fakes.graph.limits import Limits
from tests.fakes.graph.media import Media
from tests.fakes.graph.people import People
from tests.fakes.graph.phone_line import PhoneLine
from tests.fakes.graph.webhooks import Webhooks

Json = dict[str, Any]
VERSION = r"/v{version:\d+\.\d+}"
#: How long a caller is left hanging, in seconds.
HANG_S = 60.0
MAX_MEDIA = 100 * 1024 * 1024
ACCESS_TOKEN = "access-token-of-the-fake-graph"
APP_SECRET = "app-secret-of-the-fake-graph"
VERIFY_TOKEN = "verify-token-of-the-fake-graph"


class FakeGraph:
    """Everything behind one access token. ``templates`` are those of business.yml: variables by (name, language)."""

    def __init__(
        self,
        templates: Mapping[tuple[str, str], int] | None = None,
        seed: int = 0,
        *,
        access_token: str = ACCESS_TOKEN,
        app_secret: str = APP_SECRET,
    ) -> None:
        self.clock = FakeClock()
        self.rng = random.Random(seed)
        self.people = People()
        self.media = Media(self.clock.now)
        self.ledger = Ledger()
        self.faults = Faults(self.rng)
        self.webhooks = Webhooks(app_secret, self.rng)
        self.lines: dict[str, PhoneLine] = {}
        self.access_token = access_token
        #: How long a call takes at most before the message is looked at, and as long again before it is answered.
        self.slow_s = 0.0
        self.in_flight = 0
        self._templates = dict(templates or {})
        #: For the phone page: how a template reads, and where the bridge keeps when customers have written.
        self.template_texts: dict[tuple[str, str], str] = {}
        self.bridge_database: str | None = None
        self._server: TestServer | None = None

    def add_line(self, number_id: str, display: str) -> PhoneLine:
        """A business number that may be sent from."""
        line = PhoneLine(
            number_id, display, self.people, self.media, self.webhooks, self.ledger,
            Limits(self.clock.now), self.clock.now, self.rng, self._templates,
        )  # fmt: skip
        self.lines[number_id] = line
        return line

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_MEDIA + 1024 * 1024)
        app.router.add_post(VERSION + r"/{number_id:\d+}/messages", self._messages)
        app.router.add_post(VERSION + r"/{number_id:\d+}/media", self._upload)
        app.router.add_get(VERSION + r"/{media_id:\d+}", self._describe_media)
        app.router.add_get("/whatsapp_business/attachments/", self._download)
        app.add_routes(control.routes_of(self))
        app.add_routes(phone_page.routes)
        return app

    async def start(self, port: int | None = None) -> None:
        self._server = TestServer(self.application(), port=port)
        await self._server.start_server()

    async def stop(self) -> None:
        await self.webhooks.close()
        if self._server is not None:
            await self._server.close()

    async def close_server(self) -> None:
        """Be away for a while; ``start`` on the same port comes back."""
        assert self._server is not None
        await self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return str(self._server.make_url("/"))

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        self.ledger.calls["messages"] += 1
        self.in_flight += 1
        try:
            return await self._message(request)
        finally:
            self.in_flight -= 1

    async def _message(self, request: web.Request) -> web.StreamResponse:
        body = await _json_or_none(request)
        await asyncio.sleep(self.rng.random() * self.slow_s)
        try:
            line = self._line(request)
            if body is None:
                raise GraphError(100, "the body is no object", "limits")
            if body.get("status") == "read":
                line.mark_read(body)
                return web.json_response({"success": True})
            fault = self.faults.take()
            if fault is not None and fault.kind in ("error", "drop"):
                return self._fail_early(request, fault)
            accepted = line.send(body)
        except GraphError as error:
            return self._refuse(error)
        await asyncio.sleep(self.rng.random() * self.slow_s)
        if fault is not None:
            return await _fail_late(request, fault)
        answer: Json = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": body.get("to") or body.get("recipient"), "user_id": accepted.user_id}],
            "messages": [{"id": accepted.wamid}],
        }
        if body.get("type") == "template":
            answer["messages"][0]["message_status"] = "accepted"
        return web.json_response(answer)

    async def _upload(self, request: web.Request) -> web.Response:
        self.ledger.calls["upload"] += 1
        try:
            self._line(request)
            form = await request.post()
            file = form.get("file")
            if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
                raise GraphError(100, "messaging_product and file are required", "limits")
        except GraphError as error:
            return self._refuse(error)
        medium = self.media.add(file.file.read(), file.content_type, file.filename)
        return web.json_response({"id": medium.id})

    async def _describe_media(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
            medium = self.media.get(request.match_info["media_id"])
            if medium is None:
                raise GraphError(100, "Object with this ID does not exist")
        except GraphError as error:
            return self._refuse(error)
        return web.json_response(self.media.describe(medium, self.url))

    async def _download(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
        except GraphError as error:
            return self._refuse(error)
        medium = self.media.at_address(request.query.get("hash", ""))
        if medium is None:
            return web.Response(status=404, text="URL signature expired")
        return web.Response(body=medium.content, content_type=medium.mime_type)

    def _line(self, request: web.Request) -> PhoneLine:
        self._authorise(request)
        line = self.lines.get(request.match_info["number_id"])
        if line is None:
            raise GraphError(100, "Object with this ID does not exist, or there are no permissions for it", "number")
        return line

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.access_token}":
            raise GraphError(190, "Invalid OAuth access token", "unauthorized")

    def _refuse(self, error: GraphError) -> web.Response:
        self.ledger.refuse(error.code, error.breach, error.details)
        return web.json_response(error.body(), status=error.status)

    def _fail_early(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "error":
            return self._refuse(fault.error())
        return _cut(request)


async def _json_or_none(request: web.Request) -> Json | None:
    try:
        body = await request.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


async def _fail_late(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.kind == "hang":
        await asyncio.sleep(HANG_S)
    if fault.kind == "garbage":
        return web.Response(text="<html>all is well</html>", content_type="text/html")
    if fault.kind == "gateway":
        return web.Response(status=502, text="Bad Gateway")
    return _cut(request)


def _cut(request: web.Request) -> web.StreamResponse:
    """End the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
