"""Hands the statuses of the inbox to the outbox."""

from handoff_bridge.channels.whatsapp.fields import mapping
from handoff_bridge.channels.whatsapp.inbox import Afterwards
from handoff_bridge.channels.whatsapp.sender.statuses import read_status
from handoff_bridge.conversations.ports import Clock, Signals
from handoff_bridge.outbox.statuses import record_status
from handoff_bridge.storage.store import SqlTransaction
from handoff_bridge.storage.whatsapp_inbox import InboxStatus, InboxUpdate


class StatusReception:
    """Handles updates of kind ``status``."""

    def __init__(self, clock: Clock, signals: Signals) -> None:
        self._clock = clock
        self._signals = signals

    async def status(self, tx: SqlTransaction, update: InboxUpdate) -> Afterwards:
        """Record it; a status of a message that is not ours is kept all the same."""
        now = self._clock.now()
        told = read_status(update.phone_number_id, mapping(update.body.get("status")), update.received_at)
        if told is None:
            await tx.whatsapp_inbox.settle(update.id, now, note="not readable", status=InboxStatus.UNKNOWN)
            return lambda: None
        recorded = await record_status(tx, told, now)
        await tx.whatsapp_inbox.settle(
            update.id, now, note=None if recorded.conversation_id else "of a message that was not sent from here"
        )

        def afterwards() -> None:
            if recorded.new and recorded.conversation_id is not None:
                self._signals.conversation_changed(recorded.conversation_id)

        return afterwards
