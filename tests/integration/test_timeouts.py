"""What happens when somebody does nothing; the test moves the clock, it does not wait."""

from datetime import datetime, timedelta

import pytest

from handoff_bridge.channels.webchat.presence import CustomerPresence
from handoff_bridge.conversations.core import Core, SystemClock
from handoff_bridge.conversations.model import Conversation, Draft, Sender
from handoff_bridge.conversations.ports import Transaction
from handoff_bridge.conversations.timeouts import Timeouts
from handoff_bridge.http import keys
from tests.support.bridge import Bridge
from tests.support.people import Refused


class LaterClock:
    """As late as the test wants it to be."""

    def __init__(self, later: timedelta) -> None:
        self._later = later

    def now(self) -> datetime:
        return SystemClock().now() + self._later


async def run_timeouts(bridge: Bridge, **later: float) -> int:
    app = bridge.server.app
    core = Core.build(app[keys.store], LaterClock(timedelta(**later)), app[keys.signals], app[keys.rules])
    return await Timeouts(core).run_once()


async def test_an_agent_who_drops_out_loses_the_conversation_to_the_front_of_the_queue(bridge: Bridge) -> None:
    first, second, agent = await bridge.customer(), await bridge.customer(), await bridge.agent()
    await first.ask_for_person()
    await second.ask_for_person()
    epoch = (await agent.claim(first.id))["epoch"]
    assert await run_timeouts(bridge, seconds=60) == 0
    assert await run_timeouts(bridge, seconds=120) == 1
    assert [listed["id"] for listed in await agent.list()] == [first.id, second.id]
    notices = [m for m in await first.messages() if m["kind"] == "notice"][-2:]
    assert [n["notice"]["type"] for n in notices] == ["human_left", "waiting"]
    assert "Kim Weber" in notices[1]["text"]
    with pytest.raises(Refused, match="stale_epoch"):
        await agent.write(first.id, "Ich bin wieder da", epoch)


async def test_a_customer_who_goes_on_writing_is_not_left_with_an_agent_who_has_dropped_out(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    asked = Draft(Sender.CUSTOMER, "Sind Sie noch da?", client_message_id="still-there")
    await bridge.server.app[keys.store].append(customer.id, asked, LaterClock(timedelta(seconds=115)).now())
    assert await run_timeouts(bridge, seconds=120) == 1
    assert (await customer.conversation())["state"] == "waiting"


async def test_a_claim_is_a_sign_of_life_although_the_agent_was_last_seen_long_ago(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    app = bridge.server.app
    await customer.ask_for_person()
    async with app[keys.store].write() as tx:
        await tx.agents.seen(agent.agent["id"], LaterClock(timedelta(hours=-1)).now())
        claiming = await tx.agents.get(agent.agent["id"])
    epoch = (await customer.conversation())["epoch"]
    await app[keys.desk].claim(customer.id, claiming, epoch)
    assert await run_timeouts(bridge, seconds=60) == 0


async def test_an_agent_who_is_there_keeps_the_conversation(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    async with bridge.server.app[keys.store].write() as tx:
        await tx.agents.seen(agent.agent["id"], SystemClock().now() + timedelta(seconds=100))
    assert await run_timeouts(bridge, seconds=120) == 0


async def test_who_waits_long_is_told_the_ways_on_once(bridge: Bridge) -> None:
    customer = await bridge.customer()
    await customer.ask_for_person()
    assert await run_timeouts(bridge, minutes=4) == 0
    assert await run_timeouts(bridge, minutes=6) == 1
    assert await run_timeouts(bridge, minutes=7) == 0
    last = (await customer.messages())[-1]
    assert last["notice"]["type"] == "waiting"
    assert "0800" in last["text"]
    assert (await customer.conversation())["state"] == "waiting"


async def test_a_conversation_with_a_person_in_which_nobody_writes_is_closed(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    async with bridge.server.app[keys.store].write() as tx:
        await tx.agents.seen(agent.agent["id"], SystemClock().now() + timedelta(hours=25))
    assert await run_timeouts(bridge, hours=25) == 1
    assert (await customer.notices())[-1] == "closed"


async def test_an_agent_sees_whether_the_customer_is_there(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    app = bridge.server.app
    await customer.ask_for_person()
    first, second = CustomerPresence(app, customer.id), CustomerPresence(app, customer.id)
    async with agent.events() as desk:
        await desk.until("snapshot", lambda s: not s["conversations"][0]["customer_online"])
        await first.show("waiting")
        await desk.until("conversation", lambda c: c["conversation"]["customer_online"])
        # The page is loaded anew: the old stream ends after the new one has shown the customer.
        await second.show("waiting")
        await first.leave()
        assert (await agent.open(customer.id))["conversation"]["customer_online"]
        await second.leave()
        await desk.until("conversation", lambda c: not c["conversation"]["customer_online"])


async def test_an_open_chat_counts_as_being_there_once_a_person_is_asked_for(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    async with agent.events() as desk, customer.events() as events:
        await desk.until("snapshot")
        await events.until("conversation")
        await customer.ask_for_person()
        await desk.until("conversation", lambda c: c["conversation"]["customer_online"])


async def test_typing_is_seen_by_the_other_side_only_and_ends_with_the_message(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    path = f"/conversations/{customer.id}/typing"
    async with customer.events() as at_home, agent.events() as at_desk:
        await at_home.until("conversation")
        await at_desk.until("snapshot")
        await customer.call("POST", "/typing", 204, json={"active": True})
        await at_desk.until("typing", lambda t: t["sender"] == "customer" and t["active"])
        await agent.call("POST", path, 204, json={"active": True})
        assert await at_home.until("typing") == {"sender": "agent", "active": True}
        await agent.write(customer.id, "Hallo")
        assert await at_home.until("typing") == {"sender": "agent", "active": False}


async def test_only_the_owner_can_be_seen_typing(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    with pytest.raises(Refused, match="stale_epoch"):
        await agent.call("POST", f"/conversations/{customer.id}/typing", json={"active": True})


async def test_one_conversation_that_cannot_be_changed_keeps_no_other_from_a_person(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, agent = await bridge.customer(), await bridge.customer(), await bridge.agent()
    for customer in (first, second):
        await customer.ask_for_person()
        await agent.claim(customer.id)
    release = Timeouts._release

    async def failing(timeouts: Timeouts, tx: Transaction, conversation: Conversation) -> None:
        if conversation.id == first.id:
            raise RuntimeError
        await release(timeouts, tx, conversation)

    monkeypatch.setattr(Timeouts, "_release", failing)
    with pytest.raises(ExceptionGroup):
        await run_timeouts(bridge, seconds=120)
    assert [(await customer.conversation())["state"] for customer in (first, second)] == ["human", "waiting"]
