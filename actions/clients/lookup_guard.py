"""Counts wrong proofs of identity per number, across all conversations and processes, and locks the number.

Kept apart from the systems that are asked: it protects them and none of them need know it. Numbers are stored as
digests; a row is of no use to who finds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url

from actions import settings
from actions.errors import LookupGuardUnavailable

#: So many wrong proofs for one number within this time lock it for the rest of the time.
WRONG_PROOFS_BEFORE_LOCK = 3
WINDOW_S = 24 * 3600
TIMEOUT_S = 4.0
_SQLITE_BUSY_S = 2

metadata = sa.MetaData()
wrong_proofs = sa.Table(
    "wrong_proofs",
    metadata,
    # The message that brought it: a repeated turn counts once.
    sa.Column("message_id", sa.String(128), primary_key=True),
    sa.Column("subject", sa.String(64), nullable=False, index=True),
    sa.Column("at", sa.Float, nullable=False),
)


class LookupGuard(Protocol):
    """Where wrong proofs are counted. A subject is a kind and a number: "order:10423345".

    All methods raise `LookupGuardUnavailable` when it does not answer: then nothing may be told.
    """

    async def is_locked(self, subject: str) -> bool:
        """Whether nothing may be told about it at the moment."""

    async def count_wrong(self, subject: str, message_id: str) -> bool:
        """Counts a wrong proof, once per message; returns whether the subject is locked now."""

    async def clear(self, subject: str) -> None:
        """The right proof was given: earlier wrong ones no longer count."""


class SqlLookupGuard:
    """The guard in a database of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def is_locked(self, subject: str) -> bool:
        """See `LookupGuard.is_locked`."""
        return await self._run(lambda connection: _count(connection, _digest(subject)) >= WRONG_PROOFS_BEFORE_LOCK)

    async def count_wrong(self, subject: str, message_id: str) -> bool:
        """See `LookupGuard.count_wrong`."""

        def count(connection: Connection) -> bool:
            digest, now = _digest(subject), time.time()
            connection.execute(sa.delete(wrong_proofs).where(wrong_proofs.c.at < now - WINDOW_S))
            known = connection.execute(sa.select(wrong_proofs.c.at).where(wrong_proofs.c.message_id == message_id))
            if known.first() is None:
                row = {"message_id": message_id, "subject": digest, "at": now}
                connection.execute(sa.insert(wrong_proofs).values(**row))
            return _count(connection, digest) >= WRONG_PROOFS_BEFORE_LOCK

        return await self._run(count)

    async def clear(self, subject: str) -> None:
        """See `LookupGuard.clear`."""

        def clear(connection: Connection) -> bool:
            connection.execute(sa.delete(wrong_proofs).where(wrong_proofs.c.subject == _digest(subject)))
            return True

        await self._run(clear)

    async def _run(self, work: Callable[[Connection], bool]) -> bool:
        def run() -> bool:
            with engine(self._url).begin() as connection:
                return work(connection)

        try:
            return await asyncio.wait_for(asyncio.to_thread(run), TIMEOUT_S)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError, OSError) as error:
            raise LookupGuardUnavailable(f"Wrong proofs cannot be counted ({type(error).__name__}).") from error


def configured_guard() -> LookupGuard:
    """The guard the environment names."""
    return SqlLookupGuard(settings.lookup_guard_url())


def _count(connection: Connection, digest: str) -> int:
    recent = sa.and_(wrong_proofs.c.subject == digest, wrong_proofs.c.at >= time.time() - WINDOW_S)
    return int(connection.execute(sa.select(sa.func.count()).where(recent)).scalar_one())


def _digest(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """The connections to a guard's database, made once, with its table."""
    sqlite = url.startswith("sqlite")
    if sqlite and (file := make_url(url).database):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(url, connect_args={"timeout": _SQLITE_BUSY_S} if sqlite else {}, pool_pre_ping=True)
    # Another process may make the table at the same moment; whether it is there shows at the first use.
    with contextlib.suppress(sa.exc.SQLAlchemyError):
        metadata.create_all(made)
    return made
