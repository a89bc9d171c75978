"""For whoever watches the process: alive, and ready to work."""

from aiohttp import web

from handoff_bridge.http import keys

routes = web.RouteTableDef()


@routes.get("/healthz")
async def alive(_request: web.Request) -> web.Response:
    """200 as long as the process answers."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """200 when customers can be served: the database answers and no shutdown is under way.

    Whether the bot is up is told, but does not decide: without it, customers are handed to people.
    """
    app = request.app
    database = await app[keys.store].database.is_alive()
    closing = app[keys.hub].closing
    bot = await app[keys.rasa].is_ready()
    ok = database and not closing
    body = {
        "status": "ready" if ok else "not_ready",
        "database": "up" if database else "down",
        "bot": "up" if bot else "down",
        "closing": closing,
    }
    return web.json_response(body, status=200 if ok else 503)
