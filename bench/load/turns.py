"""Bot turns: the same question to the bot's channel directly and through the bridge, in turn."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load.http1 import call, connected, customer_headers, follow, head
from bench.scene import TEXT

Json = dict[str, Any]


async def run(job: Json, _say: Callable[[Json], Awaitable[None]]) -> Json:
    """Returns the times of both in milliseconds: until the answer is here, or seen on the customer's stream."""
    loop = asyncio.get_running_loop()
    bot, bridge = await connected(job["rasa_port"]), await connected(job["port"])
    answers: asyncio.Queue[None] = asyncio.Queue()

    def on_event(event: bytes) -> None:
        if event.startswith(b"event: message") and re.search(rb'"sender": ?"bot"', event):
            answers.put_nowait(None)

    path, headers = f"/v1/conversations/{job['id']}", customer_headers(job["token"])
    stream = await follow(job["port"], f"{path}/events?after=1", headers, on_event)
    direct_ms: list[float] = []
    bridged_ms: list[float] = []
    for number in range(-job["warm_up"], job["rounds"]):
        body = json.dumps(
            {
                "conversation_id": job["id"],
                "message_id": f"direct-{number}",
                "text": TEXT,
                "metadata": {"channel": "webchat", "locale": "de", "is_payload": False, "returned": None},
            }
        ).encode()
        auth = {"Authorization": f"Bearer {job['channel_secret']}"}
        begun = loop.time()
        await call(bot, head("POST", "/webhooks/bridge/webhook", auth, len(body)) + body, 200)
        direct_s = loop.time() - begun

        body = json.dumps({"client_message_id": f"c{number}", "text": TEXT}).encode()
        begun = loop.time()
        await call(bridge, head("POST", f"{path}/messages", headers, len(body)) + body, 202)
        async with asyncio.timeout(30):
            await answers.get()
        bridged_s = loop.time() - begun
        if number >= 0:
            direct_ms.append(direct_s * 1000)
            bridged_ms.append(bridged_s * 1000)
    for connection in (bot, bridge, stream):
        connection.close()
    return {"direct_ms": direct_ms, "bridged_ms": bridged_ms}
