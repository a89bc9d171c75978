"""Files that agents send to a customer on WhatsApp: kept first, then written into the log, then sent like any words."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import BodyPartReader, web
from pydantic import ValidationError

from handoff_bridge.attachments.types import HEAD, kept_as, mime_of
from handoff_bridge.channels.whatsapp.wiring import ATTACHMENTS
from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Channel, Kind
from handoff_bridge.desk.access import signed_in
from handoff_bridge.desk.bodies import AgentFile
from handoff_bridge.desk.routes import ONE
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.errors import BodyTooLarge, IllegalTransition, InvalidBody
from handoff_bridge.http import keys
from handoff_bridge.storage.attachments import Attachment, AttachmentStatus

#: The largest file an agent may send, in bytes; pictures WhatsApp takes up to a smaller size, larger ones as documents.
MAX_FILE, MAX_PICTURE = 16_000_000, 5_000_000
MAX_FIELD, MAX_NAME = 16 * 1024, 200
#: What WhatsApp shows as a picture.
PICTURES = ("image/jpeg", "image/png")

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class Upload:
    about: AgentFile
    content: bytes
    name: str
    kind: str
    mime: str


@routes.post(ONE + "/attachments")
async def send_file(request: web.Request) -> web.Response:
    """A form (multipart/form-data) with client_message_id, epoch, text if wanted, and file."""
    agent = await signed_in(request)
    conversation_id = request.match_info["conversation_id"]
    async with request.app[keys.store].read() as tx:
        if (await tx.conversations.get(conversation_id)).channel is not Channel.WHATSAPP:
            raise IllegalTransition("Files are for conversations on WhatsApp.")
    upload = await _read(request)
    attachment_id = await _keep(request.app, conversation_id, upload)
    about = {"id": attachment_id, "kind": upload.kind, "mime": upload.mime, "name": upload.name}
    created = False
    try:
        _, message, created = await request.app[keys.desk].write(
            conversation_id, agent, upload.about.epoch, upload.about.client_message_id,
            upload.about.text or upload.name, {"attachment": about}, Kind.FILE,
        )  # fmt: skip
    finally:
        if not created:
            # Refused, or sent before under the same id.
            await _forget(request.app, attachment_id)
    async with request.app[keys.store].write() as tx:
        await tx.attachments.belongs_to(attachment_id, message.id)
        wire = await WhatsAppView(request.app).written(tx, message)
    return web.json_response({"message": wire}, status=202 if created else 200)


async def _read(request: web.Request) -> Upload:
    """Raises InvalidBody, BodyTooLarge."""
    if not request.content_type.startswith("multipart/form-data"):
        raise InvalidBody("A form with a file is expected.", field="file")
    fields: dict[str, str] = {}
    content, name, declared = b"", "", ""
    try:
        reader = await request.multipart()
        async for part in reader:
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise InvalidBody("The form holds something that is no field.", field=None)
            if part.name == "file":
                name, declared = part.filename or "", part.headers.get("Content-Type", "")
                content = await _bounded(part, MAX_FILE)
            else:
                fields[part.name] = (await _bounded(part, MAX_FIELD)).decode()
    except (ValueError, AssertionError) as error:
        raise InvalidBody("The form cannot be read.", field=None) from error
    return _checked(fields, content, name, declared)


def _checked(fields: dict[str, str], content: bytes, name: str, declared: str) -> Upload:
    try:
        about = AgentFile.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidBody(f"{field or 'form'}: {first['msg']}", field=field) from None
    head = content[:HEAD]
    kind = _kind(mime_of(head), len(content))
    mime = kept_as(kind, declared, head)
    if mime is None:
        raise InvalidBody("file: of a type that is not sent, or not of the type it is said to be", field="file")
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '/\\"')[-MAX_NAME:].strip()
    return Upload(about, content, name or "Datei", kind, mime)


def _kind(mime: str | None, size: int) -> str:
    if mime in PICTURES and size <= MAX_PICTURE:
        return "image"
    family = (mime or "").partition("/")[0]
    return family if family in ("audio", "video") else "document"


async def _bounded(part: BodyPartReader, most: int) -> bytes:
    raw = bytearray()
    while chunk := await part.read_chunk():
        raw += chunk
        if len(raw) > most:
            raise BodyTooLarge(max_bytes=most)
    return bytes(raw)


async def _keep(app: web.Application, conversation_id: str, upload: Upload) -> str:
    """The bytes, then the row: whoever sends the message finds both."""
    attachment_id, now = new_id(), app[keys.clock].now()
    await app[ATTACHMENTS].save(attachment_id, _once(upload.content))
    row = Attachment(
        attachment_id, conversation_id, attachment_id, upload.kind, AttachmentStatus.STORED,
        mime=upload.mime, size=len(upload.content), name=upload.name,
    )  # fmt: skip
    async with app[keys.store].write() as tx:
        sha256 = hashlib.sha256(upload.content).hexdigest()
        await tx.attachments.add_stored(row, now, sha256=sha256, storage_key=attachment_id)
    return attachment_id


async def _forget(app: web.Application, attachment_id: str) -> None:
    async with app[keys.store].write() as tx:
        await tx.attachments.forget(attachment_id)
    await app[ATTACHMENTS].delete(attachment_id)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
