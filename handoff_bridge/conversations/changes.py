"""Pure changes of owner: from a conversation and an intention to the next conversation and its notices.

Nothing here reads a clock, a database or a network; whoever calls stores the result in one transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from handoff_bridge.conversations.model import (
    Agent,
    Conversation,
    Draft,
    HandoffStatus,
    Reason,
    ReturnedTurns,
    State,
)
from handoff_bridge.conversations.notices import Notices
from handoff_bridge.conversations.promise import Promise
from handoff_bridge.conversations.transitions import Event, next_state
from handoff_bridge.errors import AlreadyClaimed, IllegalTransition, StaleEpoch


@dataclass(frozen=True, slots=True)
class Change:
    """``after`` has the raised epoch; its ``last_seq`` is still that of ``before``.

    ``handoff_status`` is what becomes of the handoff that ``before`` was in, if any.
    """

    before: Conversation
    after: Conversation
    notices: tuple[Draft, ...]
    handoff_status: HandoffStatus | None = None


def _move(conversation: Conversation, event: Event) -> Conversation:
    state = next_state(conversation.state, event)
    return replace(conversation, state=state, epoch=conversation.epoch + 1)


def _actor(agent: Agent) -> str:
    return f"agent:{agent.id}"


def require_owner(conversation: Conversation, agent: Agent, epoch: int) -> None:
    """Raise StaleEpoch unless ``agent`` owns the conversation under ``epoch``."""
    if conversation.state is not State.HUMAN or conversation.agent_id != agent.id or conversation.epoch != epoch:
        raise StaleEpoch(
            epoch=conversation.epoch,
            state=conversation.state.value,
            agent={"name": conversation.agent_name} if conversation.agent_name else None,
        )


class OwnerChanges:
    """Every way in which a conversation changes its owner."""

    def __init__(self, notices: Notices) -> None:
        self._notices = notices

    def request_handoff(
        self,
        conversation: Conversation,
        handoff_id: str,
        reason: Reason,
        actor: str,
        promise: Promise,
        now: datetime,
        why: str = "",
    ) -> Change:
        after = replace(
            _move(conversation, Event.REQUEST_HANDOFF),
            waiting_since=now,
            wait_reminded=False,
            handoff_id=handoff_id,
            handed_over_seq=conversation.last_seq + 1,
        )
        notices = self._notices.handoff_requested(promise, reason, actor, after.epoch, why)
        return Change(conversation, after, notices, HandoffStatus.WAITING)

    def cancel_handoff(self, conversation: Conversation) -> Change:
        after = replace(
            _move(conversation, Event.CANCEL_HANDOFF),
            waiting_since=None,
            reserved_for=None,
            handoff_id=None,
            handed_over_seq=None,
            returned=_returned(conversation, None),
        )
        notices = (self._notices.wait_cancelled(after.epoch),)
        return Change(conversation, after, notices, HandoffStatus.CANCELLED)

    def claim(self, conversation: Conversation, agent: Agent, epoch: int) -> Change:
        """Raises AlreadyClaimed (a person has it), StaleEpoch, ConversationClosed."""
        if conversation.state is State.HUMAN:
            raise AlreadyClaimed(epoch=conversation.epoch, agent={"name": conversation.agent_name})
        moved = _move(conversation, Event.CLAIM)
        if conversation.epoch != epoch:
            raise StaleEpoch(epoch=conversation.epoch, state=conversation.state.value)
        after = replace(
            moved,
            agent_id=agent.id,
            agent_name=agent.name,
            reserved_for=None,
            waiting_since=None,
            handed_over_seq=conversation.handed_over_seq or conversation.last_seq + 1,
        )
        notices = (self._notices.human_joined(agent.name, _actor(agent), after.epoch),)
        return Change(conversation, after, notices, HandoffStatus.CLAIMED)

    def transfer(self, conversation: Conversation, agent: Agent, epoch: int, to: Agent, now: datetime) -> Change:
        """Back into the queue, marked for ``to``; anybody may still pick it up."""
        require_owner(conversation, agent, epoch)
        if to.id == agent.id:
            raise IllegalTransition("A conversation cannot be passed on to oneself.")
        after = replace(
            _move(conversation, Event.TRANSFER),
            agent_id=None,
            agent_name=None,
            reserved_for=to.id,
            waiting_since=now,
            wait_reminded=False,
        )
        actor = _actor(agent)
        notices = (
            self._notices.human_left(agent.name, actor, after.epoch),
            self._notices.waiting_after_transfer(agent.name, actor, after.epoch),
        )
        return Change(conversation, after, notices, HandoffStatus.WAITING)

    def release(self, conversation: Conversation, waiting_since: datetime) -> Change:
        """The agent has dropped out: back into the queue with the time waited so far, so ahead of later ones.

        The notice tells the customer why; the system is its actor.
        """
        after = replace(
            _move(conversation, Event.RELEASE),
            agent_id=None,
            agent_name=None,
            waiting_since=waiting_since,
            wait_reminded=False,
        )
        name = conversation.agent_name or ""
        notices = (
            self._notices.human_left(name, "system", after.epoch),
            self._notices.waiting_after_drop_out(name, after.epoch),
        )
        return Change(conversation, after, notices, HandoffStatus.WAITING)

    def return_to_bot(self, conversation: Conversation, agent: Agent, epoch: int, note: str | None) -> Change:
        require_owner(conversation, agent, epoch)
        after = replace(
            _move(conversation, Event.RETURN),
            agent_id=None,
            agent_name=None,
            handoff_id=None,
            handed_over_seq=None,
            returned=_returned(conversation, note),
        )
        actor = _actor(agent)
        notices = (
            self._notices.human_left(agent.name, actor, after.epoch),
            self._notices.returned_to_bot(actor, after.epoch),
        )
        return Change(conversation, after, notices, HandoffStatus.RETURNED)

    def close_by_agent(self, conversation: Conversation, agent: Agent, epoch: int, now: datetime) -> Change:
        require_owner(conversation, agent, epoch)
        after = _closed(conversation, now)
        notice = self._notices.closed_by_agent(agent.name, _actor(agent), after.epoch)
        return Change(conversation, after, (notice,), HandoffStatus.CLOSED)

    def close_as_abandoned(self, conversation: Conversation, now: datetime) -> Change:
        after = _closed(conversation, now)
        notice = self._notices.closed_as_abandoned(after.epoch)
        return Change(conversation, after, (notice,), HandoffStatus.CLOSED)

    def close_by_customer(self, conversation: Conversation, now: datetime) -> Change:
        after = _closed(conversation, now)
        notice = self._notices.closed_by_customer(after.epoch)
        return Change(conversation, after, (notice,), HandoffStatus.CLOSED)

    def close_by_stop(self, conversation: Conversation, text: str, now: datetime) -> Change:
        """The customer wants no more messages: nothing can be written into a closed conversation."""
        after = _closed(conversation, now)
        notice = self._notices.closed_by_stop(text, after.epoch)
        return Change(conversation, after, (notice,), HandoffStatus.CLOSED)


def _closed(conversation: Conversation, now: datetime) -> Conversation:
    moved = _move(conversation, Event.CLOSE)
    return replace(moved, closed_at=now, waiting_since=None, reserved_for=None)


def _returned(conversation: Conversation, note: str | None) -> ReturnedTurns | None:
    """What people said since the bot last had its turn, with that of earlier returns it has not heard of."""
    from_seq, notes = conversation.handed_over_seq, [note]
    if (unheard := conversation.returned) is not None:
        from_seq, notes = unheard.from_seq, [unheard.note, note]
    if from_seq is None:
        return None
    return ReturnedTurns(from_seq, conversation.last_seq, "\n".join(part for part in notes if part) or None)
