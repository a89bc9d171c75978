"""The bridge's own words, as the shipped business rules have them."""

from datetime import UTC, datetime

import pytest

from handoff_bridge.conversations.model import Draft, Kind, Reason, Sender
from handoff_bridge.conversations.notices import Notices
from handoff_bridge.conversations.promise import Promise, PromiseKind
from tests.unit.samples import rules

notices = Notices(rules())


def requested(promise: Promise, reason: Reason = Reason.CUSTOMER_REQUEST) -> tuple[Draft, ...]:
    return notices.handoff_requested(promise, reason, "customer", epoch=2)


def test_the_first_words_say_that_a_machine_answers_and_for_whom() -> None:
    draft = notices.bot_disclosure(1)
    assert "Maschine" in draft.text
    assert "Muster Elektronik" in draft.text
    assert draft.notice == {"type": "bot_disclosure", "actor": "system", "epoch": 1}
    assert (draft.sender, draft.kind) == (Sender.SYSTEM, Kind.NOTICE)


def test_somebody_free_is_told_without_a_number() -> None:
    (draft,) = requested(Promise(PromiseKind.AGENT_AVAILABLE, 1, 0))
    assert "jemand am Platz" in draft.text
    assert "Stelle" not in draft.text


@pytest.mark.parametrize(
    ("wait_s", "words"),
    [
        (1, "etwa eine Minute"),
        (60, "etwa eine Minute"),
        (89, "etwa eine Minute"),
        (91, "etwa 2 Minuten"),
        (600, "etwa 10 Minuten"),
    ],
)
def test_the_wait_is_told_in_words(wait_s: int, words: str) -> None:
    (draft,) = requested(Promise(PromiseKind.QUEUED, 3, wait_s))
    assert words in draft.text
    assert "Stelle 3" in draft.text


def test_an_unknown_wait_is_not_guessed() -> None:
    (draft,) = requested(Promise(PromiseKind.QUEUED, 2))
    assert "Stelle 2" in draft.text
    assert "Minute" not in draft.text
    assert "lässt sich gerade nicht sagen" in draft.text


def test_the_next_opening_is_written_as_germans_write_it() -> None:
    opening = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    first, second = requested(Promise(PromiseKind.OUT_OF_HOURS, 1, next_opening=opening))
    assert "Montag, 23. November, 8:00 Uhr" in second.text
    assert first.notice is not None
    assert second.notice is not None
    assert [first.notice["type"], second.notice["type"]] == ["handoff_requested", "out_of_hours"]
    assert datetime.fromisoformat(second.notice["next_opening"]) == opening


def test_the_next_opening_in_summer_is_told_in_summer_time() -> None:
    opening = datetime(2026, 3, 30, 6, 0, tzinfo=UTC)
    _, draft = requested(Promise(PromiseKind.OUT_OF_HOURS, 1, next_opening=opening))
    assert "Montag, 30. März, 8:00 Uhr" in draft.text


def test_without_a_known_opening_none_is_told() -> None:
    _, draft = requested(Promise(PromiseKind.OUT_OF_HOURS, 1))
    assert "Uhr" not in draft.text
    assert draft.notice is not None
    assert "next_opening" not in draft.notice


@pytest.mark.parametrize(
    "promise",
    [
        Promise(PromiseKind.AGENT_AVAILABLE, 1, 0),
        Promise(PromiseKind.QUEUED, 1, 90),
        Promise(PromiseKind.QUEUED, 1),
        Promise(PromiseKind.OUT_OF_HOURS, 1),
    ],
)
def test_a_broken_bot_is_admitted_first_and_the_promise_follows(promise: Promise) -> None:
    plain = requested(promise)[0].text
    admitted = requested(promise, Reason.BOT_FAILURE)[0].text
    assert admitted.endswith(plain)
    assert admitted.startswith("Der Assistent kann gerade nicht antworten")


def test_the_reason_and_the_place_travel_with_the_notice() -> None:
    (draft,) = requested(Promise(PromiseKind.QUEUED, 3, 90), Reason.POLICY)
    assert draft.notice == {
        "type": "handoff_requested",
        "actor": "customer",
        "epoch": 2,
        "reason": "policy",
        "queue_position": 3,
        "estimated_wait_s": 90,
    }


def test_a_person_is_named_and_said_to_be_a_person() -> None:
    draft = notices.human_joined("Kim Weber", "agent:1", 3)
    assert "Kim Weber" in draft.text
    assert "ein Mensch" in draft.text
    assert draft.notice is not None
    assert draft.notice["agent"] == "Kim Weber"


def test_an_agents_name_with_braces_is_only_a_name() -> None:
    assert "{company}" in notices.human_left("{company}", "agent:1", 3).text


@pytest.mark.parametrize("draft", [notices.returned_to_bot("agent:1", 4), notices.wait_cancelled(4)])
def test_back_at_the_bot_the_customer_is_told_that_a_machine_answers(draft: Draft) -> None:
    assert "Maschine" in draft.text
    assert draft.notice is not None
    assert draft.notice["type"] == "returned_to_bot"


def test_no_notice_leaves_a_placeholder_open() -> None:
    opening = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    drafts = [
        notices.bot_disclosure(1),
        *requested(Promise(PromiseKind.OUT_OF_HOURS, 1, next_opening=opening)),
        *requested(Promise(PromiseKind.QUEUED, 1, 90), Reason.BOT_FAILURE),
        notices.waiting_after_transfer("Kim", "agent:1", 3),
        notices.human_joined("Kim", "agent:1", 3),
        notices.human_left("Kim", "agent:1", 3),
        notices.closed_by_agent("Kim", "agent:1", 3),
        notices.closed_by_customer(3),
    ]
    assert not [draft.text for draft in drafts if "{" in draft.text or "}" in draft.text]
