"""A writer that is cancelled half way, by a client that goes or by a stop, must not leave the database locked."""

import asyncio
import contextlib
from pathlib import Path

from sqlalchemy import text

from handoff_bridge.storage.database import Database


async def test_a_writer_cancelled_at_any_moment_leaves_no_lock_behind(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'h.db'}")
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE t (n INTEGER)"))

    async def write() -> None:
        async with database.write() as connection:
            for number in range(3):
                await connection.execute(text("INSERT INTO t VALUES (:n) RETURNING n"), {"n": number})

    try:
        for steps in range(60):
            writer = asyncio.create_task(write())
            for _ in range(steps):
                await asyncio.sleep(0)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
            # Waits as long as SQLite waits for a lock, if there is one.
            await write()
        async with database.read() as connection:
            rows = (await connection.execute(text("SELECT count(*) FROM t"))).scalar_one()
        assert rows % 3 == 0, "a cancelled writer writes all or nothing"
    finally:
        await database.close()
