"""Stories that once went wrong, played again on the core."""

from collections.abc import Iterator

import pytest

from handoff_bridge.conversations.model import Sender
from tests.property.machine import Conversations

#: What a worker does until it gives a message up: twelve tries at most, with waits.
GIVE_UP = [("take_turns", 0, 0), ("fail", 0, 0), ("wait", 1, 0)] * 14


class Story(Conversations):
    """One conversation; the end checks everything."""

    def tell(self, *operations: tuple[str, int, int]) -> None:
        for what, who, pick in operations:
            self._do(what, who, pick)
            self.nothing_is_broken()


@pytest.fixture
def story() -> Iterator[Story]:
    story = Story()
    story.begin(conversations=1)
    yield story
    story.teardown()


def test_all_that_the_bot_owed_is_answered_when_the_customer_stops_waiting(story: Story) -> None:
    story.tell(
        ("write", 0, 0), ("write", 0, 0), ("ask_for_person", 0, 0), ("take_turns", 0, 0), ("stop_waiting", 0, 0),
    )  # fmt: skip


def test_a_message_that_was_given_up_is_answered_when_the_customer_comes_back_to_the_bot(story: Story) -> None:
    story.tell(("write", 0, 0), ("write", 0, 0), *GIVE_UP, ("stop_waiting", 0, 0))


def test_what_came_too_late_takes_no_lease_from_the_turn_that_was_started_anew(story: Story) -> None:
    story.tell(
        ("write", 0, 0), ("take_turns", 0, 0), ("ask_for_person", 0, 0), ("answer", 1, 0), ("stop_waiting", 0, 0),
        ("take_turns", 0, 0), ("answer_again", 0, 0), ("take_turns", 1, 0),
    )  # fmt: skip
    assert len(story.world.running) == 1


def test_what_was_written_to_nobody_reaches_the_bot_once(story: Story) -> None:
    story.tell(
        ("ask_for_person", 0, 0), ("claim", 0, 0), ("agent_writes", 0, 0), ("return_to_bot", 0, 0),
        ("write", 0, 0), ("ask_for_person", 0, 0), ("write", 0, 0), ("write", 0, 0), ("stop_waiting", 0, 0),
        ("take_turns", 0, 0), ("answer", 1, 0), ("take_turns", 0, 0), ("answer", 1, 0),
    )  # fmt: skip
    (conversation_id,) = story.world.ids
    log = story.runner.run(story.world.log(conversation_id))
    written = {m.seq for m in log if m.draft.sender in (Sender.CUSTOMER, Sender.AGENT)}
    assert story.world.told[conversation_id] == written
