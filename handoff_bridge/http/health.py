"""For whoever watches the process: alive, and ready to work."""

from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from handoff_bridge.conversations.core import AGENT_ONLINE_FOR
from handoff_bridge.http import keys

#: What is not done; what is dead, held or indeterminate needs somebody's eye.
OUTBOX_STATUSES = ("planned", "sending", "held", "indeterminate", "dead")

routes = web.RouteTableDef()


@routes.get("/healthz")
async def alive(_request: web.Request) -> web.Response:
    """200 as long as the process answers."""
    return web.json_response({"status": "ok"})


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """For Prometheus; what stands in the database is read now. Keep it from the internet at the proxy."""
    app = request.app
    now = app[keys.clock].now()
    async with app[keys.store].read() as tx:
        figures = await tx.desk_views.figures()
        outbox = await tx.delivery_views.figures(now)
        capacity = await tx.conversations.capacity(now - AGENT_ONLINE_FOR)
        backlog, backlog_since = await tx.whatsapp_inbox.backlog()
    known = app[keys.metrics]
    known.waiting.set(figures.waiting)
    known.oldest_wait_s.set(_age_s(figures.waiting_since, now))
    known.turns_open.set(figures.turns_open)
    known.oldest_turn_s.set(_age_s(figures.oldest_turn_at, now))
    for status in OUTBOX_STATUSES:
        known.outbox.labels(status).set(outbox.by_status.get(status, 0))
    known.outbox_oldest_s.set(_age_s(outbox.oldest_due_at, now))
    known.outbox_blocked.set(outbox.blocked_accounts)
    known.whatsapp_backlog.set(backlog)
    known.whatsapp_backlog_s.set(_age_s(backlog_since, now))
    known.with_people.set(capacity.conversations_with_agents)
    known.agents_online.set(capacity.agents_online)
    known.streams.set(app[keys.hub].stream_count)
    return web.Response(body=generate_latest(known.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _age_s(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """200 when customers can be served: the database answers and no stop is coming or under way.

    Whether the bot is up is told, but does not decide: without it, customers are handed to people.
    """
    app = request.app
    database = await app[keys.store].database.is_alive()
    closing = app[keys.hub].leaving or app[keys.hub].closing
    bot = await app[keys.rasa].is_ready()
    ok = database and not closing
    body = {
        "status": "ready" if ok else "not_ready",
        "database": "up" if database else "down",
        "bot": "up" if bot else "down",
        "closing": closing,
    }
    return web.json_response(body, status=200 if ok else 503)
