"""Each customer message the bot owns ends in an answer or with a person."""

import asyncio
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.people import Customer
from tests.support.rasa import Gate, Json, ScriptedRasa, says


async def test_a_bot_that_fails_for_a_moment_still_answers(bridge: Bridge) -> None:
    tries = 0

    async def flaky(body: Json) -> Json | int:
        nonlocal tries
        tries += 1
        return 503 if tries < 3 else says("Da bin ich wieder.")

    bridge.rasa.script = flaky
    customer = await bridge.customer()
    await customer.write("Hallo?")
    await customer.wait_for_text("bot", "Da bin ich wieder.")
    assert {body["message_id"] for body in bridge.rasa.bodies} == {bridge.rasa.bodies[0]["message_id"]}
    assert (await customer.conversation())["state"] == "bot"


@pytest.mark.parametrize("answer", [500, {"messages": [], "nlu": {}}, {"unexpected": True}])
async def test_a_bot_that_keeps_failing_ends_with_a_person(bridge: Bridge, answer: Json | int) -> None:
    async def broken(_body: Json) -> Json | int:
        return answer

    bridge.rasa.script = broken
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Hallo?")
    log = await customer.wait_for_notice("handoff_requested")
    assert log[-1]["notice"]["reason"] == "bot_failure"
    (listed,) = await agent.list()
    assert listed["handoff"]["reason"] == "bot_failure"


async def test_an_unreachable_bot_ends_with_a_person(bridge: Bridge) -> None:
    await bridge.rasa.stop()
    customer = await bridge.customer()
    await customer.write("Hallo?")
    await customer.wait_for_notice("handoff_requested")
    assert (await customer.conversation())["handoff"]["reason"] == "bot_failure"


async def test_a_hanging_bot_ends_with_a_person(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    gate = Gate(says("nie"))
    rasa.script = gate
    settings = bridge_settings(database_url, rasa.url, tmp_path, bot_timeout_s=0.2, bot_give_up_after_s=0.5)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer = await bridge.customer()
        await customer.write("Hallo?")
        await customer.wait_for_notice("handoff_requested")
        gate.opened.set()


async def test_a_turn_cut_off_by_a_crash_is_picked_up_again(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    gate = Gate(says("nie"))
    rasa.script = gate
    settings = bridge_settings(database_url, rasa.url, tmp_path, bot_timeout_s=0.3)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer = await bridge.customer()
        await customer.write("Hallo?")
        await gate.reached.wait()
    # The first bridge is gone with the turn unfinished; the next one finds it.

    async def answer(_body: Json) -> Json:
        return says("Jetzt aber.")

    rasa.script = answer
    gate.opened.set()
    async with running_bridge(settings, rasa, rules) as bridge:
        again = Customer(bridge.session, bridge.url)
        again.id, again.token = customer.id, customer.token
        await again.wait_for_text("bot", "Jetzt aber.")


async def test_messages_written_while_the_bot_is_down_are_all_answered_in_order(bridge: Bridge) -> None:
    down = asyncio.Event()

    async def script(body: Json) -> Json | int:
        return says(f"Zu {body['text']}") if down.is_set() else 503

    bridge.rasa.script = script
    customer = await bridge.customer()
    for text in ("eins", "zwei", "drei"):
        await customer.write(text)
    down.set()
    await customer.wait_for_text("bot", "Zu drei")
    assert await customer.texts("bot") == ["Zu eins", "Zu zwei", "Zu drei"]


async def test_the_customer_sees_that_the_bot_is_writing_and_that_it_stopped(bridge: Bridge) -> None:
    gate = Gate(says("Fertig"))
    bridge.rasa.script = gate
    customer = await bridge.customer()
    async with customer.events(after=1) as events:
        await customer.write("Hallo")
        await events.until("typing", lambda t: t["active"])
        gate.opened.set()
        typing, answered = True, False
        while typing or not answered:
            event, data = await events.next()
            typing = data["active"] if event == "typing" else typing
            answered = answered or (event == "message" and data["sender"] == "bot")
