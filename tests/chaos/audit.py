"""After a run: wait until nothing is under way, then hold every conversation to its promises."""

import asyncio

from sqlalchemy import func, select

from handoff_bridge.conversations.model import State
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.schema import conversations, suppressed_messages, turns
from handoff_bridge.storage.store import SqlStore
from handoff_bridge.storage.turns import OPEN
from tests.chaos.ledger import Ledger
from tests.support.invariants import BrokenPromise, check_conversation

#: A lease of a killed bridge has to end first, then a few tries, then a person is asked.
DRAIN_S = 90.0


class Audit:
    def __init__(self, database_url: str, ledger: Ledger) -> None:
        self._database = Database(database_url)
        self._store = SqlStore(self._database)
        self._ledger = ledger

    async def close(self) -> None:
        await self._database.close()

    async def drained(self) -> None:
        """Return when the bot owes nothing in any conversation it owns; too late is a problem."""
        owed: list[str] = []
        try:
            async with asyncio.timeout(DRAIN_S):
                while True:
                    owed = await self._owed()
                    if not owed:
                        return
                    await asyncio.sleep(0.25)
        except TimeoutError:
            self._ledger.problems.append(f"after {DRAIN_S:.0f} s still owed: {owed}")

    async def check(self) -> None:
        """Look at every log; what is wrong goes to the ledger's problems."""
        async with self._database.read() as connection:
            ids = list((await connection.execute(select(conversations.c.id))).scalars())
            late = (await connection.execute(select(func.count()).select_from(suppressed_messages))).scalar_one()
        self._ledger.counts["kept back as too late"] = late
        for conversation_id in ids:
            await self._check_one(conversation_id)
        for conversation_id in self._ledger.acknowledged:
            self._ledger.problems.append(f"conversation {conversation_id} is gone, though messages were acknowledged")

    async def _check_one(self, conversation_id: str) -> None:
        async with self._store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
            log = await tx.messages.after(conversation_id, 0, 100_000)
        acknowledged = self._ledger.acknowledged.pop(conversation_id, [])
        counts = self._ledger.counts
        counts["conversations"] += 1
        counts["messages"] += len(log)
        counts["changes of owner"] += conversation.epoch - 1
        counts["acknowledged"] += len(acknowledged)
        try:
            check_conversation(conversation, log, acknowledged, drained=True)
        except BrokenPromise as broken:
            self._ledger.problems.append(str(broken))

    async def _owed(self) -> list[str]:
        query = (
            select(turns.c.message_id)
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .where(turns.c.status == OPEN, conversations.c.state == State.BOT.value)
        )
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())
