"""Agents, their sessions and their presence."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.model import Agent
from handoff_bridge.errors import NotFound
from handoff_bridge.storage.schema import agent_sessions, agents


class AgentTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, agent: Agent, password_hash: str, now: datetime) -> None:
        await self._connection.execute(
            insert(agents).values(
                id=agent.id,
                email=agent.email,
                name=agent.name,
                password_hash=password_hash,
                disabled=False,
                at_desk=False,
                created_at=now,
            )
        )

    async def count(self) -> int:
        query = select(func.count()).select_from(agents)
        return int((await self._connection.execute(query)).scalar_one())

    async def get(self, agent_id: str) -> Agent:
        query = select(agents).where(agents.c.id == agent_id, agents.c.disabled.is_(False))
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            raise NotFound("There is no such agent.")
        return Agent(row.id, row.email, row.name)

    async def list(self, online_since: datetime) -> Sequence[Agent]:
        query = select(agents).where(agents.c.disabled.is_(False)).order_by(agents.c.name)
        return [
            Agent(
                row.id,
                row.email,
                row.name,
                online=row.at_desk and row.last_seen_at > online_since,
            )
            for row in await self._connection.execute(query)
        ]

    async def by_email(self, email: str) -> tuple[Agent, str] | None:
        """The agent and the hash of the password; None for an unknown or disabled one."""
        query = select(agents).where(agents.c.email == email, agents.c.disabled.is_(False))
        row = (await self._connection.execute(query)).one_or_none()
        return (Agent(row.id, row.email, row.name), row.password_hash) if row else None

    async def is_known(self, email: str) -> bool:
        """Whether the address is taken, also by a disabled agent."""
        query = select(agents.c.id).where(agents.c.email == email)
        return (await self._connection.execute(query)).one_or_none() is not None

    async def set_password_hash(self, agent_id: str, password_hash: str) -> None:
        await self._connection.execute(
            update(agents).where(agents.c.id == agent_id).values(password_hash=password_hash)
        )

    async def seen(self, agent_id: str, at: datetime, *, at_desk: bool = False) -> None:
        """Note a sign of life; ``at_desk`` when it comes from an open event stream."""
        values: dict[str, object] = {"last_seen_at": at}
        if at_desk:
            values["at_desk"] = True
        await self._connection.execute(update(agents).where(agents.c.id == agent_id).values(values))

    async def left(self, agent_id: str) -> None:
        """Mark the agent as away from the desk."""
        await self._connection.execute(update(agents).where(agents.c.id == agent_id).values(at_desk=False))

    async def all_left(self) -> None:
        """Mark every agent as away: at the start of the only process, no stream is open."""
        await self._connection.execute(update(agents).values(at_desk=False))

    async def add_session(self, token_hash: str, agent_id: str, now: datetime, expires_at: datetime) -> None:
        await self._connection.execute(delete(agent_sessions).where(agent_sessions.c.expires_at < now))
        await self._connection.execute(
            insert(agent_sessions).values(
                token_hash=token_hash, agent_id=agent_id, created_at=now, expires_at=expires_at
            )
        )

    async def drop_session(self, token_hash: str) -> None:
        await self._connection.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == token_hash))
