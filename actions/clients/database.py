"""What the clients of SQL databases share: one engine per address, and work in a thread with a time limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from actions.errors import ChangeUnconfirmed, SystemUnavailable

TIMEOUT_S = 4.0
_SQLITE_BUSY_S = 2

Result = TypeVar("Result")


async def look_up(url: str, work: Callable[[Connection], Result], error: type[SystemUnavailable]) -> Result:
    """Does reading work in the database at `url`.

    Raises:
        SystemUnavailable: the database did not answer in time; of the kind `error`.
    """
    return await _in_time(url, work, error)


async def change(url: str, work: Callable[[Connection], Result]) -> Result:
    """Does changing work in one transaction of the database at `url`.

    Raises:
        ChangeUnconfirmed: the database did not answer in time, so the change may or may not have been made.
    """
    return await _in_time(url, work, ChangeUnconfirmed)


async def _in_time(url: str, work: Callable[[Connection], Result], error: type[SystemUnavailable]) -> Result:
    def run() -> Result:
        with _engine(url).begin() as connection:
            return work(connection)

    try:
        # SQLAlchemy 1.4 (Rasa allows no newer one) blocks; its own thread keeps the other conversations going.
        return await asyncio.wait_for(asyncio.to_thread(run), TIMEOUT_S)
    except (sa.exc.SQLAlchemyError, asyncio.TimeoutError, OSError, LookupError) as cause:
        raise error(f"The database does not answer ({type(cause).__name__}).") from cause


def fresh_engine(url: str) -> Engine:
    """An engine for filling a database; the folder of an SQLite file is made."""
    if url.startswith("sqlite") and (database := make_url(url).database):
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    return sa.create_engine(url)


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    options = {"timeout": _SQLITE_BUSY_S} if url.startswith("sqlite") else {}
    return sa.create_engine(url, connect_args=options, pool_pre_ping=True)
