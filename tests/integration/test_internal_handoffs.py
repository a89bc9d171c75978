"""The inner door through which the bot asks for a person."""

import asyncio
from typing import Any

import pytest

from tests.support.bridge import INTERNAL_SECRET, Bridge
from tests.support.people import Refused
from tests.support.rasa import Json, says


async def ask(bridge: Bridge, body: Json, secret: str = INTERNAL_SECRET) -> tuple[int, Json]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with bridge.session.post(f"{bridge.url}internal/handoffs", json=body, headers=headers) as response:
        return response.status, await response.json()


def request_for(conversation_id: str, message_id: str, **changes: Any) -> Json:
    return {
        "conversation_id": conversation_id,
        "message_id": message_id,
        "reason": "complex_intent",
        "decision": {"reason": "complex_intent", "score": 0.9, "threshold": 0.5, "cues": ["defekt"]},
        "summary": "Waschmaschine defekt, möchte Reparatur",
        "slots": {"order_number": "B-2026-104233"},
        "latest_intent": {"name": "defective_product", "confidence": 0.91},
        "transcript": [
            {"sender": "customer", "text": "Kaputt", "created_at": "2026-11-20T10:00:00Z",
             "intent": "defective_product", "confidence": 0.91, "entities": []},
        ],
        **changes,
    }  # fmt: skip


async def test_the_bots_last_words_come_before_the_notice(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        status, answer = await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        assert status == 202
        assert answer["handoff"]["status"] == "requested"
        assert answer["promise"]["kind"] == "queued"
        assert (await customer.conversation())["state"] == "bot"
        return says("Ich hole jemanden dazu.")

    bridge.rasa.script = hand_over
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Kaputt")
    log = await customer.wait_for_notice("handoff_requested")
    assert [(m["sender"], m["kind"]) for m in log[-2:]] == [("bot", "text"), ("system", "notice")]
    seen = await agent.open(customer.id)
    assert seen["handoff"]["reason"] == "complex_intent"
    assert seen["handoff"]["status"] == "waiting"
    assert seen["handoff"]["slots"] == {"order_number": "B-2026-104233"}
    assert seen["handoff"]["decision"]["cues"] == ["defekt"]
    assert seen["handoff"]["transcript"][0]["intent"] == "defective_product"


async def test_a_handoff_turn_may_have_no_words_of_the_bot(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        return {"messages": [], "nlu": {}}

    bridge.rasa.script = hand_over
    customer = await bridge.customer()
    await customer.write("Kaputt")
    await customer.wait_for_notice("handoff_requested")
    assert (await customer.conversation())["handoff"]["reason"] == "complex_intent"


async def test_the_same_request_again_is_the_same_handoff(bridge: Bridge) -> None:
    customer = await bridge.customer()
    body = request_for(customer.id, "from-elsewhere")
    answers = await asyncio.gather(*(ask(bridge, body) for _ in range(5)))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 200, 202]
    assert len({answer["handoff"]["id"] for _, answer in answers}) == 1
    assert (await customer.notices()).count("handoff_requested") == 1


async def test_a_bot_that_dies_after_asking_for_a_person_still_gets_the_customer_one(bridge: Bridge) -> None:
    async def die(body: Json) -> int:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        return 500

    bridge.rasa.script = die
    customer = await bridge.customer()
    await customer.write("Kaputt")
    await customer.wait_for_notice("handoff_requested")
    assert (await customer.conversation())["handoff"]["reason"] == "complex_intent"


async def test_what_the_bot_knows_is_kept_when_the_customer_was_faster(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await customer.ask_for_person()
        status, _ = await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        assert status == 200
        return says("zu spät")

    bridge.rasa.script = hand_over
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Kaputt")
    async with agent.events() as events:
        await events.next()
        while not (await agent.open(customer.id)).get("handoff"):
            await events.next()
    seen = await agent.open(customer.id)
    assert seen["handoff"]["reason"] == "customer_request"
    assert (await customer.notices()).count("handoff_requested") == 1


async def test_what_the_bot_knows_is_kept_when_the_customer_asks_right_after_it(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        await customer.ask_for_person()
        return says("zu spät")

    bridge.rasa.script = hand_over
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Kaputt")
    log = await customer.wait_for_notice("handoff_requested")
    handoff = (await agent.open(customer.id))["handoff"]
    assert (handoff["reason"], handoff["status"]) == ("complex_intent", "waiting")
    assert handoff["slots"] == {"order_number": "B-2026-104233"}
    assert [m["notice"]["type"] for m in log if m["kind"] == "notice"].count("handoff_requested") == 1


async def test_what_the_bot_knows_is_kept_when_an_agent_takes_over_from_the_bot(bridge: Bridge) -> None:
    async def hand_over(body: Json) -> Json:
        await ask(bridge, request_for(body["conversation_id"], body["message_id"]))
        await agent.claim(customer.id)
        return says("zu spät")

    bridge.rasa.script = hand_over
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.write("Kaputt")
    await customer.wait_for_notice("human_joined")
    handoff = (await agent.open(customer.id))["handoff"]
    assert (handoff["reason"], handoff["status"]) == ("complex_intent", "claimed")
    assert handoff["slots"] == {"order_number": "B-2026-104233"}
    await agent.close(customer.id)
    assert (await agent.open(customer.id))["handoff"]["status"] == "closed"


async def test_after_a_turn_has_ended_its_late_request_hands_nobody_over(bridge: Bridge) -> None:
    customer = await bridge.customer()
    message = await customer.write("Hallo")
    await customer.wait_for_text("bot", "Hallo")
    status, answer = await ask(bridge, request_for(customer.id, message["id"]))
    assert (status, answer["error"]["code"]) == (409, "stale_epoch")
    assert (await customer.conversation())["state"] == "bot"


async def test_the_inner_door_opens_only_with_its_secret(bridge: Bridge) -> None:
    customer = await bridge.customer()
    body = request_for(customer.id, "m1")
    assert (await ask(bridge, body, secret="falsch"))[0] == 401
    assert (await ask(bridge, body, secret="fälsch"))[0] == 401
    assert (await customer.conversation())["state"] == "bot"


@pytest.mark.parametrize(
    "changes",
    [{"reason": "boredom"}, {"message_id": ""}, {"transcript": [{"sender": "dog"}]}, {"slots": []}],
)
async def test_a_request_that_makes_no_sense_changes_nothing(bridge: Bridge, changes: Json) -> None:
    customer = await bridge.customer()
    status, answer = await ask(bridge, request_for(customer.id, "m1") | changes)
    assert (status, answer["error"]["code"]) == (422, "invalid_body")
    assert (await customer.conversation())["state"] == "bot"


async def test_an_unknown_or_closed_conversation_is_named(bridge: Bridge) -> None:
    assert (await ask(bridge, request_for("nirgends", "m1")))[0] == 404
    customer = await bridge.customer()
    await customer.call("POST", "/close")
    status, answer = await ask(bridge, request_for(customer.id, "m1"))
    assert (status, answer["error"]["code"]) == (409, "conversation_closed")


async def test_the_details_reach_the_desk_even_when_a_transcript_is_long(bridge: Bridge) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    said = {"sender": "customer", "text": "ä" * 1000, "created_at": "2026-11-20T10:00:00Z"}
    status, _ = await ask(bridge, request_for(customer.id, "m1", transcript=[said] * 300))
    assert status == 202
    assert len((await agent.open(customer.id))["handoff"]["transcript"]) == 300
    with pytest.raises(Refused):
        await agent.claim(customer.id, epoch=99)
