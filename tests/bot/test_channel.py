"""The channel over HTTP: who may speak, in which form, and what a failure looks like."""

from __future__ import annotations

import asyncio
import copy
import logging
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from components.bridge_channel import BridgeChannel
from components.errors import Unauthorized
from components.tracker_store import DurableTrackerStore
from components.turn_failures import RecordingEndpoint
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.channel import ChannelClient, serving
from tests.bot.support.talk import Talk
from tests.support.ports import free_port


@pytest.fixture
async def client(agent: Agent) -> AsyncIterator[ChannelClient]:
    async with serving(agent) as running:
        yield running


@pytest.fixture
def conversation() -> str:
    return f"channel-{uuid.uuid4().hex}"


@pytest.fixture
def broken_actions(agent: Agent) -> Iterator[None]:
    """While a test runs, nobody listens where the action server should be."""
    assert agent.processor is not None
    working = agent.processor.action_endpoint
    agent.processor.action_endpoint = EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook")
    yield
    agent.processor.action_endpoint = working


async def test_an_answer_holds_messages_and_what_was_understood(client: ChannelClient, conversation: str) -> None:
    status, body = await client.say(conversation, "ich will die kopfhörer aus bestellung 10423345 zurückgeben")
    assert status == 200
    assert "Postleitzahl" in body["messages"][0]["text"]
    assert body["nlu"]["intent"]["name"] == "return_item"
    assert body["nlu"]["intent_ranking"][0]["name"] == "return_item"
    found = [(entity["entity"], entity["value"]) for entity in body["nlu"]["entities"]]
    assert found == [("product", "kopfhörer"), ("order_number", "10423345")]
    _, offered = await client.say(conversation, "50667")
    buttons = offered["messages"][-1]["buttons"]
    assert buttons
    assert all(set(button) == {"title", "payload"} for button in buttons)


@pytest.mark.parametrize("secret", [None, "", "wrong", "channel-secret ", "channel-secre"])
async def test_without_the_secret_nothing_is_answered(client: ChannelClient, secret: str | None) -> None:
    status, body = await client.post({"conversation_id": "x"}, secret=secret)
    assert status == 401
    assert body["error"]["code"] == "unauthorized"


def test_a_channel_without_a_secret_does_not_start() -> None:
    with pytest.raises(Unauthorized):
        BridgeChannel.from_credentials({"secret": "  "})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": 7}, "text"),
        ({"message_id": None}, "message_id"),
        ({"conversation_id": " "}, "conversation_id"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"is_payload": "yes"}}, "metadata.is_payload"),
        ({"metadata": {"returned": {"note": 1}}}, "metadata.returned.note"),
        ({"metadata": {"returned": {"turns": [{"sender": "bot"}]}}}, "metadata.returned.turns"),
    ],
)
async def test_a_body_of_another_form_is_refused_with_the_field(
    client: ChannelClient, change: dict[str, object], field: str
) -> None:
    body = {"conversation_id": "x", "message_id": "m", "text": "hallo", "metadata": {}, **change}
    status, answer = await client.post(body)
    assert status == 422
    assert answer["error"] == {
        "code": "invalid_body",
        "message": answer["error"]["message"],
        "details": {"field": field},
    }


async def test_no_json_is_refused(client: ChannelClient) -> None:
    url = f"{client.url}/webhooks/bridge/webhook"
    async with client.session.post(url, data=b"{", headers={"Authorization": "Bearer channel-secret"}) as response:
        assert response.status == 422


async def test_without_a_model_the_channel_is_not_ready() -> None:
    async with serving(Agent()) as client:
        assert (await client.say("x", "hallo"))[0] == 503
        async with client.session.get(f"{client.url}/webhooks/bridge/") as response:
            assert response.status == 503


async def test_with_a_model_the_channel_is_ready(client: ChannelClient) -> None:
    async with client.session.get(f"{client.url}/webhooks/bridge/") as response:
        assert response.status == 200


@pytest.mark.parametrize("text", ["/restart", "/request_human", '/greet{"a":1}', "/", "  /back", "/session_start"])
async def test_a_typed_command_is_plain_text(
    client: ChannelClient, conversation: str, text: str, talk: Talk, bridge: FakeBridge
) -> None:
    await client.say(conversation, "ich heiße Petra")
    status, body = await client.say(conversation, text)
    assert status == 200
    assert body["nlu"]["text"] == text
    assert body["nlu"]["intent"]["name"] not in ("restart", "back", "session_start", "greet")
    assert body["nlu"]["intent"]["confidence"] < 1.0
    assert bridge.requests == []
    stored = await Talk(talk.agent, conversation).stored_texts()
    assert ("user", "ich heiße Petra") in stored, "the conversation goes on"


async def test_a_tapped_payload_is_a_command(client: ChannelClient, conversation: str) -> None:
    status, body = await client.say(conversation, "/payment_methods", is_payload=True)
    assert status == 200
    assert body["nlu"]["intent"] == {"name": "payment_methods", "confidence": 1.0}


async def test_entities_behind_a_slash_keep_their_place(client: ChannelClient, conversation: str) -> None:
    text = "/ wo ist bestellung 10423345"
    _, body = await client.say(conversation, text)
    found = body["nlu"]["entities"][0]
    assert text[found["start"] : found["end"]].strip() == "10423345"


async def test_the_same_message_again_gets_the_stored_answer(
    client: ChannelClient, conversation: str, agent: Agent
) -> None:
    first = await client.say(conversation, "welche zahlungsarten gibt es", "m1")
    await client.say(conversation, "danke", "m2")
    stored = await Talk(agent, conversation).stored_texts()
    assert await client.say(conversation, "welche zahlungsarten gibt es", "m1") == first
    assert await Talk(agent, conversation).stored_texts() == stored


async def test_the_same_message_at_the_same_time_is_handled_once(
    client: ChannelClient, conversation: str, agent: Agent, bridge: FakeBridge
) -> None:
    bridge.reset()
    answers = await asyncio.gather(*(client.say(conversation, "mensch", "m1") for _ in range(5)))
    assert [status for status, _ in answers] == [200] * 5
    assert all(answer == answers[0] for answer in answers)
    assert len(bridge.requests) == 1


async def test_after_a_restart_the_stored_answer_is_still_known(
    client: ChannelClient,
    conversation: str,
    agent: Agent,
    model: Path,
    tracker_database: Path,
) -> None:
    first = await client.say(conversation, "wie kann ich etwas zurückschicken", "m1")
    restarted = Agent.load(model, tracker_store=DurableTrackerStore(Domain.empty(), db=str(tracker_database)))
    async with serving(restarted) as after:
        assert await after.say(conversation, "wie kann ich etwas zurückschicken", "m1") == first


async def test_a_failed_action_is_an_error_and_the_retry_succeeds(
    client: ChannelClient, conversation: str, agent: Agent, talk: Talk, broken_actions: None
) -> None:
    assert agent.processor is not None
    await client.say(conversation, "guten tag", "m0")
    before = await Talk(agent, conversation).stored_texts()
    status, body = await client.say(conversation, "mensch", "m1")
    assert status == 502
    assert body["error"]["code"] == "turn_failed"
    assert await Talk(agent, conversation).stored_texts() == before

    assert isinstance(agent.processor.action_endpoint, RecordingEndpoint)
    agent.processor.action_endpoint.url = _working_url(talk)
    status, body = await client.say(conversation, "mensch", "m1")
    assert status == 200
    assert len(body["messages"]) == 1
    users = [text for sender, text in await Talk(agent, conversation).stored_texts() if sender == "user"]
    assert users == ["guten tag", "mensch"]


async def test_an_exception_in_an_action_is_an_error_too(conversation: str, agent: Agent, tmp_path: Path) -> None:
    async with (
        _AnsweringServer(500, {"error": "boom"}) as url,
        serving(_twin(agent, tmp_path / "rasa.db", url)[0]) as client,
    ):
        assert (await client.say(conversation, "mensch"))[0] == 502


async def test_an_action_that_says_nothing_is_an_error(conversation: str, agent: Agent, tmp_path: Path) -> None:
    async with (
        _AnsweringServer(200, {"events": [], "responses": []}) as url,
        serving(_twin(agent, tmp_path / "rasa.db", url)[0]) as client,
    ):
        status, body = await client.say(conversation, "mensch")
        assert (status, body["error"]["code"]) == (502, "turn_failed")


async def test_a_store_that_cannot_be_written_is_an_error_and_nothing_is_answered_from_memory(
    conversation: str, agent: Agent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    twin, store = _twin(agent, tmp_path / "rasa.db", "")
    async with serving(twin) as client:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE events RENAME TO hidden")
        assert (await client.say(conversation, "guten tag", "m1"))[0] == 502
        with store.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE hidden RENAME TO events")
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(FAIL, 'full'); END"
            )
        assert (await client.say(conversation, "guten tag, Xylander hier", "m1"))[0] == 502
        assert "Xylander" not in caplog.text
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER full")
        assert (await client.say(conversation, "guten tag", "m1"))[0] == 200


async def test_a_return_is_written_once_even_when_the_turn_is_retried(
    client: ChannelClient, conversation: str, agent: Agent
) -> None:
    returned = {"note": None, "turns": [{"sender": "agent", "text": "Frau Siebert hier.", "created_at": "2026-01-01"}]}
    for _ in range(2):
        assert (await client.say(conversation, "welche zahlungsarten gibt es", "m1", returned=returned))[0] == 200
    assert (await client.say(conversation, "danke", "m2", returned=returned))[0] == 200
    stored = await Talk(agent, conversation).stored_texts()
    assert [text for _, text in stored].count("Frau Siebert hier.") == 1


async def test_failures_leave_no_word_of_the_customer_in_the_log(
    client: ChannelClient, conversation: str, broken_actions: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await client.say(conversation, "mein name ist Gerlinde Xylander, ich möchte bitte einen menschen sprechen")
    assert "turn_failed" in caplog.text
    assert "Xylander" not in caplog.text


def _twin(agent: Agent, database: Path, actions_url: str) -> tuple[Agent, DurableTrackerStore]:
    """The same trained assistant with a store and an action server of its own, without loading the model again."""
    assert agent.processor is not None
    store = DurableTrackerStore(agent.domain, db=str(database))
    twin, processor = copy.copy(agent), copy.copy(agent.processor)
    twin.tracker_store = processor.tracker_store = FailSafeTrackerStore(store)
    processor.action_endpoint = EndpointConfig(actions_url)
    twin.processor = processor
    return twin, store


def _working_url(talk: Talk) -> str:
    """The running action server: what the shared agent was started with."""
    return str(talk.agent.action_endpoint.url)


class _AnsweringServer:
    """An action server that gives the same answer to everything."""

    def __init__(self, status: int, body: dict[str, object]) -> None:
        async def handle(_: aiohttp.web.Request) -> aiohttp.web.Response:
            return aiohttp.web.json_response(body, status=status)

        app = aiohttp.web.Application()
        app.router.add_post("/webhook", handle)
        self._runner = aiohttp.web.AppRunner(app)

    async def __aenter__(self) -> str:
        port = free_port()
        await self._runner.setup()
        await aiohttp.web.TCPSite(self._runner, "127.0.0.1", port).start()
        return f"http://127.0.0.1:{port}/webhook"

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
