"""The bot's use cases: a turn is owed for each customer message and ends in an answer or a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from handoff_bridge.conversations.core import Core, new_id
from handoff_bridge.conversations.model import (
    BotAnswer,
    Conversation,
    Decision,
    Handoff,
    HandoffDetails,
    HandoffStatus,
    Message,
    Reason,
    Sender,
    State,
    Turn,
)
from handoff_bridge.conversations.ports import Transaction
from handoff_bridge.conversations.promise import Promise
from handoff_bridge.errors import BotError, ConversationClosed, StaleEpoch


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a failed turn is tried again, and when a person is asked instead.

    The waits have to outlast a restart of Rasa, but no customer should look at nothing for longer.
    """

    give_up_after_s: float = 45.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 5.0
    max_attempts: int = 12

    def wait_s(self, attempts: int) -> float:
        doublings = min(attempts - 1, 30)  # no more than a float can hold
        return min(self.first_wait_s * 2.0**doublings, self.longest_wait_s)


class Outcome(StrEnum):
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    SUPPRESSED = "suppressed"
    RETRY = "retry"
    LEASE_LOST = "lease_lost"


class BotSide:
    """Runs turns under a lease; ``owner`` names the process that holds it."""

    def __init__(self, core: Core, owner: str, lease: timedelta, retry: RetryPolicy) -> None:
        self._core = core
        self.owner = owner
        self._lease = lease
        self._retry = retry

    async def claim_turns(self, limit: int) -> Sequence[Turn]:
        core = self._core
        return await core.store.claim_turns(self.owner, self._lease, limit, core.clock.now())

    async def returned_messages(self, turn: Turn) -> Sequence[Message]:
        """What was written between the handover and the return, for the bot's memory."""
        if turn.returned is None:
            return ()
        span = turn.returned
        async with self._core.store.read() as tx:
            messages = await tx.messages.after(turn.conversation_id, span.from_seq - 1, span.to_seq - span.from_seq + 1)
        people = (Sender.CUSTOMER, Sender.AGENT)
        return [m for m in messages if m.draft.sender in people and m.seq < turn.seq]

    def age_s(self, turn: Turn) -> float:
        """How long ago the turn's first attempt started."""
        return (self._core.clock.now() - turn.started_at).total_seconds()

    def typing(self, turn: Turn, active: bool) -> None:
        """Show the customer that an answer is being made, or no longer."""
        self._core.signals.typing(turn.conversation_id, Sender.BOT.value, active)

    async def asked_for_person(self, turn: Turn) -> bool:
        """Whether the bot has asked for a person in this turn: then its answer may be empty."""
        async with self._core.store.read() as tx:
            handoff = await tx.handoffs.for_message(turn.conversation_id, turn.message_id)
        return handoff is not None

    async def release(self, turn: Turn) -> None:
        """Give a claimed turn back untouched, for instance at shutdown."""
        core = self._core
        async with core.store.write() as tx:
            await tx.turns.release(turn, self.owner, core.clock.now())

    async def complete(self, turn: Turn, answer: BotAnswer) -> Outcome:
        """Commit the bot's answer under the epoch it was made for, or record it as suppressed."""
        core = self._core
        now = core.clock.now()
        if answer.messages and turn.returned is None:
            plain = await core.store.complete_plainly(turn, self.owner, answer, now)
            if plain is not None:
                core.signals.messages_logged(turn.conversation_id, plain)
                core.signals.turn_due()
                return Outcome.ANSWERED
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(turn.conversation_id, lock=True)
            if conversation.epoch != turn.epoch or conversation.state is not State.BOT:
                return await self._suppress(tx, conversation, turn, answer)
            requested = await tx.handoffs.for_message(conversation.id, turn.message_id)
            if not await tx.turns.finish(turn, self.owner, answer.nlu, now):
                return Outcome.LEASE_LOST
            said: Sequence[Message] = ()
            if answer.messages:
                conversation, said = await tx.messages.append(conversation.id, answer.messages, now, turn.epoch)
            if turn.returned is not None:
                untold = turn.returned.after(turn.seq)
                await tx.conversations.set_returned(conversation.id, untold)
                conversation = replace(conversation, returned=untold)
            if requested is not None:
                await self._keep_word(tx, conversation, requested)
        if requested is None:
            core.signals.messages_logged(turn.conversation_id, said)
        else:
            core.announce(turn.conversation_id, queue=True)
        core.signals.turn_due()
        return Outcome.HANDED_OVER if requested else Outcome.ANSWERED

    async def fail(self, turn: Turn, error: BotError) -> Outcome:
        """Try again later, or hand over: never silence."""
        core = self._core
        now = core.clock.now()
        tried_s = (now - turn.started_at).total_seconds()
        wait_s = self._retry.wait_s(turn.attempts)
        may_retry = turn.attempts < self._retry.max_attempts and tried_s + wait_s < self._retry.give_up_after_s
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(turn.conversation_id, lock=True)
            if may_retry or conversation.state is not State.BOT:
                # While the customer waits it stays open: a person who comes ends it.
                due_at = now + timedelta(seconds=wait_s)
                held = await tx.turns.retry(turn, self.owner, due_at, error.code)
                return Outcome.RETRY if held else Outcome.LEASE_LOST
            requested = await tx.handoffs.for_message(conversation.id, turn.message_id)
            if requested and requested.status is HandoffStatus.REQUESTED:
                if not await tx.turns.finish(turn, self.owner, {}, now):
                    return Outcome.LEASE_LOST
                await core.hand_over(tx, conversation, requested.reason, Sender.BOT.value, requested)
            else:
                # Still owed, should the customer come back to the bot before a person has come.
                if not await tx.turns.retry(turn, self.owner, now, error.code):
                    return Outcome.LEASE_LOST
                decision = Decision(
                    reason=Reason.BOT_FAILURE.value,
                    score=float(turn.attempts),
                    threshold=float(self._retry.max_attempts),
                    cues=[core.notices.cue_bot_failure(turn.attempts)],
                )
                await core.hand_over(
                    tx, conversation, Reason.BOT_FAILURE, Sender.SYSTEM.value,
                    details=HandoffDetails(decision=decision),
                )  # fmt: skip
        core.announce(turn.conversation_id, queue=True)
        return Outcome.HANDED_OVER

    async def record_handoff(
        self, conversation_id: str, message_id: str, reason: Reason, details: HandoffDetails
    ) -> tuple[Handoff, Promise, bool]:
        """Take a handoff that the bot asks for; idempotent per triggering message.

        While that message's turn runs, the request is only recorded: the owner changes when the turn
        is complete, so that the bot's last words come before the notice. Returns the handoff, what may
        be promised and whether it is new. Raises ConversationClosed, StaleEpoch, NotFound.
        """
        core = self._core
        queue = False
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            known = await tx.handoffs.for_message(conversation_id, message_id)
            if known is not None:
                return known, await core.promise(tx, conversation), False
            if conversation.state is State.CLOSED:
                raise ConversationClosed(state=conversation.state.value)
            if conversation.state is not State.BOT:
                # The customer asked for a person while the bot was thinking: keep what the bot knows.
                handoff = await self._attach(tx, conversation, message_id, details)
                return handoff, await core.promise(tx, conversation), False
            running = await tx.turns.is_running(conversation_id, message_id)
            if running is False:
                raise StaleEpoch(epoch=conversation.epoch, state=conversation.state.value)
            handoff = Handoff(
                new_id(), conversation_id, reason, HandoffStatus.REQUESTED,
                core.clock.now(), message_id, details,
            )  # fmt: skip
            await tx.handoffs.add(handoff)
            promise = await core.promise(tx, conversation)
            if running is None:
                await core.hand_over(tx, conversation, reason, Sender.BOT.value, handoff)
                handoff = await tx.handoffs.get(handoff.id)
                queue = True
        if queue:
            core.announce(conversation_id, queue=True)
        return handoff, promise, True

    async def _keep_word(self, tx: Transaction, conversation: Conversation, requested: Handoff) -> None:
        """The bot has said that it gets a person, so it does.

        Also when the customer had asked as well and stopped waiting before these words came: then as a new handoff.
        """
        if requested.status is HandoffStatus.REQUESTED:
            await self._core.hand_over(tx, conversation, requested.reason, Sender.BOT.value, requested)
            return
        await self._core.hand_over(
            tx, conversation, requested.reason, Sender.BOT.value, details=requested.details
        )  # fmt: skip

    async def _suppress(self, tx: Transaction, conversation: Conversation, turn: Turn, answer: BotAnswer) -> Outcome:
        """Keep a late answer for the designer's eye; never show it to the customer."""
        core = self._core
        now = core.clock.now()
        # The message has no answer yet. A person who came has ended the turn; otherwise it is run again as soon as
        # the bot owns the conversation, under the epoch of then.
        held = await tx.turns.retry(turn, self.owner, now, "stale_epoch")
        await tx.messages.suppress(conversation, turn.epoch, answer.messages, now)
        return Outcome.SUPPRESSED if held else Outcome.LEASE_LOST

    async def _attach(
        self, tx: Transaction, conversation: Conversation, message_id: str, details: HandoffDetails
    ) -> Handoff:
        if conversation.handoff_id is None:
            raise StaleEpoch(epoch=conversation.epoch, state=conversation.state.value)
        handoff = await tx.handoffs.get(conversation.handoff_id)
        if not handoff.details:
            await tx.handoffs.attach(handoff.id, message_id, details)
        return handoff
