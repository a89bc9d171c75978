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
        self._shown = now
        async with self._app[keys.store].write() as tx:
            came = await tx.conversations.customer_seen(self._conversation_id, now)
        if came:
            self._tell()

    async def leave(self) -> None:
        """Say that the customer has gone, unless another tab has shown them since."""
        if self._shown is None:
            return
        async with self._app[keys.store].write() as tx:
            left = await tx.conversations.customer_left(self._conversation_id, self._shown)
        if left:
            self._tell()

    def _tell(self) -> None:
        self._app[keys.signals].conversation_changed(self._conversation_id)
