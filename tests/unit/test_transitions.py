"""The table of owners: every state meets every event, and each pair is legal or a typed error."""

from itertools import product

import pytest

from handoff_bridge.conversations.model import State
from handoff_bridge.conversations.transitions import TRANSITIONS, Event, next_state
from handoff_bridge.errors import Conflict, ConversationClosed, IllegalTransition

#: What may happen, written down a second time on purpose: a change of the table has to be meant.
LEGAL = {
    State.BOT: {Event.REQUEST_HANDOFF: "waiting", Event.CLAIM: "human", Event.CLOSE: "closed"},
    State.WAITING: {Event.CANCEL_HANDOFF: "bot", Event.CLAIM: "human", Event.CLOSE: "closed"},
    State.HUMAN: {Event.TRANSFER: "waiting", Event.RELEASE: "waiting", Event.RETURN: "bot", Event.CLOSE: "closed"},
    State.CLOSED: {},
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_pair_of_state_and_event_is_legal_or_a_typed_error(state: State, event: Event) -> None:
    expected = LEGAL[state].get(event)
    if expected is not None:
        assert next_state(state, event) == expected
        return
    with pytest.raises(Conflict) as refused:
        next_state(state, event)
    assert type(refused.value) is (ConversationClosed if state is State.CLOSED else IllegalTransition)
    assert refused.value.details["state"] == state.value
    assert refused.value.status == 409


def test_nothing_leads_out_of_a_closed_conversation() -> None:
    assert all(state is not State.CLOSED for state, _ in TRANSITIONS)


def test_every_open_state_can_be_closed() -> None:
    closable = {state for (state, event) in TRANSITIONS if event is Event.CLOSE}
    assert closable == set(State) - {State.CLOSED}


def test_only_a_claim_puts_a_person_in_charge() -> None:
    assert {event for (_, event), after in TRANSITIONS.items() if after is State.HUMAN} == {Event.CLAIM}
