"""Event streams: whoever comes back has missed nothing and sees nothing twice."""

import asyncio
import itertools
from pathlib import Path
from typing import NoReturn

import pytest

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.model import Draft, Sender
from handoff_bridge.desk import events as desk_events
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http import keys, sse
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.people import PATIENCE_S, AgentAtDesk, Customer, EventReader, Refused
from tests.support.rasa import ScriptedRasa


async def take(events: EventReader, count: int) -> list[int]:
    """The numbers of the next messages."""
    return [(await events.until("message"))["seq"] for _ in range(count)]


async def waiting_customer(bridge: Bridge) -> Customer:
    """One whose messages nobody answers, so that only the test writes."""
    customer = await bridge.customer()
    await customer.ask_for_person()
    return customer


def not_there() -> NoReturn:
    raise StoreUnavailable


async def write_many(customer: Customer, count: int) -> None:
    for number in range(count):
        await customer.write(f"Zeile {number}")


async def test_a_stream_says_what_it_is_and_is_kept_by_nobody(bridge: Bridge) -> None:
    customer = await bridge.customer()
    async with customer.events() as events:
        headers = events.response.headers
        assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Accel-Buffering"] == "no"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert await events.response.content.readline() == b"retry: 1000\n"


async def test_the_number_of_a_message_is_the_id_of_its_event_and_nothing_else_has_one(bridge: Bridge) -> None:
    customer = await waiting_customer(bridge)
    async with customer.events() as events:
        lines: list[str] = []
        while not (lines and lines[-1].startswith("event: conversation")):
            lines.append((await events.response.content.readline()).decode().rstrip("\n"))
        lines.append((await events.response.content.readline()).decode())
    ids = [line for line in lines if line.startswith("id: ")]
    assert ids == ["id: 1", "id: 2"]
    for line, following in itertools.pairwise(lines):
        assert line.startswith("event: message") is following.startswith("id: ")


async def test_coming_back_again_and_again_while_messages_are_written_misses_and_doubles_nothing(
    bridge: Bridge,
) -> None:
    customer = await waiting_customer(bridge)
    writing = asyncio.create_task(write_many(customer, 60))
    seen: list[int] = []
    by_header = False
    while len(seen) < 62:
        last = seen[-1] if seen else 0
        headers = {"Last-Event-ID": str(last)} if by_header else {}
        async with customer.events(after=0 if by_header else last, headers=headers) as events:
            seen += await take(events, min(7, 62 - len(seen)))
        by_header = not by_header
    await writing
    assert seen == list(range(1, 63))


async def test_a_long_absence_is_made_up_in_order(bridge: Bridge) -> None:
    customer = await waiting_customer(bridge)
    await asyncio.gather(*(customer.write(f"Zeile {number}") for number in range(420)))
    async with customer.events() as events:
        assert await take(events, 422) == list(range(1, 423))


async def test_what_the_browser_remembers_goes_before_the_address(bridge: Bridge) -> None:
    customer = await waiting_customer(bridge)
    await customer.write("drei")
    async with customer.events(after=0, headers={"Last-Event-ID": "2"}) as events:
        assert await take(events, 1) == [3]


async def test_two_tabs_see_the_same(bridge: Bridge) -> None:
    customer = await waiting_customer(bridge)
    async with customer.events() as one, customer.events() as two:
        await write_many(customer, 10)
        assert await take(one, 12) == await take(two, 12) == list(range(1, 13))


async def test_a_stream_tells_nothing_of_other_conversations(bridge: Bridge) -> None:
    customer, other = await waiting_customer(bridge), await waiting_customer(bridge)
    async with customer.events(after=2) as events:
        await other.write("nicht für Sie")
        await customer.write("für Sie")
        assert (await events.until("message"))["text"] == "für Sie"


async def test_a_closed_conversation_is_told_as_closed(bridge: Bridge) -> None:
    customer = await waiting_customer(bridge)
    async with customer.events(after=2) as events:
        await customer.call("POST", "/close")
        assert (await events.until("message"))["notice"]["type"] == "closed"
        assert (await events.until("conversation"))["state"] == "closed"


async def test_a_desk_gets_the_picture_and_then_every_change(bridge: Bridge) -> None:
    before, agent = await waiting_customer(bridge), await bridge.agent()
    closed = await bridge.customer()
    await closed.call("POST", "/close")
    async with agent.events() as events:
        kind, snapshot = await events.next()
        assert kind == "snapshot"
        assert {listed["id"] for listed in snapshot["conversations"]} == {before.id}
        customer = await waiting_customer(bridge)
        await customer.write("Hallo?")
        seqs: list[int] = []
        while len(seqs) < 3:
            message = await events.until("message", lambda m: m["conversation_id"] == customer.id)
            seqs.append(message["seq"])
        assert seqs == [1, 2, 3]
        await agent.claim(before.id)
        changed = await events.until("conversation", lambda c: c["conversation"]["id"] == before.id)
        assert changed["conversation"]["state"] == "human"
        assert changed["conversation"]["agent"]["name"] == "Kim Weber"


async def test_a_desk_that_opens_while_messages_are_written_has_them_from_the_picture_on(bridge: Bridge) -> None:
    customer, agent = await waiting_customer(bridge), await bridge.agent()
    writing = asyncio.create_task(write_many(customer, 40))
    for _ in range(5):
        async with agent.events() as events:
            _, snapshot = await events.next()
            last = snapshot["conversations"][0]["last_seq"]
            if last < 42:
                missing = await take(events, 42 - last)
                assert missing == list(range(last + 1, 43))
    await writing


async def test_of_an_old_conversation_outside_the_picture_a_desk_gets_the_end_and_then_all(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff_bridge.desk.events.MAX_LISTED", 1)
    monkeypatch.setattr("handoff_bridge.desk.events.UNSEEN", 2)
    agent, _ = await bridge.agent(), await waiting_customer(bridge)
    old = await waiting_customer(bridge)
    await write_many(old, 5)
    async with agent.events() as events:
        _, snapshot = await events.next()
        assert old.id not in {listed["id"] for listed in snapshot["conversations"]}
        last = (await old.write("Noch da?"))["seq"]
        assert await take(events, 2) == [last - 1, last]
        await write_many(old, 3)
        assert await take(events, 3) == [last + 1, last + 2, last + 3]


async def test_who_waits_or_has_a_person_is_in_the_picture_however_many_came_later(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_events, "MAX_LISTED", 3)
    agent, waiting, with_agent = await bridge.agent(), await waiting_customer(bridge), await waiting_customer(bridge)
    await agent.claim(with_agent.id)
    later = [await bridge.customer() for _ in range(4)]
    async with agent.events() as events:
        shown = (await events.until("snapshot"))["conversations"]
    assert {conversation["id"] for conversation in shown} == {waiting.id, with_agent.id, later[-1].id}


async def test_the_desk_sees_who_is_writing_and_to_whom(bridge: Bridge) -> None:
    customer, agent = await waiting_customer(bridge), await bridge.agent()
    async with agent.events() as events:
        await events.until("snapshot")
        await customer.call("POST", "/typing", 204, json={"active": True})
        typing = await events.until("typing", lambda t: t["sender"] == "customer")
        assert typing == {"conversation_id": customer.id, "sender": "customer", "active": True}


async def test_a_client_that_went_away_leaves_no_stream_behind(bridge: Bridge) -> None:
    customer, agent = await waiting_customer(bridge), await bridge.agent()
    hub = bridge.server.app[keys.hub]
    async with customer.events() as one, agent.events() as two:
        await take(one, 2)
        await two.until("snapshot")
        assert hub.stream_count == 2
    async with asyncio.timeout(20):
        while hub.stream_count:
            # A dead connection is noticed when something is written to it.
            await customer.write("Hallo?")


async def test_a_reader_who_takes_nothing_is_cut_off_and_goes_on_at_the_cursor(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "PATIENCE_S", 0.2)
    customer, app = await waiting_customer(bridge), bridge.server.app
    text = "ä" * 4096
    async with app[keys.store].write() as tx:
        # More than the buffers of both ends can hold.
        await tx.messages.append(customer.id, [Draft(Sender.CUSTOMER, text)] * 1500, app[keys.core].clock.now())
    address = bridge.server.make_url(f"/v1/conversations/{customer.id}/events")
    reader, writer = await asyncio.open_connection(address.host, address.port, limit=1024)
    lines = (f"GET {address.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {customer.token}", "", "")
    writer.write("\r\n".join(lines).encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    async with asyncio.timeout(PATIENCE_S):
        while app[keys.hub].stream_count:
            await customer.write("Hallo?")
    writer.close()
    async with customer.events(after=1400) as events:
        assert await take(events, 102) == list(range(1401, 1503))


async def test_one_large_event_does_not_wait_for_ever_for_a_reader_who_takes_nothing(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "PATIENCE_S", 0.2)
    customer, app = await waiting_customer(bridge), bridge.server.app
    address = bridge.server.make_url(f"/v1/conversations/{customer.id}/events")
    reader, writer = await asyncio.open_connection(address.host, address.port, limit=1024)
    lines = (f"GET {address.path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {customer.token}", "", "")
    writer.write("\r\n".join(lines).encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    async with app[keys.store].write() as tx:
        # A single message larger than the buffers of both ends.
        await tx.messages.append(customer.id, [Draft(Sender.BOT, "ä" * 8_000_000)], app[keys.core].clock.now())
    app[keys.hub].conversation_changed(customer.id)
    async with asyncio.timeout(PATIENCE_S):
        while app[keys.hub].stream_count:
            await customer.write("Hallo?")
    writer.close()


async def test_a_stream_ends_in_order_when_the_database_is_away_and_goes_on_afterwards(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent = await waiting_customer(bridge), await bridge.agent()
    store = bridge.server.app[keys.store]
    async with customer.events() as events, agent.events() as desk:
        await take(events, 2)
        await desk.until("snapshot")
        with monkeypatch.context() as away:
            away.setattr(store, "read", not_there)
            bridge.server.app[keys.hub].conversation_changed(customer.id)
            for stream in (events, desk):
                with pytest.raises(ConnectionError, match="has ended"):
                    await stream.until("niemals")
    await customer.write("Noch da?")
    async with customer.events(after=2) as events:
        assert await take(events, 1) == [3]


async def test_a_bridge_that_shuts_down_ends_its_streams_and_another_continues_them(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(database_url, rasa.url, tmp_path)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer, agent = await waiting_customer(bridge), await bridge.agent()
        async with customer.events() as events, agent.events() as desk:
            seen = await take(events, 2)
            await desk.until("snapshot")
            bridge.server.app[keys.hub].close()
            for stream in (events, desk):
                with pytest.raises(ConnectionError):
                    await stream.until("niemals")
        for attempt in (customer.events(), agent.events()):
            with pytest.raises(Refused, match="shutting_down") as refused:
                async with attempt:
                    pass
            assert refused.value.status == 503
        # What arrives on the way out is still kept.
        await customer.write("Noch da?")
    async with running_bridge(settings, rasa, rules) as bridge:
        again = Customer(bridge.session, bridge.url)
        again.id, again.token = customer.id, customer.token
        desk_again = AgentAtDesk(bridge.session, bridge.url).resume(agent)
        async with again.events(after=seen[-1]) as events, desk_again.events() as desk:
            assert await take(events, 1) == [3]
            _, snapshot = await desk.next()
            assert snapshot["conversations"][0]["last_message"]["text"] == "Noch da?"
