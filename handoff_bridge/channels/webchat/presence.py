"""Whether the customer has the chat open, for the agent to see. Only kept while a person is asked for or there."""

from datetime import datetime

from aiohttp import web

from handoff_bridge.conversations.model import State
from handoff_bridge.http import keys

#: How often an open stream says so again, in seconds.
RENEW_S = 15.0
SHOWN_IN = frozenset({State.WAITING.value, State.HUMAN.value})


class CustomerPresence:
    """The presence that one event stream stands for."""

    def __init__(self, app: web.Application, conversation_id: str) -> None:
        self._app = app
        self._conversation_id = conversation_id
        self._shown: datetime | None = None

    async def show(self, state: str) -> None:
        """Say that the customer is there, if the state asks for it and it was not said just now."""
        now = self._app[keys.clock].now()
        if state not in SHOWN_IN or (self._shown is not None and (now - self._shown).total_seconds() < RENEW_S):
            return
        first, self._shown = self._shown is None, now
        await self._keep(now, tell=first)

    async def leave(self) -> None:
        """Say that the customer has gone; another open tab says the opposite within RENEW_S."""
        if self._shown is not None:
            await self._keep(None, tell=True)

    async def _keep(self, at: datetime | None, *, tell: bool) -> None:
        async with self._app[keys.store].write() as tx:
            await tx.conversations.customer_seen(self._conversation_id, at)
        if tell:
            self._app[keys.signals].conversation_changed(self._conversation_id)
