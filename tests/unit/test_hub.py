"""The hub wakes streams: nothing is lost between a look and the next wait."""

import asyncio

import pytest

from handoff_bridge.realtime.hub import Hub, Typing


@pytest.fixture
def hub() -> Hub:
    return Hub()


async def test_a_signal_between_take_and_wait_is_not_lost(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        hub.conversation_changed("c1")
        assert await subscription.wait(1)
        subscription.take()
        hub.conversation_changed("c1")
        assert await subscription.wait(0)
        assert subscription.take()[0] == {"c1"}


async def test_a_signal_between_wait_and_take_is_taken_and_not_lost(hub: Hub) -> None:
    with hub.subscribe(None) as subscription:
        hub.conversation_changed("c1")
        assert await subscription.wait(1)
        hub.conversation_changed("c2")
        assert subscription.take()[0] == {"c1", "c2"}


async def test_who_waits_is_woken_at_once(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        waiting = asyncio.create_task(subscription.wait(20))
        await asyncio.sleep(0)
        hub.conversation_changed("c1")
        assert await waiting


async def test_nothing_happened_is_told_apart_from_something(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        assert not await subscription.wait(0)
        assert subscription.take() == (set(), False, [])


async def test_many_changes_are_one_thing_to_look_at(hub: Hub) -> None:
    with hub.subscribe(None) as subscription:
        for _ in range(1000):
            hub.conversation_changed("c1")
        assert subscription.take()[0] == {"c1"}
        assert subscription.take()[0] == set()


async def test_a_customer_hears_only_of_their_own_conversation(hub: Hub) -> None:
    with hub.subscribe("c1") as mine, hub.subscribe("c2") as other:
        hub.conversation_changed("c1")
        hub.typing("c1", "bot", True)
        assert mine.take() == ({"c1"}, False, [Typing("c1", "bot", True)])
        assert not await other.wait(0)


async def test_two_tabs_of_one_conversation_are_both_woken(hub: Hub) -> None:
    with hub.subscribe("c1") as one, hub.subscribe("c1") as two:
        hub.conversation_changed("c1")
        assert await one.wait(0)
        assert await two.wait(0)


async def test_a_desk_hears_of_everything(hub: Hub) -> None:
    with hub.subscribe(None) as desk:
        hub.conversation_changed("c1")
        hub.conversation_changed("c2")
        assert desk.take()[0] == {"c1", "c2"}


async def test_of_the_queue_hears_who_waits_in_it_and_as_long_as_they_do(hub: Hub) -> None:
    with hub.subscribe("c1") as waiting, hub.subscribe("c2") as other:
        hub.follow_queue(waiting, True)
        hub.queue_changed()
        assert waiting.take()[1]
        assert not await other.wait(0)
        hub.follow_queue(waiting, False)
        hub.queue_changed()
        assert not waiting.take()[1]


async def test_who_leaves_the_page_while_waiting_leaves_nothing_behind(hub: Hub) -> None:
    with hub.subscribe("c1") as waiting:
        hub.follow_queue(waiting, True)
    assert not [value for value in vars(hub).values() if isinstance(value, dict | set) and value]


async def test_of_typing_only_the_newest_word_counts(hub: Hub) -> None:
    with hub.subscribe(None) as desk:
        for active in (True, False, True, False):
            hub.typing("c1", "bot", active)
        hub.typing("c2", "bot", True)
        assert desk.take()[2] == [Typing("c1", "bot", False), Typing("c2", "bot", True)]


async def test_who_has_left_leaves_nothing_behind(hub: Hub) -> None:
    with hub.subscribe("c1"), hub.subscribe("c1"), hub.subscribe(None):
        assert hub.stream_count == 3
    assert hub.stream_count == 0
    assert not [value for value in vars(hub).values() if isinstance(value, dict | set) and value]
    hub.conversation_changed("c1")


async def test_a_stream_that_fails_leaves_nothing_behind(hub: Hub) -> None:
    with pytest.raises(ConnectionError), hub.subscribe("c1"):
        raise ConnectionError
    assert hub.stream_count == 0


async def test_closing_wakes_every_stream_and_the_worker(hub: Hub) -> None:
    with hub.subscribe("c1") as customer, hub.subscribe(None) as desk:
        worker = asyncio.create_task(hub.wait_for_turn(20))
        hub.close()
        assert await customer.wait(0)
        assert await desk.wait(0)
        async with asyncio.timeout(5):
            await worker
        assert hub.closing


async def test_a_turn_that_falls_due_before_the_worker_waits_is_not_lost(hub: Hub) -> None:
    hub.turn_due()
    async with asyncio.timeout(5):
        await hub.wait_for_turn(20)


async def test_that_somebody_no_longer_writes_is_told_only_of_those_who_were_seen_writing(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        hub.typing("c1", "agent", False)
        assert not await subscription.wait(0)
        hub.typing("c1", "agent", True)
        subscription.take()
        hub.typing("c1", "agent", False)
        assert subscription.take()[2] == [Typing("c1", "agent", False)]


async def test_the_end_of_a_bots_turn_is_told_to_those_who_came_in_the_middle_of_it(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        hub.typing("c1", "bot", False)
        assert subscription.take()[2] == [Typing("c1", "bot", False)]


async def test_a_beat_comes_although_something_had_happened_before(hub: Hub) -> None:
    with hub.subscribe("c1") as subscription:
        hub.conversation_changed("c1")
        assert await subscription.wait(0)
        async with asyncio.timeout(5):
            assert not await subscription.wait(0)
