"""The one table that says which change of owner is legal: (state, event) → state."""

from enum import StrEnum

from handoff_bridge.conversations.model import State
from handoff_bridge.errors import ConversationClosed, IllegalTransition


class Event(StrEnum):
    REQUEST_HANDOFF = "request_handoff"
    CANCEL_HANDOFF = "cancel_handoff"
    CLAIM = "claim"
    TRANSFER = "transfer"
    RELEASE = "release"
    RETURN = "return"
    CLOSE = "close"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.BOT, Event.REQUEST_HANDOFF): State.WAITING,
    (State.WAITING, Event.CANCEL_HANDOFF): State.BOT,
    (State.WAITING, Event.CLAIM): State.HUMAN,
    # A person may step in before the bot asks for one.
    (State.BOT, Event.CLAIM): State.HUMAN,
    (State.HUMAN, Event.TRANSFER): State.WAITING,
    (State.HUMAN, Event.RELEASE): State.WAITING,
    (State.HUMAN, Event.RETURN): State.BOT,
    (State.BOT, Event.CLOSE): State.CLOSED,
    (State.WAITING, Event.CLOSE): State.CLOSED,
    (State.HUMAN, Event.CLOSE): State.CLOSED,
}


def next_state(state: State, event: Event) -> State:
    """Return the state after ``event``.

    Raises ConversationClosed when the conversation is closed, IllegalTransition otherwise.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        if state is State.CLOSED:
            raise ConversationClosed(state=state.value) from None
        raise IllegalTransition(
            f"'{event.value}' is not possible while the conversation is '{state.value}'.",
            state=state.value,
            event=event.value,
        ) from None
