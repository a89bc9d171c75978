"""A Rasa that follows a script: the same HTTP contract as the real channel, answers made by the test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]
Script = Callable[[Json], Awaitable[Json | int]]
SECRET = "secret-of-the-channel"


def says(*texts: str, intent: str = "greet", confidence: float = 0.9) -> Json:
    return {
        "messages": [{"text": text} for text in texts],
        "nlu": {"intent": {"name": intent, "confidence": confidence}, "entities": []},
    }


async def echo(body: Json) -> Json:
    return says(f"Sie schrieben: {body['text']}")


class ScriptedRasa:
    """``script`` gets each body and returns an answer, or a status to fail with."""

    def __init__(self) -> None:
        self.script: Script = echo
        self.bodies: list[Json] = []
        self._server: TestServer | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/bridge/webhook", self._turn)
        app.router.add_get("/webhooks/bridge/", self._health)
        self._server = TestServer(app)
        await self._server.start_server()

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return str(self._server.make_url("/"))

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.bodies]

    async def _turn(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {SECRET}":
            return web.json_response({"error": {"code": "unauthorized"}}, status=401)
        body = await request.json()
        self.bodies.append(body)
        answer = await self.script(body)
        if isinstance(answer, int):
            return web.json_response({"error": {"code": "scripted"}}, status=answer)
        return web.json_response(answer)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})


class Gate:
    """Holds a scripted answer back until the test opens it."""

    def __init__(self, answer: Json) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        self._answer = answer

    async def __call__(self, _body: Json) -> Json:
        self.reached.set()
        await self.opened.wait()
        return self._answer
