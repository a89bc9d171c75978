"""``python -m bench.rasa SECRET``: a server that answers as Rasa's channel does, at once."""

import asyncio
import json
import sys

from aiohttp import web

ANSWER = {
    "messages": [{"text": "Ihre Bestellung ist unterwegs und kommt voraussichtlich morgen bei Ihnen an."}],
    "nlu": {"intent": {"name": "track_order", "confidence": 0.97}, "intent_ranking": [], "entities": []},
}


async def main(secret: str) -> None:
    async def turn(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {secret}":
            raise web.HTTPUnauthorized
        await request.json()
        return web.json_response(ANSWER)

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application()
    app.router.add_post("/webhooks/bridge/webhook", turn)
    app.router.add_get("/webhooks/bridge/", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(json.dumps({"event": "ready", "port": runner.addresses[0][1]}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
