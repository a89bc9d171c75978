"""Wires the parts together; what lives as long as the application is set up in cleanup contexts."""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
from aiohttp import web

from handoff_bridge.bot import internal
from handoff_bridge.bot.client import RasaBot
from handoff_bridge.bot.worker import TurnWorker
from handoff_bridge.business import BusinessRules
from handoff_bridge.channels.webchat import access, moving
from handoff_bridge.channels.webchat import routes as webchat
from handoff_bridge.channels.whatsapp import webhook as whatsapp
from handoff_bridge.channels.whatsapp.moving import Crossing
from handoff_bridge.channels.whatsapp.retention import retaining
from handoff_bridge.channels.whatsapp.sender.wiring import sending
from handoff_bridge.channels.whatsapp.wiring import receiving
from handoff_bridge.conversations.codes import CodeSigner
from handoff_bridge.conversations.core import Core, SystemClock
from handoff_bridge.conversations.customer import CustomerSide
from handoff_bridge.conversations.desk import DeskSide
from handoff_bridge.conversations.moves import MoveSide
from handoff_bridge.conversations.timeouts import Timeouts
from handoff_bridge.conversations.turns import BotSide, RetryPolicy
from handoff_bridge.desk import attachments, deliveries, templates, uploads
from handoff_bridge.desk import events as desk_events
from handoff_bridge.desk import routes as desk
from handoff_bridge.desk.sessions import Sessions
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http import health, keys, openapi, pages
from handoff_bridge.http.limits import Limits
from handoff_bridge.http.middlewares import add_security_headers, count_and_log, errors_as_json, within_limits
from handoff_bridge.metrics import Metrics
from handoff_bridge.realtime.hub import Hub
from handoff_bridge.realtime.postgres import PostgresSignals
from handoff_bridge.settings import Settings
from handoff_bridge.storage.clock import DatabaseClock
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import migrate
from handoff_bridge.storage.store import SqlStore

#: How long a turn stays with a process that says nothing more, beyond the bot's own time limit.
LEASE_MARGIN_S = 10.0
#: How often silent agents and long waits are looked for.
TIMEOUTS_EVERY_S = 5.0

log = logging.getLogger(__name__)


def build_app(settings: Settings, rules: BusinessRules) -> web.Application:
    """The whole bridge as one application; it opens nothing before it starts up."""
    app = web.Application(middlewares=[count_and_log, errors_as_json, within_limits])
    app[keys.settings] = settings
    app[keys.rules] = rules
    app[access.MEMORY] = access.TokenMemory()
    app[desk_events.STREAMS] = Counter()
    app[keys.hub] = Hub()
    app[keys.metrics] = Metrics()
    app[keys.limits] = Limits(settings.rate_limit_scale, time.monotonic)
    # Two bridges on one machine, or one restarted: each run has a name of its own.
    app[keys.process_name] = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    app.on_response_prepare.append(add_security_headers)
    app.cleanup_ctx.extend([_storage, _signals, _conversations, _bot, sending, receiving, retaining, _timeouts])
    app.on_shutdown.append(_end_streams)
    at_desk = (desk, attachments, uploads, templates, deliveries)
    for part in (webchat, moving, whatsapp, *at_desk, internal, health, openapi, pages):
        app.add_routes(part.routes)
    return app


async def _storage(app: web.Application) -> AsyncIterator[None]:
    database = Database(app[keys.settings].database_url)
    await migrate(database)
    app[keys.store] = SqlStore(database, app[keys.metrics])
    yield
    await database.close()


async def _signals(app: web.Application) -> AsyncIterator[None]:
    """On PostgreSQL other bridges are woken too, and the database's clock counts for all."""
    store, hub = app[keys.store], app[keys.hub]
    if store.database.is_sqlite:
        app[keys.clock], app[keys.signals] = SystemClock(), hub
        yield
        return
    clock = DatabaseClock(store.database)
    await clock.set()
    signals = PostgresSignals(hub, store, clock, app[keys.process_name])
    app[keys.clock], app[keys.signals] = clock, signals
    tasks = [
        asyncio.create_task(clock.run(), name="clock"),
        asyncio.create_task(signals.run(), name="signals"),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _conversations(app: web.Application) -> AsyncIterator[None]:
    settings, store = app[keys.settings], app[keys.store]
    core = Core.build(store, app[keys.clock], app[keys.signals], app[keys.rules])
    app[keys.core] = core
    app[keys.customers] = CustomerSide(core, timedelta(hours=settings.token_ttl_h))
    app[keys.desk] = DeskSide(core)
    app[keys.sessions] = Sessions(store, core.clock, timedelta(hours=settings.session_ttl_h))
    if (texts := app[keys.rules].moving) is not None:
        signer = CodeSigner(settings.internal_secret.get_secret_value())
        app[keys.moves] = MoveSide(core, signer, timedelta(hours=settings.token_ttl_h))
        app[keys.crossing] = Crossing(core, app[keys.moves], texts)
    app[keys.bot] = BotSide(
        core,
        owner=app[keys.process_name],
        lease=timedelta(seconds=settings.bot_timeout_s + LEASE_MARGIN_S),
        retry=RetryPolicy(give_up_after_s=settings.bot_give_up_after_s),
    )
    if store.database.is_sqlite:
        # Nobody else uses this file, so whatever is leased belongs to a process that died.
        async with store.write() as tx:
            await tx.turns.release_all(core.clock.now())
            await tx.agents.all_left()
    yield


async def _bot(app: web.Application) -> AsyncIterator[None]:
    settings = app[keys.settings]
    async with aiohttp.ClientSession() as session:
        rasa = RasaBot(session, str(settings.rasa_url), settings.channel_secret.get_secret_value())
        app[keys.rasa] = rasa
        worker = TurnWorker(
            app[keys.bot], rasa, app[keys.hub], app[keys.metrics], settings.bot_timeout_s, settings.bot_turns_at_once
        )
        task = asyncio.create_task(worker.run(), name="turn worker")
        yield
        await worker.stop()
        await task


async def _timeouts(app: web.Application) -> AsyncIterator[None]:
    timeouts = Timeouts(app[keys.core])

    async def look_regularly() -> None:
        while True:
            await asyncio.sleep(TIMEOUTS_EVERY_S)
            try:
                await timeouts.run_once()
            except StoreUnavailable:
                log.warning("Looking for what is overdue failed: the database is away.")
            except Exception:
                log.exception("Looking for what is overdue failed; trying again.")

    task = asyncio.create_task(look_regularly(), name="timeouts")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _end_streams(app: web.Application) -> None:
    app[keys.hub].close()
