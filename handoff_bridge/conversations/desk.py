"""The agent's use cases."""

from collections.abc import Mapping
from dataclasses import replace

from handoff_bridge.conversations.changes import require_owner
from handoff_bridge.conversations.core import Core
from handoff_bridge.conversations.model import Agent, Conversation, Draft, HandoffStatus, Kind, Message, Sender, State
from handoff_bridge.conversations.ports import DuplicateMessage, Guard
from handoff_bridge.errors import ConversationClosed, StaleEpoch


class DeskSide:
    """What an agent may do with a conversation; all of it is fenced by the epoch they saw."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def claim(self, conversation_id: str, agent: Agent, epoch: int) -> Conversation:
        """Take the conversation over; exactly one agent wins.

        Raises AlreadyClaimed with the winner's name, StaleEpoch, ConversationClosed, NotFound.
        """
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation.state is State.HUMAN and conversation.agent_id == agent.id:
                return conversation
            if conversation.handoff_id is None:
                # Straight from the bot: what it may have recorded for the turn that still runs goes along.
                latest = await tx.handoffs.latest(conversation_id)
                if latest is not None and latest.status is HandoffStatus.REQUESTED:
                    conversation = replace(conversation, handoff_id=latest.id)
            now = core.clock.now()
            conversation = await core.apply(tx, core.changes.claim(conversation, agent, epoch))
            await tx.turns.supersede(conversation_id, now)
            # Also where nothing of the desk is open: who takes a conversation over is there.
            await tx.agents.seen(agent.id, now)
        core.announce(conversation_id, queue=True)
        return conversation

    async def write(
        self,
        conversation_id: str,
        agent: Agent,
        epoch: int,
        client_message_id: str,
        text: str,
        data: Mapping[str, object] | None = None,
        kind: Kind = Kind.TEXT,
    ) -> tuple[Conversation, Message, bool]:
        """Send as the owner, with what the channel needs beside the words.

        Returns the conversation, the message and whether it is new.
        Raises StaleEpoch when the agent does not own the conversation under this epoch any more.
        """
        core = self._core
        now = core.clock.now()
        draft = Draft(
            Sender.AGENT, text, kind=kind, sender_name=agent.name, agent_id=agent.id,
            client_message_id=client_message_id, data=data,
        )  # fmt: skip
        try:
            conversation, message = await core.store.append(conversation_id, draft, now, Guard(agent.id, epoch))
        except (DuplicateMessage, StaleEpoch, ConversationClosed) as refused:
            async with core.store.read() as tx:
                first = await tx.messages.by_client_id(conversation_id, Sender.AGENT.value, client_message_id)
                conversation = await tx.conversations.get(conversation_id)
            if first is not None:
                return conversation, first, False
            if isinstance(refused, StaleEpoch | ConversationClosed):
                async with core.store.write() as tx:
                    conversation = await tx.conversations.get(conversation_id)
                    await tx.messages.suppress(conversation, epoch, [draft], now)
            raise
        core.signals.typing(conversation_id, Sender.AGENT.value, False)
        core.signals.messages_logged(conversation_id, [message])
        return conversation, message, True

    async def typing(self, conversation_id: str, agent: Agent, active: bool) -> None:
        """Show the customer that the owner is writing. Raises StaleEpoch for anybody else."""
        async with self._core.store.read() as tx:
            conversation = await tx.conversations.get(conversation_id)
        require_owner(conversation, agent, conversation.epoch)
        self._core.signals.typing(conversation_id, Sender.AGENT.value, active)

    async def return_to_bot(self, conversation_id: str, agent: Agent, epoch: int, note: str | None) -> Conversation:
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            change = core.changes.return_to_bot(conversation, agent, epoch, note)
            conversation = await core.apply(tx, change, note)
            # What the customer had asked the bot and no person has answered is the bot's again.
            await tx.turns.owe_again(conversation_id, conversation.last_seq, core.clock.now())
        core.announce(conversation_id, queue=True)
        core.signals.turn_due()
        return conversation

    async def transfer(self, conversation_id: str, agent: Agent, epoch: int, to: str, note: str | None) -> Conversation:
        """Pass on to another agent by id. Raises NotFound for an unknown agent."""
        core = self._core
        async with core.store.write() as tx:
            target = await tx.agents.get(to)
            conversation = await tx.conversations.get(conversation_id, lock=True)
            change = core.changes.transfer(conversation, agent, epoch, target, core.clock.now())
            conversation = await core.apply(tx, change, note)
        core.announce(conversation_id, queue=True)
        return conversation

    async def close(self, conversation_id: str, agent: Agent, epoch: int) -> Conversation:
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            change = core.changes.close_by_agent(conversation, agent, epoch, core.clock.now())
            conversation = await core.apply(tx, change)
        core.announce(conversation_id, queue=True)
        return conversation
