"""Changes of owner: each raises the epoch by one, tells the customer and says who did it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from handoff_bridge.conversations.changes import Change, OwnerChanges, require_owner
from handoff_bridge.conversations.model import (
    Conversation,
    HandoffStatus,
    Notice,
    Reason,
    ReturnedTurns,
    State,
)
from handoff_bridge.conversations.notices import Notices
from handoff_bridge.conversations.promise import Promise, PromiseKind
from handoff_bridge.errors import AlreadyClaimed, ConversationClosed, IllegalTransition, StaleEpoch
from tests.unit.samples import ALI, KIM, NOW, conversation, rules

LATER = NOW + timedelta(minutes=3)
QUEUED = Promise(PromiseKind.QUEUED, 1)
changes = OwnerChanges(Notices(rules()))


def request(before: Conversation) -> Change:
    return changes.request_handoff(before, "handoff-2", Reason.FRUSTRATION, "bot", QUEUED, LATER)


def told(change: Change) -> list[Notice]:
    notices = [draft.notice for draft in change.notices]
    assert None not in notices
    return [notice for notice in notices if notice is not None]


EVERY_CHANGE: list[tuple[State, Callable[[Conversation], Change], str, list[str], str]] = [
    (State.BOT, request, "waiting", ["handoff_requested"], "bot"),
    (State.WAITING, changes.cancel_handoff, "bot", ["returned_to_bot"], "customer"),
    (State.WAITING, lambda c: changes.claim(c, KIM, 3), "human", ["human_joined"], "agent:agent-kim"),
    (State.BOT, lambda c: changes.claim(c, KIM, 3), "human", ["human_joined"], "agent:agent-kim"),
    (
        State.HUMAN,
        lambda c: changes.transfer(c, KIM, 3, ALI, LATER),
        "waiting",
        ["human_left", "waiting"],
        "agent:agent-kim",
    ),
    (
        State.HUMAN,
        lambda c: changes.return_to_bot(c, KIM, 3, "erledigt"),
        "bot",
        ["human_left", "returned_to_bot"],
        "agent:agent-kim",
    ),
    (State.HUMAN, lambda c: changes.close_by_agent(c, KIM, 3, LATER), "closed", ["closed"], "agent:agent-kim"),
    (State.BOT, lambda c: changes.close_by_customer(c, LATER), "closed", ["closed"], "customer"),
    (State.WAITING, lambda c: changes.close_by_customer(c, LATER), "closed", ["closed"], "customer"),
    (State.HUMAN, lambda c: changes.close_by_customer(c, LATER), "closed", ["closed"], "customer"),
]


@pytest.mark.parametrize(("state", "change", "after", "notices", "actor"), EVERY_CHANGE)
def test_a_change_raises_the_epoch_by_one_and_tells_who_did_what(
    state: State, change: Callable[[Conversation], Change], after: str, notices: list[str], actor: str
) -> None:
    before = conversation(state)
    made = change(before)
    assert made.before is before
    assert (made.after.state, made.after.epoch, made.after.last_seq) == (after, before.epoch + 1, before.last_seq)
    assert [notice["type"] for notice in told(made)] == notices
    assert {notice["actor"] for notice in told(made)} == {actor}
    assert {notice["epoch"] for notice in told(made)} == {before.epoch + 1}
    assert all(draft.text.strip() for draft in made.notices)


@pytest.mark.parametrize(("_state", "change", "_after", "_notices", "_actor"), EVERY_CHANGE)
def test_nothing_can_happen_to_a_closed_conversation(
    _state: State, change: Callable[[Conversation], Change], _after: str, _notices: list[str], _actor: str
) -> None:
    with pytest.raises((ConversationClosed, StaleEpoch)) as refused:
        change(conversation(State.CLOSED))
    assert refused.value.details["state"] == "closed"


@pytest.mark.parametrize(
    "change",
    [
        lambda c, agent, epoch: require_owner(c, agent, epoch),
        lambda c, agent, epoch: changes.transfer(c, agent, epoch, ALI, LATER),
        lambda c, agent, epoch: changes.return_to_bot(c, agent, epoch, None),
        lambda c, agent, epoch: changes.close_by_agent(c, agent, epoch, LATER),
    ],
)
def test_only_the_owner_under_the_epoch_they_saw_may_act(change: Callable[..., object]) -> None:
    owned = conversation(State.HUMAN)
    for who, epoch, of in (
        (ALI, 3, owned),
        (KIM, 2, owned),
        (KIM, 4, owned),
        (KIM, 3, conversation(State.WAITING)),
        (KIM, 3, conversation(State.BOT)),
    ):
        with pytest.raises(StaleEpoch) as refused:
            change(of, who, epoch)
        assert refused.value.details["epoch"] == 3
    with pytest.raises(StaleEpoch) as refused:
        change(owned, ALI, 3)
    assert refused.value.details["agent"] == {"name": "Kim Weber"}


def test_who_claims_too_late_is_told_who_was_faster() -> None:
    with pytest.raises(AlreadyClaimed) as refused:
        changes.claim(conversation(State.HUMAN), ALI, 3)
    assert refused.value.details == {"epoch": 3, "agent": {"name": "Kim Weber"}}


def test_a_claim_under_an_old_epoch_is_refused_with_the_present_one() -> None:
    with pytest.raises(StaleEpoch) as refused:
        changes.claim(conversation(State.WAITING), KIM, 2)
    assert refused.value.details == {"epoch": 3, "state": "waiting"}


def test_a_claim_ends_the_wait_and_the_reservation() -> None:
    waiting = conversation(State.WAITING, reserved_for=ALI.id)
    after = changes.claim(waiting, KIM, 3).after
    assert (after.agent_id, after.agent_name) == (KIM.id, KIM.name)
    assert (after.waiting_since, after.reserved_for) == (None, None)
    assert after.handoff_id == waiting.handoff_id


def test_a_request_starts_the_wait_and_marks_where_people_begin() -> None:
    change = request(conversation(State.BOT))
    assert change.after.waiting_since == LATER
    assert change.after.handed_over_seq == 6
    assert change.after.handoff_id == "handoff-2"
    assert change.handoff_status is HandoffStatus.WAITING
    assert told(change)[0]["reason"] == "frustration"


@pytest.mark.parametrize("state", [State.WAITING, State.HUMAN])
def test_a_person_cannot_be_asked_for_twice(state: State) -> None:
    with pytest.raises(IllegalTransition):
        request(conversation(state))


def test_a_conversation_cannot_be_passed_on_to_oneself() -> None:
    with pytest.raises(IllegalTransition, match="oneself"):
        changes.transfer(conversation(State.HUMAN), KIM, 3, KIM, LATER)


def test_passing_on_keeps_the_handoff_and_reserves_the_conversation() -> None:
    before = conversation(State.HUMAN)
    change = changes.transfer(before, KIM, 3, ALI, LATER)
    assert (change.after.agent_id, change.after.agent_name) == (None, None)
    assert (change.after.reserved_for, change.after.waiting_since) == (ALI.id, LATER)
    assert change.after.handoff_id == before.handoff_id
    assert change.after.handed_over_seq == before.handed_over_seq
    assert change.handoff_status is HandoffStatus.WAITING


def test_a_return_tells_the_bot_the_human_part_of_the_log_and_the_note() -> None:
    change = changes.return_to_bot(conversation(State.HUMAN), KIM, 3, "Gutschrift ist unterwegs")
    assert change.after.returned == ReturnedTurns(4, 5, "Gutschrift ist unterwegs")
    assert (change.after.handoff_id, change.after.agent_id, change.after.handed_over_seq) == (None, None, None)
    assert change.handoff_status is HandoffStatus.RETURNED


def test_a_wait_given_up_tells_the_bot_what_was_written_meanwhile() -> None:
    change = changes.cancel_handoff(conversation(State.WAITING))
    assert change.after.returned == ReturnedTurns(4, 5, None)
    assert (change.after.handoff_id, change.after.waiting_since) == (None, None)
    assert change.handoff_status is HandoffStatus.CANCELLED


def test_what_the_bot_has_not_heard_yet_is_not_forgotten_when_people_take_over_again() -> None:
    returned = changes.return_to_bot(conversation(State.HUMAN), KIM, 3, "Gutschrift ist unterwegs").after
    again = request(replace(returned, last_seq=7)).after
    claimed = changes.claim(replace(again, last_seq=8), ALI, again.epoch).after
    back = changes.return_to_bot(replace(claimed, last_seq=10), ALI, claimed.epoch, "Adresse geändert").after
    assert back.returned == ReturnedTurns(4, 10, "Gutschrift ist unterwegs\nAdresse geändert")


def test_a_wait_given_up_does_not_lose_the_note_of_the_person_before() -> None:
    returned = changes.return_to_bot(conversation(State.HUMAN), KIM, 3, "Gutschrift ist unterwegs").after
    waiting = request(replace(returned, last_seq=7)).after
    back = changes.cancel_handoff(replace(waiting, last_seq=8)).after
    assert back.returned == ReturnedTurns(4, 8, "Gutschrift ist unterwegs")


@pytest.mark.parametrize("state", [State.BOT, State.HUMAN])
def test_a_wait_can_only_be_given_up_while_waiting(state: State) -> None:
    with pytest.raises(IllegalTransition):
        changes.cancel_handoff(conversation(state))


def test_closing_ends_the_wait_and_keeps_when() -> None:
    after = changes.close_by_customer(conversation(State.WAITING, reserved_for=ALI.id), LATER).after
    assert (after.closed_at, after.waiting_since, after.reserved_for) == (LATER, None, None)
