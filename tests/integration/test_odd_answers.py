"""Whatever the bot sends, the customer gets an answer or a person."""

from typing import Any

from tests.integration.test_internal_handoffs import ask, request_for
from tests.support.bridge import Bridge
from tests.support.people import Customer
from tests.support.rasa import Json

READABLE = {"text": "Gern."}


def nested(depth: int) -> Json:
    value: Json = {}
    for _ in range(depth):
        value = {"a": value}
    return value


STILL_READABLE: list[Any] = [
    {"messages": [{"text": "Ge\x00rn."}], "nlu": {"text": "a\x00b"}},
    {"messages": [READABLE], "nlu": {"intent": {"name": "greet", "confidence": float("nan")}}},
    {"messages": [READABLE], "nlu": {"entities": [{"value": "\ud800"}]}},
    {"messages": [READABLE, "quatsch", None, 5], "nlu": None},
    {"messages": [{"text": "Gern.", "buttons": ["quatsch", {"title": "ohne Ziel"}, None]}], "nlu": {}},
    {"messages": [{"text": "Gern.", "buttons": {"title": "Ja"}}], "nlu": []},
    {"messages": [READABLE, {"custom": {"a": 1}}], "nlu": {}},
]
UNREADABLE: list[Any] = [
    [],
    {"messages": "Hallo"},
    {"messages": [{"text": ""}, {"custom": {}}], "nlu": {}},
    {"messages": [{"text": None, "buttons": ["x"]}], "nlu": {}},
    {"messages": [READABLE], "nlu": nested(400)},
]


async def customers_answered_with(bridge: Bridge, answers: list[Any]) -> list[Customer]:
    """One customer for each answer, who has just written."""

    async def script(body: Json) -> Any:
        return answers[int(body["text"])]

    bridge.rasa.script = script
    customers = [await bridge.customer() for _ in answers]
    for number, customer in enumerate(customers):
        await customer.write(str(number))
    return customers


async def test_what_can_be_read_of_an_odd_answer_is_shown(bridge: Bridge) -> None:
    for customer in await customers_answered_with(bridge, STILL_READABLE):
        log = await customer.wait_for_text("bot", "Gern.")
        assert [message["kind"] for message in log] == ["notice", "text", "text"]


async def test_an_answer_that_cannot_be_read_ends_with_a_person(bridge: Bridge) -> None:
    for customer in await customers_answered_with(bridge, UNREADABLE):
        await customer.wait_for_notice("handoff_requested")
        assert (await customer.conversation())["handoff"]["reason"] == "bot_failure"


KEPT: list[tuple[Json, Json]] = [
    ({"summary": "Notfall\x00 im Keller"}, {"summary": "Notfall im Keller"}),
    ({"summary": "schreibt \\u0000"}, {"summary": "schreibt \\u0000"}),
    ({"slots": {"a": "\ud800", "b": ["\x00c"]}}, {"slots": {"a": "?", "b": ["c"]}}),
    ({"slots": {"zahl": 10**400}}, {"slots": {"zahl": 10**400}}),
]


async def test_a_handoff_is_not_lost_to_an_odd_character(bridge: Bridge) -> None:
    agent = await bridge.agent()
    for sent, kept in KEPT:
        customer = await bridge.customer()
        status, _ = await ask(bridge, request_for(customer.id, "m1") | sent)
        assert status == 202
        handoff = (await agent.open(customer.id))["handoff"]
        assert {name: handoff[name] for name in kept} == kept


async def test_a_handoff_that_no_database_can_keep_is_refused_and_changes_nothing(bridge: Bridge) -> None:
    customer = await bridge.customer()
    for odd in ({"slots": nested(400)}, {"message_id": "a\x00b"}, {"conversation_id": "\ud800"}):
        status, answer = await ask(bridge, request_for(customer.id, "m1") | odd)
        assert (status, answer["error"]["code"]) == (422, "invalid_body")
    assert (await customer.conversation())["state"] == "bot"
