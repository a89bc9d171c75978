"""An empty database of either kind for one test."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

_numbers = itertools.count(1)


@asynccontextmanager
async def fresh_postgres_database(server_url: str) -> AsyncIterator[str]:
    """Yield the address of a new database on this server and drop it afterwards."""
    name = f"test_{next(_numbers)}"
    # No pool: the server may have been restarted between the two statements.
    admin = create_async_engine(f"{server_url}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        async with admin.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        yield f"{server_url}/{name}"
        async with admin.connect() as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        await admin.dispose()
