"""Sets up what receives from WhatsApp, for as long as the application lives. Without a number, nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

from aiohttp import ClientSession, web
from yarl import URL

from handoff_bridge.attachments.download import Downloads, careful_session
from handoff_bridge.attachments.hosts import Hosts
from handoff_bridge.attachments.storage import AttachmentFolder, AttachmentStore
from handoff_bridge.channels.whatsapp.inbox import InboxWorker
from handoff_bridge.channels.whatsapp.media import MediaAddresses, MediaWorker
from handoff_bridge.channels.whatsapp.reception import Reception
from handoff_bridge.channels.whatsapp.statuses import StatusReception
from handoff_bridge.channels.whatsapp.updates import MESSAGE, STATUS
from handoff_bridge.channels.whatsapp.webhook import INBOX
from handoff_bridge.conversations.arrivals import ArrivalSide
from handoff_bridge.http import keys

ATTACHMENTS: web.AppKey[AttachmentStore] = web.AppKey("attachments")


async def receiving(app: web.Application) -> AsyncIterator[None]:
    """After storage, signals and conversations."""
    settings, rules, store = app[keys.settings], app[keys.rules].whatsapp, app[keys.store]
    app[ATTACHMENTS] = AttachmentFolder(settings.attachments_folder)
    if rules is None or not rules.numbers:
        yield
        return
    clock, owner, metrics = app[keys.clock], app[keys.process_name], app[keys.metrics]
    if store.database.is_sqlite:
        # Nobody else uses this file, so whatever is leased belongs to a process that died.
        async with store.write() as tx:
            await tx.whatsapp_inbox.release_all(clock.now())
            await tx.attachments.release_all(clock.now())
    async with AsyncExitStack() as stack:
        graph = URL(str(settings.whatsapp_graph_url))
        hosts = Hosts(rules.media.hosts, graph)
        asking = await stack.enter_async_context(ClientSession())
        fetching = await stack.enter_async_context(careful_session(hosts))
        media = MediaWorker(
            store,
            clock,
            metrics,
            owner,
            MediaAddresses(
                asking,
                f"{str(graph).rstrip('/')}/{settings.whatsapp_graph_version}",
                settings.whatsapp_access_token.get_secret_value(),
            ),
            Downloads(fetching, hosts, app[ATTACHMENTS]),
            rules.media,
            app[keys.signals].conversation_changed,
        )
        arrivals = ArrivalSide(app[keys.core], timedelta(hours=settings.token_ttl_h))
        reception = Reception(rules, arrivals, clock, media.wake, app.get(keys.crossing))
        statuses = StatusReception(clock, app[keys.signals])
        inbox = InboxWorker(store, clock, metrics, owner, {MESSAGE: reception.message, STATUS: statuses.status})
        app[INBOX] = inbox
        fetch_task = asyncio.create_task(media.run(), name="attachments")
        inbox_task = asyncio.create_task(inbox.run(), name="whatsapp inbox")
        yield
        await inbox.stop()
        fetch_task.cancel()
        await asyncio.gather(inbox_task, fetch_task, return_exceptions=True)
