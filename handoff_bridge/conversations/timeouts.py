"""What happens when somebody does nothing: an agent drops out, nobody claims, everybody is silent.

Several bridges may look at the same time: each change is guarded by the epoch, so it is made once.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from handoff_bridge.conversations.core import AGENT_ONLINE_FOR, Core
from handoff_bridge.conversations.model import Conversation, State
from handoff_bridge.conversations.ports import Transaction
from handoff_bridge.errors import StoreUnavailable

#: How many conversations are looked at in one round.
BATCH = 100


@contextmanager
def _noted(failed: list[Exception]) -> Iterator[None]:
    """Keep what fails for later; without a store nothing else would work either."""
    try:
        yield
    except StoreUnavailable:
        raise
    except Exception as error:
        failed.append(error)


class Timeouts:
    """Looks once at everything that is overdue; call it every few seconds."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._rules = core.rules.timeouts

    async def run_once(self) -> int:
        """Do what is overdue and return how many conversations that concerned.

        Raises ExceptionGroup at the end for what failed: one conversation's trouble is not another one's.
        """
        done = 0
        failed: list[Exception] = []
        for find, act in (
            (self._agent_gone, self._release),
            (self._nobody_claimed, self._remind),
            (self._abandoned, self._close),
        ):
            overdue: Sequence[Conversation] = ()
            with _noted(failed):
                async with self._core.store.read() as tx:
                    overdue = await find(tx)
            for conversation in overdue:
                with _noted(failed):
                    done += await self._act(conversation, act)
        if failed:
            raise ExceptionGroup("Some overdue conversations could not be changed.", failed)
        return done

    async def _agent_gone(self, tx: Transaction) -> Sequence[Conversation]:
        silent_since = self._core.clock.now() - timedelta(seconds=self._rules.agent_gone_after_s)
        return await tx.conversations.with_silent_agents(silent_since, BATCH)

    async def _nobody_claimed(self, tx: Transaction) -> Sequence[Conversation]:
        now = self._core.clock.now()
        capacity = await tx.conversations.capacity(now - AGENT_ONLINE_FOR)
        if not capacity.agents_online and not self._core.opening.is_open(now):
            # Who waits has been told the next opening; before it there is nothing new to say.
            return ()
        waiting_since = now - timedelta(minutes=self._rules.nobody_claims_after_min)
        return await tx.conversations.waiting_unreminded(waiting_since, BATCH)

    async def _abandoned(self, tx: Transaction) -> Sequence[Conversation]:
        silent_since = self._core.clock.now() - timedelta(hours=self._rules.abandoned_after_h)
        return await tx.conversations.silent_with_agents(silent_since, BATCH)

    async def _act(self, found: Conversation, act: Callable[[Transaction, Conversation], Awaitable[None]]) -> bool:
        async with self._core.store.write() as tx:
            conversation = await tx.conversations.get(found.id, lock=True)
            if (conversation.epoch, conversation.last_seq) != (found.epoch, found.last_seq):
                # Something happened since the look; the next round sees it as it is then.
                return False
            if conversation.wait_reminded != found.wait_reminded:
                return False
            await act(tx, conversation)
        self._core.announce(found.id, queue=conversation.state is not State.BOT)
        return True

    async def _release(self, tx: Transaction, conversation: Conversation) -> None:
        waiting_since = self._core.clock.now()
        if conversation.handoff_id is not None:
            waiting_since = (await tx.handoffs.get(conversation.handoff_id)).requested_at
        await self._core.apply(tx, self._core.changes.release(conversation, waiting_since))

    async def _remind(self, tx: Transaction, conversation: Conversation) -> None:
        notice = self._core.notices.still_waiting(conversation.epoch)
        await tx.messages.append(conversation.id, [notice], self._core.clock.now(), conversation.epoch)
        await tx.conversations.mark_reminded(conversation.id)

    async def _close(self, tx: Transaction, conversation: Conversation) -> None:
        change = self._core.changes.close_as_abandoned(conversation, self._core.clock.now())
        await self._core.apply(tx, change)
