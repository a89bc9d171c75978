"""Rasa's SQL tracker store, with failures that are not hidden and SQLite set up to be written while it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from components import event_types
from components.errors import TrackerStoreFailed
from components.turn_failures import record_failure

_BUSY_TIMEOUT_MS = 5_000

# Whoever restores conversations needs their events' classes quickly.
event_types.install()


def _tune_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.close()


class DurableTrackerStore(SQLTrackerStore):
    """Rasa keeps on talking from memory when its store fails; this one tells the channel, which then gives an error."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        dialect: str = "sqlite",
        db: str = "rasa.db",
        **options: Any,
    ) -> None:
        """`db`: the database's address (`postgresql://rasa@host/rasa`), or a file of SQLite (its folder is made).

        An address without a password leaves it to `PGPASSWORD`. The rest as for `SQLTrackerStore`.
        """
        if "://" in db:
            # Rasa takes a host of this form as the whole address.
            host = db
        elif dialect == "sqlite" and db != ":memory:":
            Path(db).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(domain, dialect=dialect, host=host, db=db, event_broker=event_broker, **options)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _tune_sqlite)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the events that are new; a failure is also recorded for the turn.

        Raises:
            TrackerStoreFailed: the database did not take them.
        """
        try:
            await super().save(tracker)
        except Exception as error:
            raise _failed("the conversation cannot be stored", error) from None

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        try:
            return await super()._retrieve(sender_id, fetch_events_from_all_sessions)
        except Exception as error:
            raise _failed("the conversation cannot be read", error) from None


def _failed(what: str, error: Exception) -> TrackerStoreFailed:
    """Only the kind of error: a database's own message quotes the events it could not store, and Rasa logs it."""
    record_failure(what)
    return TrackerStoreFailed(f"{what} ({type(error).__name__})")
