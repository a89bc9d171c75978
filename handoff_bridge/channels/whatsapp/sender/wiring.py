"""Sets up what sends on WhatsApp, for as long as the application lives."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from handoff_bridge.attachments.storage import AttachmentFolder
from handoff_bridge.business_whatsapp import WhatsAppRules
from handoff_bridge.channels.whatsapp.sender.budgets import Budgets
from handoff_bridge.channels.whatsapp.sender.channel import WhatsAppChannel
from handoff_bridge.channels.whatsapp.sender.client import GraphClient
from handoff_bridge.channels.whatsapp.sender.layout import WhatsAppLayout, template_body
from handoff_bridge.channels.whatsapp.sender.templates import filled
from handoff_bridge.channels.whatsapp.sender.uploads import StoredFiles, Uploads
from handoff_bridge.conversations.model import Sender
from handoff_bridge.http import keys
from handoff_bridge.outbox.courtesies import Courtesies
from handoff_bridge.outbox.dispatcher import Dispatcher, RetryPolicy
from handoff_bridge.outbox.model import REOPEN, Piece
from handoff_bridge.outbox.planner import Planner
from handoff_bridge.outbox.worker import OutboxWorker
from handoff_bridge.storage.courtesies import CourtesyTable

#: Messages on their way at once from this process.
AT_ONCE = 8
#: Beyond the time that a try can take: for storing how it ended.
LEASE_MARGIN_S = 15.0


async def sending(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context: without a number, nothing is set up and nothing is sent."""
    rules = app[keys.rules].whatsapp
    if rules is None or not rules.numbers:
        yield
        return
    settings, store, clock = app[keys.settings], app[keys.store], app[keys.clock]
    base_url = f"{str(settings.whatsapp_graph_url).rstrip('/')}/{settings.whatsapp_graph_version}"
    client = GraphClient(base_url, settings.whatsapp_access_token.get_secret_value())
    channel = whatsapp_channel(app, rules, client)
    app[keys.whatsapp_channel] = channel
    worker = OutboxWorker(
        Planner(store, clock, channel),
        Dispatcher(
            store,
            clock,
            channel,
            owner=app[keys.process_name],
            lease_margin=timedelta(seconds=LEASE_MARGIN_S),
            retry=RetryPolicy(),
        ),
        Courtesies(CourtesyTable(store.database), client, clock),
        app[keys.hub],
        app[keys.signals],
        at_once=AT_ONCE,
        alone=store.database.is_sqlite,
    )
    task = asyncio.create_task(worker.run(), name="outbox")
    yield
    await worker.stop()
    await asyncio.gather(task, return_exceptions=True)
    await client.close()


def whatsapp_channel(app: web.Application, rules: WhatsAppRules, client: GraphClient) -> WhatsAppChannel:
    return WhatsAppChannel(
        client,
        WhatsAppLayout(rules.sending.list_label, rules.sending.choose),
        Budgets({number.phone_number_id: number.messages_per_s for number in rules.numbers}),
        reopenings(rules),
        Uploads(client, StoredFiles(app[keys.store], AttachmentFolder(app[keys.settings].attachments_folder))),
        app[keys.metrics],
    )


def reopenings(rules: WhatsAppRules) -> dict[str, Piece]:
    """By number's id, the template that asks for an answer; its part is beside those of the held reply."""
    pieces = {}
    for number in rules.numbers:
        template = rules.reopening(number)
        if template is not None and template.defaults is not None:
            _, data = filled(template, template.defaults)
            pieces[number.phone_number_id] = Piece(Sender.SYSTEM, REOPEN, template_body(data), 0, 0, -1)
    return pieces
