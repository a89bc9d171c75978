"""The runner tells a running Rasa of a new model, and says plainly how it went."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from runner.errors import RunnerError
from runner.new_model import take_new_model
from tests.support.ports import free_port


@asynccontextmanager
async def rasa(status: int, body: dict[str, object]) -> AsyncIterator[tuple[int, list[str | None]]]:
    """Something that answers as Rasa's channel does: its port, and the secrets it was shown."""
    shown: list[str | None] = []

    async def model(request: web.Request) -> web.Response:
        shown.append(request.headers.get("Authorization"))
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_post("/webhooks/bridge/model", model)
    served, port = web.AppRunner(app), free_port()
    await served.setup()
    try:
        await web.TCPSite(served, "127.0.0.1", port).start()
        yield port, shown
    finally:
        await served.cleanup()


async def test_a_running_assistant_is_shown_the_secret_and_takes_the_model() -> None:
    async with rasa(200, {"model_id": "new"}) as (port, shown):
        assert await take_new_model(port, "secret")
        assert shown == ["Bearer secret"]


async def test_where_nobody_runs_nothing_is_wrong() -> None:
    assert not await take_new_model(free_port(), "secret")


async def test_a_model_that_is_not_taken_is_an_error_with_its_reason() -> None:
    async with rasa(500, {"error": {"code": "model_not_loaded"}}) as (port, _):
        with pytest.raises(RunnerError, match="model_not_loaded"):
            await take_new_model(port, "secret")
    async with rasa(404, {}) as (port, _):
        with pytest.raises(RunnerError, match="404"):
            await take_new_model(port, "secret")
