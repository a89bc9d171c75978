"""What users of other systems ask for in their issue trackers, as far as no other test here proves it already."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.storage.schema import agents
from tests.integration.test_internal_handoffs import ask, request_for
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.people import Json, Refused
from tests.support.rasa import Gate, ScriptedRasa, says

# --- the bot talks over the person ---------------------------------------------------------------------------------


async def test_the_end_is_said_once_although_everybody_ends_the_conversation_at_once(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    epoch = (await agent.claim(customer.id))["epoch"]
    await asyncio.gather(
        *(customer.call("POST", "/close") for _ in range(3)),
        *(agent.close(customer.id, epoch) for _ in range(3)),
        return_exceptions=True,
    )
    assert (await customer.notices()).count("closed") == 1


async def test_the_bot_is_not_shown_writing_once_a_person_is_there(bridge: Bridge) -> None:
    gate = Gate(says("Zu spät"))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    async with customer.events(after=1) as events:
        await customer.write("Wo ist mein Paket?")
        await events.until("typing", lambda t: t["sender"] == "bot" and t["active"])
        await gate.reached.wait()
        # The bot still thinks while the person comes, until its time is over in five seconds.
        await agent.claim(customer.id)
        async with asyncio.timeout(4):
            await events.until("typing", lambda t: t["sender"] == "bot" and not t["active"])
    gate.opened.set()


async def test_a_customer_who_opens_the_chat_again_while_waiting_sees_no_bot_writing(bridge: Bridge) -> None:
    gate = Gate(says("Zu spät"))
    bridge.rasa.script = gate
    customer = await bridge.customer()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await customer.ask_for_person()
    async with customer.events() as events:
        await events.until("conversation")
        # What comes first shows that nothing of a writing bot came before it.
        await customer.write("Hallo?")
        event, data = await events.next()
        assert (event, data.get("text")) == ("message", "Hallo?")
    gate.opened.set()


async def test_a_slow_bot_keeps_its_conversation(bridge: Bridge) -> None:
    gate = Gate(says("Hat gedauert."))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Eine schwere Frage")
    await gate.reached.wait()
    assert (await customer.conversation())["state"] == "bot"
    assert await agent.list() == []
    gate.opened.set()
    await customer.wait_for_text("bot", "Hat gedauert.")
    assert await customer.notices() == ["bot_disclosure"]


# --- return to the bot ---------------------------------------------------------------------------------------------


async def test_a_customer_who_left_while_waiting_can_leave_the_queue_at_the_next_visit(bridge: Bridge) -> None:
    customer = await bridge.customer()
    async with customer.events() as events:
        await customer.ask_for_person()
        await events.until("conversation", lambda c: c["state"] == "waiting")
    # The window is shut; the next visit starts with what the browser has kept: the id and the token.
    again = customer.at(bridge.url)
    async with again.events() as events:
        await events.until("conversation", lambda c: c["state"] == "waiting")
        await again.stop_waiting()
        await again.write("Dann eben so")
        await events.until("message", lambda m: m["sender"] == "bot")


async def test_several_questions_asked_before_the_wait_are_all_answered_after_it(bridge: Bridge) -> None:
    gate = Gate(says("Zu früh"))
    bridge.rasa.script = gate
    customer = await bridge.customer()
    await customer.write("eins")
    await customer.write("zwei")
    await gate.reached.wait()
    await customer.ask_for_person()

    async def answer(body: Json) -> Json:
        return says(f"Zu {body['text']}")

    bridge.rasa.script = answer
    gate.opened.set()
    await customer.stop_waiting()
    await customer.wait_for_text("bot", "Zu zwei")
    assert await customer.texts("bot") == ["Zu eins", "Zu zwei"]


# --- agents are not told -------------------------------------------------------------------------------------------


async def test_every_desk_is_told_of_a_handoff_with_its_reason_when_it_happens(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        return says("Ich hole jemanden dazu.")

    bridge.rasa.script = hand_over
    customer = await bridge.customer()
    kim, ali = await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    async with kim.events() as at_kims, ali.events() as at_alis:
        for desk in (at_kims, at_alis):
            await desk.until("snapshot")
        await customer.write("Kaputt")
        for desk in (at_kims, at_alis):
            told = await desk.until("conversation", lambda c: c["conversation"]["state"] == "waiting")
            assert told["conversation"]["id"] == customer.id
            assert told["conversation"]["handoff"]["reason"] == "complex_intent"


# --- assignment ----------------------------------------------------------------------------------------------------


async def test_an_agent_who_comes_finds_everybody_who_waited_in_order(bridge: Bridge) -> None:
    customers = [await bridge.customer() for _ in range(3)]
    for customer in customers:
        await customer.ask_for_person()
    agent = await bridge.agent()
    async with agent.events() as desk:
        snapshot = await desk.until("snapshot")
        waiting = [c for c in snapshot["conversations"] if c["state"] == "waiting"]
        assert {c["id"] for c in waiting} == {customer.id for customer in customers}
    assert [listed["id"] for listed in await agent.list()] == [customer.id for customer in customers]


async def test_what_was_passed_to_somebody_who_is_away_anybody_may_take(bridge: Bridge) -> None:
    customer = await bridge.customer()
    kim, ali, eva = [await bridge.agent(name) for name in ("Kim Weber", "Ali Kaya", "Eva Roth")]
    await customer.ask_for_person()
    await kim.claim(customer.id)
    await kim.pass_on(customer.id, ali.agent["id"], "Bitte prüfen")
    await eva.claim(customer.id)
    await eva.write(customer.id, "Ich übernehme für meinen Kollegen.")
    assert (await customer.texts("agent")) == ["Ich übernehme für meinen Kollegen."]


async def test_nothing_is_passed_to_somebody_who_may_not_answer(bridge: Bridge) -> None:
    customer, kim, ali = await bridge.customer(), await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    await customer.ask_for_person()
    await kim.claim(customer.id)
    async with bridge.server.app[keys.store].database.write() as connection:
        await connection.execute(update(agents).where(agents.c.id == ali.agent["id"]).values(disabled=True))
    with pytest.raises(Refused, match="not_found"):
        await kim.pass_on(customer.id, ali.agent["id"])
    assert (await customer.conversation())["state"] == "human"


# --- out of hours --------------------------------------------------------------------------------------------------


@pytest.fixture
def never_open(rules: BusinessRules) -> BusinessRules:
    weekly: dict[str, list[str]] = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = rules.opening_hours.model_dump() | {"weekly": weekly}
    return BusinessRules.model_validate(rules.model_dump() | {"opening_hours": hours})


async def test_out_of_hours_the_bot_answers_and_the_absence_is_told_once_when_a_person_is_asked_for(
    database_url: str, rasa: ScriptedRasa, never_open: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(database_url, rasa.url, tmp_path)
    async with running_bridge(settings, rasa, never_open) as bridge:
        customer = await bridge.customer()
        await customer.write("Haben Sie offen?")
        await customer.wait_for_text("bot", "Haben Sie offen?")
        assert await customer.notices() == ["bot_disclosure"]
        await customer.ask_for_person()
        await customer.write("Hallo?")
        assert (await customer.notices()).count("out_of_hours") == 1
        await customer.stop_waiting()
        await customer.wait_for_text("bot", "Hallo?")
        assert (await customer.notices())[1:] == ["handoff_requested", "out_of_hours", "returned_to_bot"]


# --- lost, doubled, misordered -------------------------------------------------------------------------------------


async def test_what_is_sent_again_and_again_on_a_weak_network_reaches_the_agent_once(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    async with agent.events() as desk:
        await desk.until("snapshot")
        for _ in range(3):
            await asyncio.gather(*(customer.write("Ist jemand da?", client_message_id="k1") for _ in range(3)))
        await customer.write("Ende", client_message_id="k2")
        texts = []
        while "Ende" not in texts:
            texts.append((await desk.until("message"))["text"])
    assert texts == ["Ist jemand da?", "Ende"]


# --- transcript ----------------------------------------------------------------------------------------------------


async def test_of_a_long_conversation_the_agent_sees_the_latest_in_order_and_can_read_back(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    epoch = (await agent.claim(customer.id))["epoch"]
    for number in range(130):
        await customer.write(f"Frage {number}")
        await agent.write(customer.id, f"Antwort {number}", epoch)
    seen = (await agent.call("GET", f"/conversations/{customer.id}?limit=100"))["messages"]
    last_seq = (await customer.conversation())["last_seq"]
    assert [m["seq"] for m in seen] == list(range(last_seq - 99, last_seq + 1))
    assert [m["text"] for m in seen[-2:]] == ["Frage 129", "Antwort 129"]
    beginning = (await agent.call("GET", f"/conversations/{customer.id}?after=0&limit=3"))["messages"]
    assert [m["seq"] for m in beginning] == [1, 2, 3]
    assert [m["text"] for m in await customer.messages()][-1] == "Antwort 129"


# --- designers -----------------------------------------------------------------------------------------------------


async def test_handoffs_are_counted_by_their_cause_and_the_bots_debt_by_what_it_may_answer(bridge: Bridge) -> None:
    bridge.rasa.script = gate = Gate(says("Zu spät"))
    customer, other = await bridge.customer(), await bridge.customer()
    await customer.write("Hallo")
    await gate.reached.wait()
    await customer.ask_for_person()
    await ask(bridge, request_for(other.id, "m1"))
    async with bridge.session.get(f"{bridge.url}metrics") as response:
        metrics = await response.text()
    assert 'handschlag_handoffs_total{reason="customer_request"} 1.0' in metrics
    assert 'handschlag_handoffs_total{reason="complex_intent"} 1.0' in metrics
    # Whoever waits for a person is owed nothing by the bot.
    assert "handschlag_bot_turns_open 0.0" in metrics
    gate.opened.set()
