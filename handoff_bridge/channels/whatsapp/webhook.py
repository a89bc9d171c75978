"""Meta's webhook: verify, keep everything, answer. What follows from it is done afterwards, from the inbox.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started. Meta delivers at least once, in no order, for
days until it is answered with 200; so that answer is given when everything is kept, and never before.
"""

import hmac
import json
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from handoff_bridge.bot.storable import storable
from handoff_bridge.channels.whatsapp.fields import mapping, words
from handoff_bridge.channels.whatsapp.inbox import InboxWorker
from handoff_bridge.channels.whatsapp.signature import HEADER, is_signed
from handoff_bridge.channels.whatsapp.updates import ERROR, UNDERSTOOD, Update, updates_of
from handoff_bridge.errors import BodyTooLarge, BridgeError, InvalidBody, InvalidSignature, NotFound, WrongVerifyToken
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import no_number, read_bounded
from handoff_bridge.storage.whatsapp_inbox import InboxStatus, Received

log = logging.getLogger(__name__)

#: What Meta sends at most, in bytes.
MAX_WEBHOOK = 3 * 1024 * 1024
ADDRESS = "/webhooks/whatsapp"
#: Further ahead than this no clock of WhatsApp's is; such a time is made up.
MAX_AHEAD_S = 60
INBOX = web.AppKey("whatsapp_inbox", InboxWorker)

routes = web.RouteTableDef()


@routes.get(ADDRESS)
async def verify(request: web.Request) -> web.Response:
    """Meta asks once, when the address is set up there, and wants its challenge back."""
    _require_whatsapp(request)
    token = request.app[keys.settings].whatsapp_verify_token.get_secret_value()
    given = request.query.get("hub.verify_token", "")
    same = hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
    if request.query.get("hub.mode") != "subscribe" or not token or not same:
        raise _refused(request, WrongVerifyToken())
    return web.Response(text=request.query.get("hub.challenge", ""))


@routes.post(ADDRESS)
async def receive(request: web.Request) -> web.Response:
    """Raises InvalidSignature, BodyTooLarge, InvalidBody: nothing is kept; StoreUnavailable: Meta sends it again."""
    _require_whatsapp(request)
    try:
        updates = updates_of(await _signed_body(request))
    except (InvalidSignature, BodyTooLarge, InvalidBody) as refused:
        raise _refused(request, refused) from None
    now = request.app[keys.clock].now()
    received = _received(updates, request, now)
    async with request.app[keys.store].write() as tx:
        kept = await tx.whatsapp_inbox.keep(received, now)
    _tell(request, kept.new, kept.duplicates)
    request.app[INBOX].wake()
    return web.json_response({"received": len(received), "new": len(kept.new)})


def _require_whatsapp(request: web.Request) -> None:
    """Raises NotFound where no number is configured."""
    if not request.app[keys.rules].whatsapp_is_on:
        raise NotFound


async def _signed_body(request: web.Request) -> object:
    raw = await read_bounded(request, MAX_WEBHOOK)
    secret = request.app[keys.settings].whatsapp_app_secret.get_secret_value()
    if not is_signed(secret, raw, request.headers.get(HEADER)):
        raise InvalidSignature
    try:
        # Deep nesting is refused here, before anybody walks through it.
        return storable(json.loads(raw, parse_constant=no_number))
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not JSON that can be kept.", field=None) from None


def _received(updates: Sequence[Update], request: web.Request, now: datetime) -> list[Received]:
    rules = request.app[keys.rules].whatsapp
    assert rules is not None
    ours = {number.phone_number_id for number in rules.numbers}
    now_s, now_us = int(now.timestamp()), int(now.timestamp() * 1_000_000)
    return [
        Received(
            update.kind,
            update.phone_number_id[:64] if update.phone_number_id else None,
            update.dedup_key,
            update.fingerprint,
            update.sender_key,
            f"{_sent_s(update, now_s):011d}{now_us:016d}{place:05d}",
            update.body,
            _status(update, ours),
        )
        for place, update in enumerate(updates)
    ]


def _sent_s(update: Update, now_s: int) -> int:
    return update.sent_s if update.sent_s is not None and update.sent_s <= now_s + MAX_AHEAD_S else now_s


def _status(update: Update, ours: set[str]) -> InboxStatus:
    if update.phone_number_id is not None and update.phone_number_id not in ours:
        return InboxStatus.FOREIGN
    if update.kind not in UNDERSTOOD:
        return InboxStatus.UNKNOWN
    # An error is told to the operator at once; there is nothing else to do with it.
    return InboxStatus.DONE if update.kind == ERROR else InboxStatus.NEW


def _tell(request: web.Request, new: Sequence[Received], duplicates: Sequence[Received]) -> None:
    """Count what came, and name to the operator what was not understood: kinds and codes, nothing that was said."""
    metrics = request.app[keys.metrics]
    counts = Counter((_counted(each.kind), each.status.value) for each in new)
    counts.update((_counted(each.kind), "duplicate") for each in duplicates)
    for (kind, outcome), count in counts.items():
        metrics.whatsapp_updates.labels(kind, outcome).inc(count)
    for each in new:
        if each.kind == ERROR:
            code = words(mapping(each.body.get("error")).get("code")) or "none"
            metrics.whatsapp_errors.labels(code[:16]).inc()
            log.warning("WhatsApp tells of an error with code %s.", code[:16])
        elif each.status in (InboxStatus.UNKNOWN, InboxStatus.FOREIGN):
            log.warning("An update of WhatsApp was kept, but nothing was done with it: %s, %s.", each.status, each.kind)


def _counted(kind: str) -> str:
    """Few names, as counters stay forever: a field of Meta's is one of some dozens, what is made up is not counted."""
    return kind if kind in UNDERSTOOD else kind.partition(":")[0]


def _refused(request: web.Request, error: BridgeError) -> BridgeError:
    request.app[keys.metrics].whatsapp_refused.labels(error.code).inc()
    log.warning("A webhook of WhatsApp was refused: %s.", error.code)
    return error
