"""PostgreSQL's driver without SQLAlchemy in between, for the statements that every message runs.

The statements are SQLAlchemy's all the same, only compiled once: that leaves about a quarter of the CPU time.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from handoff_bridge.errors import StoreUnavailable

#: How long a statement waits for one of the connections, in seconds.
WAIT_S = 30.0
#: These statements find rows by key, and planning costs more than running them: so they are planned once, and not for
#: the few rows that a young table has at that moment.
PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
#: What the driver raises when the server is gone, going or full; everything else is a mistake or a refusal.
UNAVAILABLE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    # A statement on a connection that was cut in the middle of another one.
    asyncpg.InternalClientError,
)


class Record(asyncpg.Record):  # type: ignore[misc]
    """A row with its columns as attributes, as SQLAlchemy's rows have them."""

    # The driver's own look-up, in C; a column that is not there is a KeyError.
    __getattr__ = asyncpg.Record.__getitem__


class Compiled:
    """A statement as text, and which of its values stands in which place."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=asyncpg_dialect())  # type: ignore[attr-defined, no-untyped-call]
        self.sql = str(compiled)
        self._fixed: Mapping[str, object] = compiled.params
        self._names: list[str] = compiled.positiontup

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The values in their places; those written into the statement itself are known."""
        fixed = self._fixed
        return [values[name] if name in values else fixed[name] for name in self._names]


class DirectTransaction:
    """Statements that are committed together."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def fetch_one(self, statement: Compiled, values: Mapping[str, object]) -> Any | None:
        """The first row or None."""
        return await self._connection.fetchrow(statement.sql, *statement.arguments(values))


class DirectPool:
    """A few connections of the driver, opened when they are needed; each statement commits by itself."""

    def __init__(self, dsn: str, size: int) -> None:
        self._dsn = dsn
        self._idle: list[asyncpg.Connection] = []
        self._places = asyncio.Semaphore(size)

    async def fetch_one(self, statement: Compiled, values: Mapping[str, object]) -> Any | None:
        """The first row or None. Raises StoreUnavailable, and what the driver raises for a refused statement."""
        async with self._connection() as connection:
            return await connection.fetchrow(statement.sql, *statement.arguments(values))

    async def fetch(self, statement: Compiled, values: Mapping[str, object]) -> Sequence[Any]:
        """All rows; raises as ``fetch_one`` does."""
        async with self._connection() as connection:
            rows: Sequence[Any] = await connection.fetch(statement.sql, *statement.arguments(values))
            return rows

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[DirectTransaction]:
        """Commits at the end and rolls back on any error; raises as ``fetch_one`` does."""
        async with self._connection() as connection, connection.transaction():
            yield DirectTransaction(connection)

    async def close(self) -> None:
        """Close what is idle; nothing may be running."""
        while self._idle:
            with suppress(*UNAVAILABLE):
                await self._idle.pop().close(timeout=1)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        await self._wait_for_place()
        connection = None
        try:
            connection = self._waiting() or await self._connect()
            yield connection
        except UNAVAILABLE as error:
            # What broke this one broke the others too, even if nobody has noticed yet.
            self._drop(connection, *self._idle)
            self._idle.clear()
            raise StoreUnavailable from error
        except asyncio.CancelledError:
            # The statement may still run: nobody else may get its answer.
            self._drop(connection)
            raise
        finally:
            if connection is not None and not connection.is_closed():
                self._idle.append(connection)
            self._places.release()

    def _drop(self, *connections: asyncpg.Connection | None) -> None:
        for connection in connections:
            if connection is not None:
                connection.terminate()

    async def _wait_for_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        try:
            async with asyncio.timeout(WAIT_S):
                await self._places.acquire()
        except TimeoutError as error:
            raise StoreUnavailable from error

    def _waiting(self) -> asyncpg.Connection | None:
        while self._idle:
            # The one used last: the others may rest.
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None

    async def _connect(self) -> asyncpg.Connection:
        try:
            connection = await asyncpg.connect(self._dsn, record_class=Record, server_settings=PLANS)
        except asyncpg.PostgresError as error:
            # Whatever keeps a connection from being made: without one the store is not there.
            raise StoreUnavailable from error
        await connection.set_type_codec("json", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        return connection
