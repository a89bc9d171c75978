"""What was just committed reaches streams without reading, and never in place of what is missing."""

import pytest

from handoff_bridge.conversations.model import Message, Sender
from handoff_bridge.realtime.hub import MAX_NEWS, Hub, following
from tests.unit.samples import message


@pytest.fixture
def hub() -> Hub:
    return Hub()


def said(*seqs: int) -> list[Message]:
    return [message(Sender.CUSTOMER, f"Nummer {seq}", seq) for seq in seqs]


async def test_what_was_said_reaches_the_customers_own_stream_and_every_desk(hub: Hub) -> None:
    with hub.subscribe("c1") as mine, hub.subscribe("c2") as other, hub.subscribe(None) as desk:
        hub.messages_logged("c1", said(1, 2))
        assert await mine.wait(0)
        assert await desk.wait(0)
        assert not await other.wait(0)
        assert mine.take_news() == desk.take_news() == {"c1": said(1, 2)}
        assert mine.take_news() == {}


async def test_where_anything_else_changed_the_log_is_read_instead(hub: Hub) -> None:
    with hub.subscribe(None) as desk:
        hub.messages_logged("c1", said(1))
        hub.conversation_changed("c1")
        hub.messages_logged("c2", said(1))
        assert desk.take_news() == {"c2": said(1)}
        assert desk.take()[0] == {"c1"}


async def test_a_stream_that_is_far_behind_keeps_no_messages(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        for seq in range(1, 3 * MAX_NEWS):
            hub.messages_logged("c1", said(seq))
            assert len(subscription.news.get("c1", ())) <= MAX_NEWS
        subscription.take_news()
        assert subscription.take()[0] == {"c1"}


@pytest.mark.parametrize(
    ("seqs", "cursor", "expected"),
    [
        ((4, 5), 3, [4, 5]),
        ((5, 4), 3, [4, 5]),
        ((2, 3, 4), 3, [4]),
        ((2, 3), 3, []),
        ((), 3, []),
        ((5,), 3, None),
        ((4, 6), 3, None),
    ],
)
def test_only_what_follows_without_a_gap_is_sent_unread(
    seqs: tuple[int, ...], cursor: int, expected: list[int] | None
) -> None:
    fresh = following(said(*seqs), cursor)
    assert (None if fresh is None else [each.seq for each in fresh]) == expected
