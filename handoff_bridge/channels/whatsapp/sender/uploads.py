"""Files of ours on their way out: handed to the Graph API first, then named in the message by the id it gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from handoff_bridge.attachments.storage import AttachmentStore
from handoff_bridge.channels.whatsapp.sender.client import GraphClient
from handoff_bridge.outbox.outcomes import Outcome, Refused
from handoff_bridge.storage.attachments import AttachmentStatus
from handoff_bridge.storage.store import SqlStore


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    mime: str
    name: str


class Files(Protocol):
    async def read(self, attachment_id: str) -> File | None:
        """None for one that is not there any more."""
        ...


class StoredFiles:
    """Files of the attachment store, by the rows that tell of them."""

    def __init__(self, store: SqlStore, bytes_of: AttachmentStore) -> None:
        self._store = store
        self._bytes_of = bytes_of

    async def read(self, attachment_id: str) -> File | None:
        async with self._store.read() as tx:
            found = await tx.attachments.get(attachment_id)
        if found is None or found.status is not AttachmentStatus.STORED or found.storage_key is None:
            return None
        try:
            content = b"".join([chunk async for chunk in self._bytes_of.read(found.storage_key)])
        except FileNotFoundError:
            return None
        return File(content, found.mime or "application/octet-stream", found.name or found.kind)


class Uploads:
    def __init__(self, client: GraphClient, files: Files) -> None:
        self._client = client
        self._files = files

    @staticmethod
    def is_needed(body: Mapping[str, Any]) -> bool:
        """Whether the message names a file of ours."""
        content = body.get(body["type"])
        return isinstance(content, Mapping) and "attachment_id" in content

    async def prepare(self, account: str, body: dict[str, Any]) -> dict[str, Any] | Outcome:
        """The message with the file's id in place of the attachment's; why not, if it cannot be uploaded."""
        if not self.is_needed(body):
            return body
        kind = body["type"]
        content = body[kind]
        file = await self._files.read(str(content["attachment_id"]))
        if file is None:
            return Refused(None, "the attachment is gone")
        uploaded = await self._client.upload(account, file.content, file.mime, file.name)
        if not isinstance(uploaded, str):
            return uploaded
        named = {name: value for name, value in content.items() if name != "attachment_id"}
        return {**body, kind: {"id": uploaded, **named}}
