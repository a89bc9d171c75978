"""One clock for all bridges: the database's."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from handoff_bridge.storage.database import Database

log = logging.getLogger(__name__)

#: How often the clock is set again.
SET_EVERY_S = 30.0


class DatabaseClock:
    """PostgreSQL's time, carried on by the machine's monotonic clock between two looks at it.

    Leases and waiting times are compared between bridges, whose own clocks may differ by any amount.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._base = datetime.now(UTC)
        self._base_at = time.monotonic()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=time.monotonic() - self._base_at)

    async def set(self) -> None:
        """Ask the database; the answer counts for the middle of the round trip."""
        asked_at = time.monotonic()
        async with self._database.read() as connection:
            base: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        self._base_at = (asked_at + time.monotonic()) / 2
        self._base = base.astimezone(UTC)

    async def run(self) -> None:
        """Set the clock regularly until cancelled."""
        while True:
            await asyncio.sleep(SET_EVERY_S)
            try:
                await self.set()
            except Exception as error:  # the old setting is still good for a long time
                log.warning("The clock could not be set (%s).", type(error).__name__)
