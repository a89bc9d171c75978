"""Files of customers, for agents only. They come from outside, so a browser is told to trust nothing about them."""

from urllib.parse import quote

from aiohttp import web

from handoff_bridge.attachments.types import SHOWN
from handoff_bridge.channels.whatsapp.wiring import ATTACHMENTS
from handoff_bridge.desk.access import signed_in
from handoff_bridge.errors import AttachmentNotKept, AttachmentPending, NotFound
from handoff_bridge.http import keys
from handoff_bridge.storage.attachments import Attachment, AttachmentStatus

HEADERS = {
    # Even if it were a page: no script, no form, no origin.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: Kinds that the desk shows in place; everything else is only saved.
PLAYED = ("audio/", "video/")

routes = web.RouteTableDef()


@routes.get("/desk/api/conversations/{conversation_id}/attachments/{attachment_id}")
async def attachment(request: web.Request) -> web.StreamResponse:
    """Raises AttachmentPending, AttachmentNotKept, NotFound."""
    await signed_in(request)
    async with request.app[keys.store].read() as tx:
        found = await tx.attachments.find(request.match_info["conversation_id"], request.match_info["attachment_id"])
    if found is None:
        raise NotFound("There is no such attachment.")
    if found.status is AttachmentStatus.PENDING:
        raise AttachmentPending
    if found.status is not AttachmentStatus.STORED or found.storage_key is None:
        raise AttachmentNotKept
    return await _sent(request, found, found.storage_key)


async def _sent(request: web.Request, found: Attachment, key: str) -> web.StreamResponse:
    chunks = request.app[ATTACHMENTS].read(key)
    try:
        first = await anext(chunks, b"")
    except FileNotFoundError:
        raise AttachmentNotKept from None
    mime = found.mime or "application/octet-stream"
    response = web.StreamResponse(headers={**HEADERS, "Content-Type": mime, "Content-Disposition": _disposition(found)})
    response.content_length = found.size
    await response.prepare(request)
    await response.write(first)
    async for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


def _disposition(found: Attachment) -> str:
    """RFC 6266, with the name as RFC 5987 writes it."""
    mime = found.mime or ""
    way = "inline" if mime in SHOWN or mime.startswith(PLAYED) else "attachment"
    name = found.name or f"{found.kind}-{found.id[:8]}"
    return f"{way}; filename*=UTF-8''{quote(name, safe='')}"


def attachment_to_wire(found: Attachment) -> dict[str, object]:
    about = {"mime": found.mime, "size": found.size, "name": found.name}
    return {
        "id": found.id,
        "message_id": found.message_id,
        "kind": found.kind,
        "status": found.status.value,
        **{part: held for part, held in about.items() if held is not None},
    }
