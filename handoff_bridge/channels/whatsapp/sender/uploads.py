"""Files of ours on their way out: handed to the Graph API first, then named in the message by the id it gives them."""

from dataclasses import dataclass
from typing import Any, Protocol

from handoff_bridge.channels.whatsapp.sender.client import GraphClient
from handoff_bridge.outbox.outcomes import Outcome, Refused


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    mime: str
    name: str


class Files(Protocol):
    async def read(self, attachment_id: str) -> File | None:
        """None for one that is not there any more."""
        ...


class Uploads:
    def __init__(self, client: GraphClient, files: Files | None) -> None:
        self._client = client
        self._files = files

    async def prepare(self, account: str, body: dict[str, Any]) -> dict[str, Any] | Outcome:
        """The message with the file's id in place of the attachment's; why not, if it cannot be uploaded."""
        kind = body["type"]
        content = body.get(kind)
        if not isinstance(content, dict) or "attachment_id" not in content:
            return body
        file = await self._files.read(str(content["attachment_id"])) if self._files is not None else None
        if file is None:
            return Refused(None, "the attachment is gone")
        uploaded = await self._client.upload(account, file.content, file.mime, file.name)
        if not isinstance(uploaded, str):
            return uploaded
        named = {name: value for name, value in content.items() if name != "attachment_id"}
        return {**body, kind: {"id": uploaded, **named}}
