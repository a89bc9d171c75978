"""WhatsApp's webhooks at a steady rate, each with one message of one of many people."""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.load.http1 import Requests, answer, connected, head
from bench.load.pace import Record, Schedule, window

Json = dict[str, Any]
#: Enough that none is waited for: each takes one webhook at a time.
CONNECTIONS = 20


async def run(job: Json, _say: Callable[[Json], Awaitable[None]]) -> Json:
    """Returns the delays in milliseconds from when each was due to its answer, and how many were not taken."""
    loop = asyncio.get_running_loop()
    record, refused = Record(), 0
    begin, end = window(record, job)
    schedule = Schedule(CONNECTIONS, job["rate"], begin - job["warm_up_s"])

    async def sender(place: int, connection: Requests) -> None:
        nonlocal refused
        number = 0
        while (due := schedule.due(place, number, loop.time())) < end:
            await asyncio.sleep(max(0.0, due - loop.time()))
            status, _ = await answer(connection, _webhook(job, number * CONNECTIONS + place))
            refused += status != 200
            record.add(due, loop.time())
            number += 1

    connections = [await connected(job["port"]) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(sender(place, connection) for place, connection in enumerate(connections)))
    for connection in connections:
        connection.close()
    return {**record.result(), "refused": refused}


def _webhook(job: Json, number: int) -> bytes:
    person = number % job["people"]
    message = {
        "from": f"49151{person:08}",
        "id": f"wamid.{secrets.token_hex(12)}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Wo ist mein Päckchen?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "49800", "phone_number_id": job["number"]},
        "contacts": [{"profile": {"name": "Erika"}, "wa_id": message["from"]}],
        "messages": [message],
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    raw = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = "sha256=" + hmac.new(job["secret"].encode(), raw, hashlib.sha256).hexdigest()
    return head("POST", "/webhooks/whatsapp", {"X-Hub-Signature-256": signature}, len(raw)) + raw
