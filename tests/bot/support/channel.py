"""The channel on a real HTTP server, as Rasa serves it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.core.agent import Agent
from rasa.core.channels import channel
from sanic import Sanic

from components.bridge_channel import BridgeChannel
from tests.support.ports import free_port

SECRET = "channel-secret"

# Without it Sanic rewrites its own methods at the first start so that there can be no second server in a process.
Sanic.test_mode = True


@dataclass(frozen=True)
class ChannelClient:
    """Sends what the bridge sends."""

    session: aiohttp.ClientSession
    url: str

    async def post(self, body: object, secret: str | None = SECRET) -> tuple[int, dict[str, Any]]:
        """Status and decoded body."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        async with self.session.post(f"{self.url}/webhooks/bridge/webhook", json=body, headers=headers) as response:
            return response.status, await response.json()

    async def say(
        self, conversation_id: str, text: str, message_id: str | None = None, **metadata: Any
    ) -> tuple[int, dict[str, Any]]:
        """One customer message."""
        return await self.post(
            {
                "conversation_id": conversation_id,
                "message_id": message_id or uuid.uuid4().hex,
                "text": text,
                "metadata": {"channel": "webchat", "locale": "de", "is_payload": False, "returned": None, **metadata},
            }
        )


@asynccontextmanager
async def serving(agent: Agent | None) -> AsyncIterator[ChannelClient]:
    """Serves the channel in front of an agent until the block ends."""
    app = Sanic(f"channel_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = agent
    channel.register([BridgeChannel(SECRET)], app, route="/webhooks/")
    port = free_port()
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True, access_log=False)
    assert server is not None
    await server.startup()
    try:
        async with aiohttp.ClientSession() as session:
            yield ChannelClient(session, f"http://127.0.0.1:{port}")
    finally:
        server.close()
        await server.wait_closed()
