"""Whether somebody is at the desk decides what customers are promised."""

import asyncio
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from tests.integration.test_internal_handoffs import ask, request_for
from tests.support.bridge import BUSINESS_FILE, Bridge, bridge_settings, running_bridge
from tests.support.people import AgentAtDesk
from tests.support.rasa import Json, ScriptedRasa


@pytest.fixture(autouse=True)
def quick_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that went away is noticed when something is written to it: here soon."""
    monkeypatch.setattr("handoff_bridge.desk.events.HEARTBEAT_S", 0.02)


async def promised(bridge: Bridge) -> Json:
    """What a customer who asks now is promised."""
    customer = await bridge.customer()
    _, answer = await ask(bridge, request_for(customer.id, "m1"))
    await customer.call("POST", "/close")
    promise: Json = answer["promise"]
    return promise


async def until_nobody_is_at_the_desk(bridge: Bridge) -> None:
    async with asyncio.timeout(20):
        while (await promised(bridge))["kind"] == "agent_available":
            pass


async def online(agent: AgentAtDesk) -> list[str]:
    return [a["name"] for a in (await agent.call("GET", "/agents"))["agents"] if a["online"]]


async def test_an_open_desk_makes_somebody_available_and_its_end_takes_them_away(bridge: Bridge) -> None:
    agent = await bridge.agent()
    assert (await promised(bridge))["kind"] == "queued"
    async with agent.events() as events:
        await events.until("snapshot")
        assert (await promised(bridge))["kind"] == "agent_available"
        assert await online(agent) == ["Kim Weber"]
    await until_nobody_is_at_the_desk(bridge)
    assert (await promised(bridge))["estimated_wait_s"] is None
    assert await online(agent) == []


async def test_signing_in_alone_makes_nobody_available(bridge: Bridge) -> None:
    agent = await bridge.agent()
    await agent.list()
    assert (await promised(bridge))["kind"] == "queued"
    assert await online(agent) == []


async def test_an_agent_who_worked_until_the_last_moment_is_gone_all_the_same(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every request counts as a sign of life, and the last one comes after the stream's own.
    monkeypatch.setattr("handoff_bridge.desk.events.HEARTBEAT_S", 3600.0)
    agent, customer = await bridge.agent(), await bridge.customer()
    async with agent.events() as events:
        await events.until("snapshot")
        async with bridge.server.app[keys.store].write() as tx:
            await tx.agents.seen(agent.agent["id"], bridge.server.app[keys.core].clock.now())
    async with asyncio.timeout(20):
        while bridge.server.app[keys.hub].stream_count:
            await customer.write("Hallo?")
    await until_nobody_is_at_the_desk(bridge)


async def test_an_agent_with_two_tabs_is_there_until_both_are_shut(bridge: Bridge) -> None:
    agent = await bridge.agent()
    hub = bridge.server.app[keys.hub]
    async with agent.events() as stays:
        await stays.until("snapshot")
        async with agent.events() as goes:
            await goes.until("snapshot")
        async with asyncio.timeout(20):
            while hub.stream_count > 1:
                await online(agent)
        assert await online(agent) == ["Kim Weber"]
        assert (await promised(bridge))["kind"] == "agent_available"
    await until_nobody_is_at_the_desk(bridge)


async def test_who_waits_is_told_when_somebody_comes_and_when_they_go(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    async with customer.events() as waiting:
        await waiting.until("conversation", lambda c: "estimated_wait_s" not in c["handoff"])
        async with agent.events() as events:
            await events.until("snapshot")
            await waiting.until("conversation", lambda c: c["handoff"].get("estimated_wait_s") == 0)
        await waiting.until("conversation", lambda c: "estimated_wait_s" not in c["handoff"])


async def test_who_waits_is_told_when_the_only_agent_signs_out(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    async with customer.events() as waiting, agent.events() as events:
        await events.until("snapshot")
        await waiting.until("conversation", lambda c: c["handoff"].get("estimated_wait_s") == 0)
        await agent.call("DELETE", "/session", 204)
        await waiting.until("conversation", lambda c: "estimated_wait_s" not in c["handoff"])


async def test_a_full_desk_tells_the_place_and_the_wait(bridge: Bridge) -> None:
    agent = await bridge.agent()
    async with agent.events() as events:
        await events.until("snapshot")
        for _ in range(4):
            served = await bridge.customer()
            await served.ask_for_person()
            await agent.claim(served.id)
        customer = await bridge.customer()
        handoff = (await customer.ask_for_person())["handoff"]
        assert (handoff["queue_position"], handoff["estimated_wait_s"]) == (1, 90)
        (notice,) = [m for m in await customer.messages() if m.get("notice", {}).get("type") == "handoff_requested"]
        assert "Stelle 1 der Warteschlange" in notice["text"]
        assert "etwa 2 Minuten" in notice["text"]


def never_open_but(rules: BusinessRules, weekly: dict[str, list[str]]) -> BusinessRules:
    hours = rules.opening_hours.model_dump() | {"weekly": weekly}
    return BusinessRules.model_validate(rules.model_dump() | {"opening_hours": hours})


async def test_out_of_hours_with_nobody_there_the_next_opening_is_told_in_german(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Open for one minute in the week, so that it is closed now; whenever that is.
    sleepy = never_open_but(rules, {"wed": ["03:00-03:01"]})
    monkeypatch.setattr("handoff_bridge.conversations.opening.Opening.is_open", lambda *_: False)
    async with running_bridge(bridge_settings(database_url, rasa.url, tmp_path), rasa, sleepy) as bridge:
        customer, agent = await bridge.customer(), await bridge.agent()
        handoff = (await customer.ask_for_person())["handoff"]
        log = await customer.messages()
        assert [m["notice"]["type"] for m in log] == ["bot_disclosure", "handoff_requested", "out_of_hours"]
        assert "Mittwoch, " in log[-1]["text"]
        assert " 3:00 Uhr" in log[-1]["text"]
        assert log[-1]["notice"]["next_opening"] == handoff["next_opening"]
        # Somebody who is there all the same counts.
        async with agent.events() as events:
            await events.until("snapshot")
            assert (await promised(bridge))["kind"] == "agent_available"


async def test_a_company_that_never_opens_promises_no_time(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(database_url, rasa.url, tmp_path, business_file=BUSINESS_FILE)
    async with running_bridge(settings, rasa, never_open_but(rules, {})) as bridge:
        customer = await bridge.customer()
        assert "next_opening" not in (await customer.ask_for_person())["handoff"]
        last = (await customer.messages())[-1]
        assert last["notice"] == {"type": "out_of_hours"}
        assert "Uhr" not in last["text"]
