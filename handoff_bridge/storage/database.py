"""The engine and its transactions, for SQLite (one process) and PostgreSQL (several)."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.storage.direct import UNAVAILABLE, Compiled, DirectPool

#: How long SQLite waits for another process's write lock, in milliseconds.
SQLITE_BUSY_MS = 10_000
POOL_SIZE = 10
#: Beside the pool above; enough to fill a commit to disk with what many people write at once.
DIRECT_POOL_SIZE = 8


class Database:
    """Hands out transactions. On SQLite writers of this process queue here, not in busy loops."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = asyncio.Lock()
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=POOL_SIZE,
            # An error would quote what customers write.
            hide_parameters=True,
        )
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
            event.listen(self.engine.sync_engine, "invalidate", _let_go_sqlite)
        else:
            event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        # Shares the pool; without BEGIN and COMMIT around it, a query is one round trip.
        self._single = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        #: Only on PostgreSQL: the short way for what every message runs.
        self.direct = None if self.is_sqlite else DirectPool(self.driver_dsn, DIRECT_POOL_SIZE)

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that may change rows; it commits at the end and rolls back on any error.

        This and the one below raise StoreUnavailable when the database cannot be reached.
        """
        return _available(self._write_sqlite() if self.is_sqlite else self.engine.begin())

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """For reading: one consistent picture on SQLite; elsewhere each query sees what is committed."""
        return _available(self.engine.connect() if self.is_sqlite else self._single.connect())

    async def rows(self, statement: Compiled, values: Mapping[str, object]) -> Sequence[Any]:
        """Run a prepared query the short way where there is one; every row has its columns as attributes."""
        if self.direct is not None:
            try:
                return await self.direct.fetch(statement, values)
            except StoreUnavailable:
                # A connection that broke unnoticed since its last use; reading can be repeated.
                return await self.direct.fetch(statement, values)
        async with self.read() as connection:
            return (await connection.execute(statement.statement, values)).all()

    async def is_alive(self) -> bool:
        """Whether a trivial query is answered."""
        try:
            async with self.read() as connection:
                await connection.execute(text("SELECT 1"))
        except StoreUnavailable:
            return False
        return True

    @property
    def driver_dsn(self) -> str:
        """The address as PostgreSQL's driver takes it, with the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def close(self) -> None:
        if self.direct is not None:
            await self.direct.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def _write_sqlite(self) -> AsyncIterator[AsyncConnection]:
        async with self._writer, self.engine.connect() as connection:
            await connection.execution_options(handschlag_write=True)
            async with connection.begin():
                yield connection


@asynccontextmanager
async def _available(
    opened: AbstractAsyncContextManager[AsyncConnection],
) -> AsyncIterator[AsyncConnection]:
    """Tell an unreachable database from every other error."""
    try:
        async with opened as connection:
            yield connection
    except DBAPIError as error:
        # A server that starts or stops says so in errors that SQLAlchemy has no class of its own for.
        said = error.orig.__cause__ if error.orig is not None else None
        if (
            error.connection_invalidated
            or isinstance(error, InterfaceError | OperationalError)
            or isinstance(said, UNAVAILABLE)
        ):
            raise StoreUnavailable from error
        raise
    # Connecting fails with the driver's own errors.
    except (OSError, PoolTimeout, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StoreUnavailable from error


def _refuse_closed(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: object) -> None:
    # The driver has noticed that the server is gone; asking costs no round trip. The pool connects anew.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # SQLAlchemy's own BEGIN is issued below; the driver must not start transactions by itself.
    connection.isolation_level = None
    # SQLite's own lower() knows ASCII only; searching for "über" must find "Über".
    connection.create_function("lower", 1, _lower)
    cursor = connection.cursor()
    # FULL: an acknowledged message survives a power cut, not only a crash of the process.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={SQLITE_BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _let_go_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry, _error: BaseException | None) -> None:
    # Whoever is cancelled in the middle of a statement leaves a cursor behind. With one open, SQLite closes the
    # connection only in name and goes on holding the write lock; after a rollback there is nothing left to hold.
    connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the write lock at once: a reader that turns writer could fail half way.
    writes = connection.get_execution_options().get("handschlag_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
