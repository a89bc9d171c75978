"""A message commits only under the epoch it was made for; what comes late is kept aside and never shown."""

import asyncio

import pytest
from sqlalchemy import select

from handoff_bridge.errors import StaleEpoch
from handoff_bridge.http import keys
from handoff_bridge.storage.schema import suppressed_messages
from tests.support.bridge import Bridge
from tests.support.people import Customer, Refused
from tests.support.rasa import Gate, says


async def kept_aside(bridge: Bridge, customer: Customer) -> list[tuple[str, str, int, int, str]]:
    """Sender, text, the epoch it was made for, and the epoch and state it met."""
    table = suppressed_messages.c
    query = select(table.sender, table.text, table.made_for_epoch, table.met_epoch, table.met_state).where(
        table.conversation_id == customer.id
    )
    async with bridge.server.app[keys.store].database.read() as connection:
        return [(*row,) for row in await connection.execute(query)]


async def test_a_late_answer_of_the_bot_is_kept_aside_with_what_it_met(bridge: Bridge) -> None:
    gate = Gate(says("Zu spät", "und noch etwas"))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await agent.claim(customer.id)
    gate.opened.set()
    async with asyncio.timeout(20):
        while not (late := await kept_aside(bridge, customer)):
            await customer.conversation()
    assert late == [("bot", "Zu spät", 1, 2, "human"), ("bot", "und noch etwas", 1, 2, "human")]
    assert await customer.texts("bot") == []


async def test_an_agents_text_under_an_old_epoch_is_refused_even_when_the_agent_has_it_again(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    old = (await agent.claim(customer.id))["epoch"]
    await agent.give_back(customer.id)
    new = (await agent.claim(customer.id))["epoch"]
    with pytest.raises(Refused, match="stale_epoch") as refused:
        await agent.write(customer.id, "Aus dem vorigen Gespräch", old)
    assert refused.value.details["epoch"] == new
    await agent.write(customer.id, "Aus diesem", new)
    assert await customer.texts("agent") == ["Aus diesem"]
    assert await kept_aside(bridge, customer) == [("agent", "Aus dem vorigen Gespräch", old, new, "human")]


async def test_an_agents_text_after_the_end_is_refused_and_kept_aside(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    epoch = (await agent.claim(customer.id))["epoch"]
    await customer.call("POST", "/close")
    with pytest.raises(Refused, match=r"conversation_closed|stale_epoch"):
        await agent.write(customer.id, "Noch ein Satz", epoch)
    assert [row[:2] for row in await kept_aside(bridge, customer)] == [("agent", "Noch ein Satz")]
    assert (await customer.messages())[-1]["notice"]["type"] == "closed"


async def test_nothing_of_a_person_comes_after_the_notice_that_they_left(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    for _ in range(5):
        epoch = (await agent.claim(customer.id))["epoch"]
        writes = [agent.write(customer.id, "Satz", epoch) for _ in range(6)]
        ends = await asyncio.gather(
            *writes[:3], agent.give_back(customer.id, epoch=epoch), *writes[3:], return_exceptions=True
        )
        assert all(isinstance(end, dict) or (isinstance(end, Refused) and end.code == "stale_epoch") for end in ends)
    present = False
    for message in await customer.messages():
        if message["kind"] == "notice":
            present = message["notice"]["type"] == "human_joined" or (
                present and message["notice"]["type"] != "human_left"
            )
        assert message["sender"] != "agent" or present


async def test_only_one_of_two_changes_under_the_same_epoch_happens(bridge: Bridge) -> None:
    customer, kim, ali = await bridge.customer(), await bridge.agent(), await bridge.agent("Ali Kaya")
    for _ in range(5):
        epoch = (await kim.claim(customer.id))["epoch"]
        ends = await asyncio.gather(
            kim.give_back(customer.id, epoch=epoch),
            kim.call("POST", f"/conversations/{customer.id}/transfer", json={"epoch": epoch, "to": ali.agent["id"]}),
            kim.give_back(customer.id, epoch=epoch),
            return_exceptions=True,
        )
        assert sum(isinstance(end, dict) for end in ends) == 1
        assert {end.code for end in ends if isinstance(end, Refused)} == {"stale_epoch"}
    log = await customer.messages()
    assert [message["seq"] for message in log] == list(range(1, len(log) + 1))


@pytest.mark.parametrize("meanwhile", ["the owner changed", "a message came"])
async def test_a_change_made_from_an_old_picture_is_refused_by_the_store(bridge: Bridge, meanwhile: str) -> None:
    core = bridge.server.app[keys.core]
    store = bridge.server.app[keys.store]
    customer = await bridge.customer()
    async with store.read() as tx:
        old = await tx.conversations.get(customer.id)
    if meanwhile == "the owner changed":
        await customer.ask_for_person()
    else:
        await customer.write("Hallo")
    log = await customer.messages()
    change = core.changes.close_by_customer(old, core.clock.now())
    with pytest.raises(StaleEpoch):
        async with store.write() as tx:
            await tx.conversations.save(change, core.clock.now())
    assert (await customer.messages())[: len(log)] == log
    assert (await customer.conversation())["state"] != "closed"
