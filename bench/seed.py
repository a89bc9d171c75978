"""Fills a database with conversations, people and a past, by SQL: so a row starts from a known state."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Integer, String, Text, bindparam, insert, text
from sqlalchemy.types import TypeEngine

from bench.children import Json
from bench.scene import EPOCH, TEXT
from handoff_bridge.conversations.core import hash_token, new_id
from handoff_bridge.conversations.model import HandoffStatus, Kind, Reason, Sender, State
from handoff_bridge.desk.sessions import csrf_token
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.schema import UtcDateTime, agent_sessions, agents, conversations, handoffs, messages

#: Of the values in handwritten statements.
TYPES: dict[str, TypeEngine[Any]] = {
    "id": String(),
    "length": Integer(),
    "count": Integer(),
    "text": Text(),
    "at": UtcDateTime(),
}


@dataclass(frozen=True, slots=True)
class SeededAgent:
    """An agent who is signed in; ``session`` is the cookie's value."""

    id: str
    name: str
    session: str

    def job(self, port: int) -> Json:
        return {"port": port, "session": self.session, "csrf": csrf_token(self.session)}


@dataclass(frozen=True, slots=True)
class SeededConversation:
    id: str
    token: str

    def job(self, port: int, agent: int = 0, agent_port: int | None = None) -> Json:
        """``agent`` is the place in the job's list of agents."""
        return {
            "id": self.id,
            "token": self.token,
            "port": port,
            "agent": agent,
            "agent_port": agent_port or port,
            "epoch": EPOCH,
        }


class Seed:
    """Everything is written in one transaction each; times lie in the past, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._now = datetime.now(UTC)

    async def agents(self, count: int) -> list[SeededAgent]:
        made = [SeededAgent(new_id(), f"Kim {index}", secrets.token_urlsafe(32)) for index in range(count)]
        async with self._database.write() as connection:
            await connection.execute(
                insert(agents),
                [
                    {
                        "id": agent.id,
                        "email": f"{agent.id}@example.com",
                        "name": agent.name,
                        # Nobody signs in with it: the sessions are there already.
                        "password_hash": "-",
                        "disabled": False,
                        "created_at": self._now,
                    }
                    for agent in made
                ],
            )
            await connection.execute(
                insert(agent_sessions),
                [
                    {
                        "token_hash": hash_token(agent.session),
                        "agent_id": agent.id,
                        "created_at": self._now,
                        "expires_at": self._now + timedelta(hours=12),
                    }
                    for agent in made
                ],
            )
        return made

    async def conversations(
        self, count: int, state: State, owners: list[SeededAgent] | None = None
    ) -> list[SeededConversation]:
        """Conversations of one message each; ``human`` ones belong to the owners in turn."""
        made = [SeededConversation(new_id(), secrets.token_urlsafe(32)) for _ in range(count)]
        rows, requests, log = [], [], []
        for index, conversation in enumerate(made):
            owner = owners[index % len(owners)] if owners and state is State.HUMAN else None
            at = self._now - timedelta(minutes=30) + timedelta(milliseconds=index)
            handoff_id = new_id() if state in (State.WAITING, State.HUMAN) else None
            rows.append(_conversation(conversation, state, at, owner, handoff_id))
            log.append(_message(conversation, at))
            if handoff_id:
                requests.append(_handoff(handoff_id, conversation, state, at))
        async with self._database.write() as connection:
            await connection.execute(insert(conversations), rows)
            await connection.execute(insert(messages), log)
            if requests:
                await connection.execute(insert(handoffs), requests)
        return made

    async def past(self, conversation_id: str, length: int) -> None:
        """Make a conversation ``length`` messages long."""
        numbers = (
            "WITH RECURSIVE n(seq) AS (SELECT 2 UNION ALL SELECT seq + 1 FROM n WHERE seq < :length)"
            if self._database.is_sqlite
            else "WITH n AS (SELECT generate_series(2, :length) AS seq)"
        )
        await self._run(
            f"INSERT INTO messages (conversation_id, seq, id, epoch, sender, kind, text, created_at) {numbers}"
            f" SELECT :id, seq, {self._random_id}, {EPOCH},"
            " CASE seq % 2 WHEN 0 THEN 'customer' ELSE 'agent' END, 'text', :text, :at FROM n",
            "UPDATE conversations SET last_seq = :length WHERE id = :id",
            id=conversation_id,
            length=length,
        )

    async def archive(self, count: int, length: int) -> None:
        """Add ``count`` closed conversations of ``length`` messages each."""
        series = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)"
            if self._database.is_sqlite
            else "WITH n AS (SELECT generate_series(1, :count) AS i)"
        )
        numbers = (
            "WITH RECURSIVE n(seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n WHERE seq < :length)"
            if self._database.is_sqlite
            else "WITH n AS (SELECT generate_series(1, :length) AS seq)"
        )
        await self._run(
            "INSERT INTO conversations (id, channel, state, epoch, last_seq, locale, token_hash, token_expires_at,"
            f" created_at, updated_at, closed_at) {series} SELECT {self._random_id}, 'webchat', 'closed', {EPOCH},"
            f" :length, 'de', {self._random_id}, :at, :at, :at, :at FROM n",
            f"INSERT INTO messages (conversation_id, seq, id, epoch, sender, kind, text, created_at) {numbers}"
            f" SELECT id, seq, {self._random_id}, {EPOCH}, CASE seq % 2 WHEN 0 THEN 'customer' ELSE 'agent' END,"
            " 'text', :text, :at FROM n, conversations WHERE state = 'closed'",
            count=count,
            length=length,
        )

    async def settle(self) -> None:
        """Do at once what the database would do by itself in time: statistics, visibility, log on disk."""
        if self._database.is_sqlite:
            async with self._database.write() as connection:
                await connection.execute(text("ANALYZE"))
            async with self._database.engine.connect() as connection:
                await connection.exec_driver_sql("COMMIT")
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        outside = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with outside.connect() as connection:
            await connection.execute(text("VACUUM ANALYZE"))
            await connection.execute(text("CHECKPOINT"))

    @property
    def _random_id(self) -> str:
        return "lower(hex(randomblob(18)))" if self._database.is_sqlite else "gen_random_uuid()::text"

    async def _run(self, *statements: str, **values: Any) -> None:
        every = {**values, "text": TEXT, "at": self._now - timedelta(days=1)}
        async with self._database.write() as connection:
            for statement in statements:
                query = text(statement)
                names = list(query.compile().params)
                typed = query.bindparams(*(bindparam(name, type_=TYPES[name]) for name in names))
                await connection.execute(typed, {name: every[name] for name in names})


def _conversation(
    conversation: SeededConversation, state: State, at: datetime, owner: SeededAgent | None, handoff_id: str | None
) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "channel": "webchat",
        "state": state.value,
        "epoch": EPOCH,
        "last_seq": 1,
        "locale": "de",
        "token_hash": hash_token(conversation.token),
        "token_expires_at": at + timedelta(hours=72),
        "agent_id": owner.id if owner else None,
        "agent_name": owner.name if owner else None,
        "waiting_since": at if state is State.WAITING else None,
        "handoff_id": handoff_id,
        "handed_over_seq": 1 if handoff_id else None,
        "created_at": at,
        "updated_at": at,
    }


def _message(conversation: SeededConversation, at: datetime) -> dict[str, Any]:
    return {
        "conversation_id": conversation.id,
        "seq": 1,
        "id": new_id(),
        "epoch": EPOCH,
        "sender": Sender.CUSTOMER.value,
        "kind": Kind.TEXT.value,
        "text": TEXT,
        "created_at": at,
    }


def _handoff(handoff_id: str, conversation: SeededConversation, state: State, at: datetime) -> dict[str, Any]:
    return {
        "id": handoff_id,
        "conversation_id": conversation.id,
        "reason": Reason.CUSTOMER_REQUEST.value,
        "status": (HandoffStatus.CLAIMED if state is State.HUMAN else HandoffStatus.WAITING).value,
        "requested_at": at,
    }
