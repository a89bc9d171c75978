"""What must hold whatever happens, each named after what it promises."""

import asyncio

import pytest

from handoff_bridge.http import keys
from tests.support.bridge import Bridge
from tests.support.people import Customer, Refused
from tests.support.rasa import Gate, Json, says


async def test_the_same_message_sent_twice_is_in_the_log_once(bridge: Bridge) -> None:
    customer = await bridge.customer()
    first = await customer.write("Hallo", client_message_id="eins")
    await customer.wait_for_text("bot", "Hallo")
    again = await customer.write("Hallo, anders geschrieben", client_message_id="eins")
    assert again == first
    assert await customer.texts("customer") == ["Hallo"]
    assert bridge.rasa.texts == ["Hallo"]


async def test_the_same_message_sent_at_the_same_time_is_in_the_log_once(bridge: Bridge) -> None:
    customer = await bridge.customer()
    answers = await asyncio.gather(*(customer.write("Hallo", client_message_id="eins") for _ in range(8)))
    assert len({answer["id"] for answer in answers}) == 1
    assert await customer.texts("customer") == ["Hallo"]


async def test_a_repeat_after_the_end_still_returns_the_first_result(bridge: Bridge) -> None:
    customer = await bridge.customer()
    first = await customer.write("Hallo", client_message_id="eins")
    await customer.call("POST", "/close")
    assert await customer.write("Hallo", client_message_id="eins") == first
    with pytest.raises(Refused, match="conversation_closed"):
        await customer.write("Noch etwas", client_message_id="zwei")


async def test_the_log_has_no_gaps_when_everybody_writes_at_once(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    epoch = await agent.epoch(customer.id)
    await asyncio.gather(
        *(customer.write(f"Frage {n}") for n in range(20)),
        *(agent.write(customer.id, f"Antwort {n}", epoch) for n in range(20)),
    )
    log = await customer.messages()
    assert [message["seq"] for message in log] == list(range(1, 44))


async def test_turns_of_one_conversation_run_one_after_the_other_in_order(bridge: Bridge) -> None:
    running, most = 0, 0

    async def slow(body: Json) -> Json:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        return says(f"Antwort auf {body['text']}")

    bridge.rasa.script = slow
    customer = await bridge.customer()
    for number in range(5):
        await customer.write(str(number))
    await customer.wait_for_text("bot", "Antwort auf 4")
    assert most == 1
    assert bridge.rasa.texts == ["0", "1", "2", "3", "4"]


async def test_a_bot_answer_that_comes_after_the_handover_is_never_shown(bridge: Bridge) -> None:
    gate = Gate(says("Zu spät"))
    bridge.rasa.script = gate
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    gate.opened.set()
    await agent.write(customer.id, "Ich bin da.")
    await _until_no_turn_is_open(bridge)
    assert await customer.texts("bot") == []


async def test_an_answer_is_not_lost_when_the_customer_waits_and_comes_back_meanwhile(bridge: Bridge) -> None:
    gate = Gate(says("Ihr Paket kommt morgen."))
    bridge.rasa.script = gate
    customer = await bridge.customer()
    await customer.write("Wo ist mein Paket?")
    await gate.reached.wait()
    await customer.ask_for_person()
    await customer.stop_waiting()
    gate.opened.set()
    log = await customer.wait_for_text("bot", "Ihr Paket kommt morgen.")
    assert log[-1]["sender"] == "bot"
    assert (await customer.texts("bot")) == ["Ihr Paket kommt morgen."]


async def test_the_bot_is_not_asked_while_a_person_has_the_conversation(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await customer.write("Hallo?")
    await agent.claim(customer.id)
    await customer.write("Sind Sie da?")
    await agent.write(customer.id, "Ja.")
    assert bridge.rasa.bodies == []


async def test_of_many_agents_who_claim_exactly_one_wins_and_the_others_are_told_who(bridge: Bridge) -> None:
    customer = await bridge.customer()
    agents = [await bridge.agent(name) for name in ("Kim Weber", "Ali Kaya", "Eva Roth", "Jan Ott")]
    await customer.ask_for_person()
    epoch = await agents[0].epoch(customer.id)
    results = await asyncio.gather(*(agent.claim(customer.id, epoch) for agent in agents), return_exceptions=True)
    won = [result for result in results if isinstance(result, dict)]
    lost = [result for result in results if isinstance(result, Refused)]
    assert len(won) == 1
    assert {refused.code for refused in lost} == {"conflict"}
    assert {refused.details["agent"]["name"] for refused in lost} == {won[0]["agent"]["name"]}
    assert (await customer.notices()).count("human_joined") == 1


async def test_claiming_twice_by_the_same_agent_is_one_claim(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    epoch = (await customer.ask_for_person())["epoch"]
    first = await agent.claim(customer.id, epoch)
    assert await agent.claim(customer.id, epoch) == first


async def test_only_the_owner_can_write_and_a_refused_text_is_kept(bridge: Bridge) -> None:
    customer, kim, ali = await bridge.customer(), await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    await customer.ask_for_person()
    epoch = (await kim.claim(customer.id))["epoch"]
    with pytest.raises(Refused, match="stale_epoch"):
        await ali.write(customer.id, "Ich auch!", epoch)
    await kim.give_back(customer.id)
    with pytest.raises(Refused, match="stale_epoch"):
        await kim.write(customer.id, "Noch ein Satz", epoch)
    assert await customer.texts("agent") == []


async def test_an_agent_message_sent_twice_is_shown_once(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    epoch = (await agent.claim(customer.id))["epoch"]
    first = await agent.write(customer.id, "Guten Tag", epoch, client_message_id="x")
    assert await agent.write(customer.id, "Guten Tag", epoch, client_message_id="x") == first
    await agent.give_back(customer.id)
    # Also when the first answer was lost and the conversation has moved on.
    assert await agent.write(customer.id, "Guten Tag", epoch, client_message_id="x") == first
    assert await customer.texts("agent") == ["Guten Tag"]


async def test_nobody_is_told_of_a_person_before_a_person_has_claimed(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    assert "human_joined" not in await customer.notices()
    with pytest.raises(Refused, match="stale_epoch"):
        await agent.write(customer.id, "Hallo", epoch=2)
    await agent.claim(customer.id)
    await agent.write(customer.id, "Hallo")
    senders = [m["notice"]["type"] if m["kind"] == "notice" else m["sender"] for m in await customer.messages()]
    assert senders.index("human_joined") < senders.index("agent")


async def test_every_change_of_owner_raises_the_epoch_and_is_a_log_entry(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    epochs = [(await customer.conversation())["epoch"]]
    for change in (
        customer.ask_for_person,
        lambda: agent.claim(customer.id),
        lambda: agent.give_back(customer.id),
        lambda: customer.call("POST", "/close"),
    ):
        await change()
        epochs.append((await customer.conversation())["epoch"])
    assert epochs == [1, 2, 3, 4, 5]
    async with bridge.server.app[keys.store].read() as tx:
        log = await tx.messages.after(customer.id, 0, 100)
    entries = [(m.draft.notice["type"], m.draft.notice["actor"], m.epoch) for m in log if m.draft.notice]
    by_agent = f"agent:{agent.agent['id']}"
    assert entries == [
        ("bot_disclosure", "system", 1),
        ("handoff_requested", "customer", 2),
        ("human_joined", by_agent, 3),
        ("human_left", by_agent, 4),
        ("returned_to_bot", by_agent, 4),
        ("closed", "customer", 5),
    ]


async def test_two_customers_wait_in_the_order_they_asked(bridge: Bridge) -> None:
    first, second, agent = await bridge.customer(), await bridge.customer(), await bridge.agent()
    await first.ask_for_person()
    await second.ask_for_person()
    assert [listed["id"] for listed in await agent.list()] == [first.id, second.id]
    assert (await second.conversation())["handoff"]["queue_position"] == 2
    await agent.claim(first.id)
    assert (await second.conversation())["handoff"]["queue_position"] == 1


async def test_who_waits_sees_the_place_in_the_queue_move(bridge: Bridge) -> None:
    first, second, agent = await bridge.customer(), await bridge.customer(), await bridge.agent()
    await first.ask_for_person()
    await second.ask_for_person()
    async with second.events() as events:
        await events.until("conversation", lambda c: c["handoff"]["queue_position"] == 2)
        await agent.claim(first.id)
        await events.until("conversation", lambda c: c["handoff"]["queue_position"] == 1)


async def _until_no_turn_is_open(bridge: Bridge) -> None:
    async with asyncio.timeout(20):
        while True:
            async with bridge.server.app[keys.store].read() as tx:
                if await tx.turns.next_due() is None:
                    return
            await asyncio.sleep(0.02)


async def test_a_token_opens_only_its_own_conversation(bridge: Bridge) -> None:
    one, other = await bridge.customer(), await bridge.customer()
    stranger = Customer(bridge.session, bridge.url)
    stranger.id, stranger.token = one.id, other.token
    for method, path in (("GET", "/messages"), ("POST", "/handoff"), ("POST", "/close"), ("GET", "/events")):
        with pytest.raises(Refused, match="invalid_token"):
            await stranger.call(method, path)
