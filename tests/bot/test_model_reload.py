"""A new model answers without a restart, and no turn is lost on the way."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from components import model_reload
from components.tracker_store import DurableTrackerStore
from tests.bot.support.action_server import ActionServer
from tests.bot.support.channel import SECRET, ChannelClient, serving


@pytest.fixture
def model_file(model: Path, tmp_path: Path) -> Path:
    """A model in a place of its own, which may be spoilt."""
    return Path(shutil.copy(model, tmp_path / "handschlag.tar.gz"))


@pytest.fixture
def own_agent(model_file: Path, action_server: ActionServer, tmp_path: Path) -> Agent:
    store = DurableTrackerStore(Domain.empty(), db=str(tmp_path / "rasa.db"))
    return Agent.load(model_file, action_endpoint=EndpointConfig(action_server.webhook_url), tracker_store=store)


@pytest.fixture
async def client(own_agent: Agent) -> AsyncIterator[ChannelClient]:
    async with serving(own_agent) as running:
        yield running


@pytest.fixture
def spoilt_file(client: ChannelClient, model_file: Path) -> None:
    """After the start, what was the model is none any more."""
    model_file.write_bytes(b"no model")


async def reload(client: ChannelClient, secret: str = SECRET) -> tuple[int, dict[str, object]]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with client.session.post(f"{client.url}/webhooks/bridge/model", headers=headers) as response:
        return response.status, await response.json()


async def test_a_conversation_goes_on_with_the_new_model(client: ChannelClient, own_agent: Agent) -> None:
    conversation, before = uuid.uuid4().hex, own_agent.processor
    await client.say(conversation, "ich will etwas aus bestellung 10423345 zurückgeben", "m1")
    status, body = await reload(client)
    assert status == 200
    assert own_agent.processor is not before
    assert body["model_id"] == own_agent.model_id
    status, answer = await client.say(conversation, "50667", "m2")
    assert status == 200
    assert answer["messages"][-1]["buttons"], "the new model knows what was said before"


async def test_a_turn_that_has_begun_ends_with_the_model_it_began_with(
    client: ChannelClient, own_agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own_agent.processor
    assert before is not None
    begun, go_on = asyncio.Event(), asyncio.Event()
    parse = before.parse_message

    async def held(*arguments: object, **options: object) -> object:
        begun.set()
        await go_on.wait()
        return await parse(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(before, "parse_message", held)
    turn = asyncio.create_task(client.say(uuid.uuid4().hex, "welche zahlungsarten gibt es"))
    await begun.wait()
    assert (await reload(client))[0] == 200
    assert (await client.say(uuid.uuid4().hex, "guten tag"))[0] == 200, "others are not kept waiting"
    go_on.set()
    status, answer = await turn
    assert status == 200
    assert "PayPal" in answer["messages"][0]["text"]


async def test_messages_are_answered_while_the_model_is_loaded(
    client: ChannelClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, loading, answered = model_reload._load_beside, asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(agent: Agent, path: Path) -> object:
        loop.call_soon_threadsafe(loading.set)
        asyncio.run_coroutine_threadsafe(answered.wait(), loop).result(60)
        return load(agent, path)

    monkeypatch.setattr(model_reload, "_load_beside", slowly)
    reloaded = asyncio.create_task(reload(client))
    await loading.wait()
    assert (await client.say(uuid.uuid4().hex, "guten tag"))[0] == 200
    answered.set()
    assert (await reloaded)[0] == 200


async def test_a_file_that_is_no_model_leaves_the_one_that_runs(
    client: ChannelClient, own_agent: Agent, spoilt_file: None
) -> None:
    before = own_agent.processor
    status, body = await reload(client)
    assert (status, body["error"]["code"]) == (500, "model_not_loaded")  # type: ignore[index]
    assert own_agent.processor is before
    assert (await client.say(uuid.uuid4().hex, "guten tag"))[0] == 200


async def test_only_who_knows_the_secret_may_change_the_model(client: ChannelClient, own_agent: Agent) -> None:
    before = own_agent.processor
    assert (await reload(client, "wrong"))[0] == 401
    assert own_agent.processor is before


async def test_without_a_model_there_is_nothing_to_take_the_place_of() -> None:
    async with serving(Agent()) as client:
        assert (await reload(client))[0] == 503
