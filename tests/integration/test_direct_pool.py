"""The short way to PostgreSQL gives back the same rows and survives what the long way survives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.dialects.postgresql import JSON

from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.direct import Compiled, DirectPool
from tests.support.databases import fresh_postgres_database

PID = Compiled(text("SELECT pg_backend_pid() AS pid"))


@pytest.fixture
async def database(postgres_server: str) -> AsyncIterator[Database]:
    async with fresh_postgres_database(postgres_server) as url:
        database = Database(url)
        yield database
        await database.close()


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[DirectPool]:
    pool = DirectPool(database.driver_dsn, size=1)
    yield pool
    await pool.close()


async def test_columns_are_attributes_and_json_is_read(pool: DirectPool) -> None:
    statement = Compiled(select(literal({"note": "für Sie"}, JSON).label("data"), literal(7).label("seq")))
    row = await pool.fetch_one(statement, {})
    assert row is not None
    assert (row.data, row.seq) == ({"note": "für Sie"}, 7)
    with pytest.raises(KeyError):
        row.unheard_of  # noqa: B018 - reading it is the test


async def test_one_connection_serves_one_statement_after_the_other(pool: DirectPool) -> None:
    rows = await asyncio.gather(*(pool.fetch_one(PID, {}) for _ in range(5)))
    assert len({row.pid for row in rows if row is not None}) == 1


async def test_a_connection_that_the_server_cut_is_replaced(pool: DirectPool, database: Database) -> None:
    first = await pool.fetch_one(PID, {})
    assert first is not None
    async with database.read() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first.pid})
    with suppress(StoreUnavailable):  # unless the cut has not been noticed yet
        await pool.fetch_one(PID, {})
    second = await pool.fetch_one(PID, {})
    assert second is not None
    assert second.pid != first.pid


async def test_the_answer_of_a_cancelled_statement_reaches_nobody_else(pool: DirectPool) -> None:
    running = asyncio.create_task(pool.fetch_one(Compiled(text("SELECT 'late' AS word FROM pg_sleep(30)")), {}))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    row = await pool.fetch_one(Compiled(text("SELECT 'mine' AS word")), {})
    assert row is not None
    assert row.word == "mine"


async def test_without_a_server_the_store_is_unavailable() -> None:
    pool = DirectPool("postgresql://nobody@127.0.0.1:1/nothing", size=1)
    for _ in range(2):  # the only place is free again
        with pytest.raises(StoreUnavailable):
            await pool.fetch_one(PID, {})
