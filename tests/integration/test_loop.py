"""The whole way: customer, bot, person, and back."""

from tests.support.bridge import Bridge
from tests.support.rasa import says


async def test_a_customer_is_told_first_that_a_machine_answers(bridge: Bridge) -> None:
    customer = await bridge.customer()
    (disclosure,) = customer.first_messages
    assert disclosure["seq"] == 1
    assert disclosure["notice"]["type"] == "bot_disclosure"
    assert "Maschine" in disclosure["text"]


async def test_the_bot_answers_what_the_customer_wrote(bridge: Bridge) -> None:
    customer = await bridge.customer()
    await customer.write("Guten Tag")
    log = await customer.wait_for_text("bot", "Sie schrieben: Guten Tag")
    assert [message["seq"] for message in log] == [1, 2, 3]


async def test_the_loop_from_bot_to_person_and_back_is_told_openly(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent("Kim Weber")
    await customer.write("Wo ist mein Paket?")
    await customer.wait_for_text("bot", "Wo ist mein Paket?")

    waiting = await customer.ask_for_person()
    assert waiting["state"] == "waiting"
    assert waiting["handoff"]["reason"] == "customer_request"
    assert waiting["handoff"]["queue_position"] == 1
    (listed,) = await agent.list("state=waiting")
    assert listed["id"] == customer.id

    seen = await agent.open(customer.id)
    assert [m["text"] for m in seen["messages"] if m["sender"] == "customer"] == ["Wo ist mein Paket?"]
    assert seen["handoff"]["reason"] == "customer_request"
    assert (await agent.claim(customer.id))["state"] == "human"
    await agent.write(customer.id, "Guten Tag, ich sehe nach.")
    await customer.write("Danke!")
    await agent.give_back(customer.id, "Paket kommt morgen.")
    await customer.write("Hallo Bot")
    log = await customer.wait_for_text("bot", "Sie schrieben: Hallo Bot")

    told = [(m["sender"], m["notice"]["type"] if m["kind"] == "notice" else m["text"]) for m in log]
    assert told == [
        ("system", "bot_disclosure"),
        ("customer", "Wo ist mein Paket?"),
        ("bot", "Sie schrieben: Wo ist mein Paket?"),
        ("system", "handoff_requested"),
        ("system", "human_joined"),
        ("agent", "Guten Tag, ich sehe nach."),
        ("customer", "Danke!"),
        ("system", "human_left"),
        ("system", "returned_to_bot"),
        ("customer", "Hallo Bot"),
        ("bot", "Sie schrieben: Hallo Bot"),
    ]
    joined = next(m for m in log if m["kind"] == "notice" and m["notice"]["type"] == "human_joined")
    assert "Kim Weber" in joined["text"]
    assert next(m for m in log if m["sender"] == "agent")["sender_name"] == "Kim Weber"


async def test_the_bot_learns_what_was_said_with_the_person(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await customer.write("Meine Nummer ist 12345678")
    await agent.claim(customer.id)
    await agent.write(customer.id, "Ist unterwegs.")
    await agent.give_back(customer.id, "Auskunft gegeben")
    await customer.write("Danke")
    await customer.wait_for_text("bot", "Danke")
    await customer.write("Noch etwas")
    await customer.wait_for_text("bot", "Noch etwas")

    first, second = bridge.rasa.bodies
    assert first["metadata"]["returned"]["note"] == "Auskunft gegeben"
    assert [(t["sender"], t["text"]) for t in first["metadata"]["returned"]["turns"]] == [
        ("customer", "Meine Nummer ist 12345678"),
        ("agent", "Ist unterwegs."),
    ]
    assert second["metadata"]["returned"] is None


async def test_a_handoff_works_again_and_again(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    for _ in range(3):
        await customer.ask_for_person()
        await agent.claim(customer.id)
        await agent.give_back(customer.id)
    await customer.write("Noch da?")
    await customer.wait_for_text("bot", "Noch da?")
    assert (await customer.notices()).count("human_joined") == 3


async def test_a_customer_can_stop_waiting_and_is_answered_by_the_bot(bridge: Bridge) -> None:
    customer = await bridge.customer()
    await customer.ask_for_person()
    await customer.write("Dauert das lange?")
    assert (await customer.stop_waiting())["state"] == "bot"
    log = await customer.wait_for_text("bot", "Dauert das lange?")
    assert [m["notice"]["type"] for m in log if m["kind"] == "notice"] == [
        "bot_disclosure",
        "handoff_requested",
        "returned_to_bot",
    ]


async def test_an_agent_closes_and_the_customer_is_told(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    assert (await agent.close(customer.id))["state"] == "closed"
    assert (await customer.notices())[-1] == "closed"
    rated = await customer.call("POST", "/rating", 201, json={"score": 5, "comment": "Sehr nett"})
    assert rated["rating"] == {"score": 5, "comment": "Sehr nett"}


async def test_a_button_tap_reaches_the_bot_as_its_payload_and_the_log_as_its_title(bridge: Bridge) -> None:
    async def offer(body: dict[str, object]) -> dict[str, object]:
        if body["text"] == "Kaputt":
            buttons = [{"title": "Reparatur", "payload": '/choose{"wish":"repair"}'}]
            return {"messages": [{"text": "Was möchten Sie?", "buttons": buttons}], "nlu": {}}
        return says("Gut.")

    bridge.rasa.script = offer
    customer = await bridge.customer()
    await customer.write("Kaputt")
    await customer.wait_for_text("bot", "Was möchten Sie?")
    message = await customer.tap('/choose{"wish":"repair"}')
    await customer.wait_for_text("bot", "Gut.")
    assert message["text"] == "Reparatur"
    assert bridge.rasa.bodies[-1]["text"] == '/choose{"wish":"repair"}'
    assert [body["metadata"]["is_payload"] for body in bridge.rasa.bodies] == [False, True]


async def test_the_transcript_says_who_wrote_what(bridge: Bridge) -> None:
    customer = await bridge.customer()
    await customer.write("Grüß Gott")
    await customer.wait_for_text("bot", "Grüß Gott")
    async with bridge.session.get(
        f"{bridge.url}v1/conversations/{customer.id}/transcript", headers=customer.headers
    ) as response:
        text = await response.text()
        assert response.headers["Content-Disposition"].startswith("attachment")
    assert "Sie:\nGrüß Gott" in text
    assert "Assistent (Maschine):\nSie schrieben: Grüß Gott" in text


async def test_an_agent_passes_a_conversation_on_to_a_colleague(bridge: Bridge) -> None:
    customer, kim, ali = await bridge.customer(), await bridge.agent("Kim Weber"), await bridge.agent("Ali Kaya")
    await customer.ask_for_person()
    await kim.claim(customer.id)
    passed = await kim.pass_on(customer.id, ali.agent["id"], "Bitte Gutschrift prüfen")
    assert passed["state"] == "waiting"
    assert passed["reserved_for"] == ali.agent["id"]
    await ali.claim(customer.id)
    assert (await customer.notices())[-3:] == ["human_left", "waiting", "human_joined"]
