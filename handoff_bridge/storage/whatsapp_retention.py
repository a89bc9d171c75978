"""What is deleted when its time is over: worked-off updates of the inbox, and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.storage.attachments import AttachmentStatus
from handoff_bridge.storage.whatsapp_inbox import InboxStatus
from handoff_bridge.storage.whatsapp_schema import attachments
from handoff_bridge.storage.whatsapp_schema import whatsapp_updates as inbox

#: What stands at a file that was deleted because its time was over.
EXPIRED = "retention"


@dataclass(frozen=True, slots=True)
class OldFile:
    id: str
    storage_key: str


class RetentionTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def delete_updates(self, before: datetime, limit: int) -> int:
        """Delete updates that came before this time, whatever became of them; what is still to be done stays."""
        old = (
            select(inbox.c.id)
            .where(inbox.c.status != InboxStatus.NEW.value, inbox.c.received_at < before)
            .limit(limit)
            # Another bridge that deletes as well takes others.
            .with_for_update(skip_locked=True)
        )
        ids = (await self._connection.execute(old)).scalars().all()
        if ids:
            await self._connection.execute(delete(inbox).where(inbox.c.id.in_(ids)))
        return len(ids)

    async def old_files(self, before: datetime, limit: int) -> Sequence[OldFile]:
        """Lock files that came before this time and whose bytes are kept."""
        old = (
            select(attachments.c.id, attachments.c.storage_key)
            .where(
                attachments.c.status == AttachmentStatus.STORED.value,
                attachments.c.storage_key.is_not(None),
                attachments.c.created_at < before,
            )
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [OldFile(row.id, row.storage_key) for row in await self._connection.execute(old)]

    async def forget_file(self, attachment_id: str, now: datetime) -> None:
        """Its bytes are deleted: what is left says that there was a file of this kind, and nothing of its content."""
        await self._connection.execute(
            update(attachments)
            .where(attachments.c.id == attachment_id)
            .values(
                status=AttachmentStatus.GONE.value,
                storage_key=None,
                sha256=None,
                name=None,
                source=None,
                error=EXPIRED,
                updated_at=now,
            )
        )
