"""Back at the bot: nothing that was asked of it stays without an answer, and nothing is answered twice."""

import asyncio

from sqlalchemy import select

from handoff_bridge.http import keys
from handoff_bridge.storage.schema import turns
from tests.integration.test_internal_handoffs import ask, request_for
from tests.support.bridge import Bridge
from tests.support.rasa import Gate, Json, echo, says


async def until_no_turn_runs(bridge: Bridge, conversation_id: str) -> None:
    running = select(turns.c.message_id).where(turns.c.conversation_id == conversation_id, turns.c.owner.is_not(None))
    async with asyncio.timeout(20):
        while True:
            async with bridge.server.app[keys.store].database.read() as connection:
                if not (await connection.execute(running)).all():
                    return
            await asyncio.sleep(0.02)


async def test_an_answer_that_came_while_the_customer_waited_is_given_again_when_they_come_back(bridge: Bridge) -> None:
    gate = Gate(says("Ihr Paket kommt morgen."))
    bridge.rasa.script = gate
    customer = await bridge.customer()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await customer.ask_for_person()
    gate.opened.set()
    await until_no_turn_runs(bridge, customer.id)
    assert await customer.texts("bot") == []
    await customer.stop_waiting()
    await customer.wait_for_text("bot", "Ihr Paket kommt morgen.")


async def test_a_question_that_no_person_answered_is_the_bots_again_after_the_return(bridge: Bridge) -> None:
    gate = Gate(says("Ihr Paket kommt morgen."))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await agent.claim(customer.id)
    gate.opened.set()
    await until_no_turn_runs(bridge, customer.id)
    await agent.give_back(customer.id)
    await customer.wait_for_text("bot", "Ihr Paket kommt morgen.")


async def test_a_question_that_a_person_answered_is_not_answered_by_the_bot_as_well(bridge: Bridge) -> None:
    gate = Gate(says("Zu spät."))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await agent.claim(customer.id)
    gate.opened.set()
    await agent.write(customer.id, "Es kommt morgen.")
    await agent.give_back(customer.id)
    bridge.rasa.script = echo
    await customer.write("Danke")
    await customer.wait_for_text("bot", "Sie schrieben: Danke")
    assert await customer.texts("bot") == ["Sie schrieben: Danke"]


async def test_what_the_bot_announced_happens_although_the_customer_stopped_waiting_meanwhile(bridge: Bridge) -> None:
    rounds = 0

    async def hand_over(body: Json) -> Json:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            await customer.ask_for_person()
        assert (await ask(bridge, request_for(body["conversation_id"], body["message_id"])))[0] == 200
        if rounds == 1:
            await customer.stop_waiting()
        return says("Ich hole jemanden dazu.")

    bridge.rasa.script = hand_over
    customer = await bridge.customer()
    await customer.write("Kaputt")
    await customer.wait_for_text("bot", "Ich hole jemanden dazu.")
    log = await customer.wait_for(lambda log: log[-1]["kind"] == "notice" and log[-2]["sender"] == "bot")
    assert log[-1]["notice"]["type"] == "handoff_requested"


async def test_the_bot_hears_of_both_people_when_it_was_not_asked_between_them(bridge: Bridge) -> None:
    customer, kim, ali = await bridge.customer(), await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    await customer.ask_for_person()
    await kim.claim(customer.id)
    await kim.write(customer.id, "Gutschrift ist unterwegs.")
    await kim.give_back(customer.id, "Gutschrift")
    await customer.ask_for_person()
    await ali.claim(customer.id)
    await ali.write(customer.id, "Adresse ist geändert.")
    await ali.give_back(customer.id, "Adresse")
    await customer.write("Danke")
    await customer.wait_for_text("bot", "Danke")
    returned = bridge.rasa.bodies[0]["metadata"]["returned"]
    assert returned["note"] == "Gutschrift\nAdresse"
    assert [turn["text"] for turn in returned["turns"]] == ["Gutschrift ist unterwegs.", "Adresse ist geändert."]


async def test_what_the_bot_has_heard_of_a_person_it_is_not_told_again(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        return says("Ich hole jemanden dazu.")

    customer, kim = await bridge.customer(), await bridge.agent("Kim Weber")
    await customer.ask_for_person()
    await kim.claim(customer.id)
    await kim.give_back(customer.id, "Gutschrift")
    bridge.rasa.script = hand_over
    await customer.write("Noch etwas")
    await customer.wait_for(lambda log: log[-1]["kind"] == "notice" and log[-2]["sender"] == "bot")
    await kim.claim(customer.id)
    await kim.give_back(customer.id, "Adresse")
    bridge.rasa.script = echo
    await customer.write("Danke")
    await customer.wait_for_text("bot", "Danke")
    assert [body["metadata"]["returned"] and body["metadata"]["returned"]["note"] for body in bridge.rasa.bodies] == [
        "Gutschrift",
        "Adresse",
    ]


async def test_a_message_that_the_bot_wanted_to_give_to_a_person_is_not_its_own_again_after_one_had_it(
    bridge: Bridge,
) -> None:
    reached, opened = asyncio.Event(), asyncio.Event()

    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        reached.set()
        await opened.wait()
        return says("Ich hole jemanden dazu.")

    bridge.rasa.script = hand_over
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Kaputt")
    await reached.wait()
    await agent.claim(customer.id)
    opened.set()
    await until_no_turn_runs(bridge, customer.id)
    await agent.give_back(customer.id)
    bridge.rasa.script = echo
    await customer.write("Danke")
    await customer.wait_for_text("bot", "Sie schrieben: Danke")
    assert len(bridge.rasa.bodies) == 2
