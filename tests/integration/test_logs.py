"""What people write, and what opens doors, never gets into a log."""

import asyncio
import io
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from handoff_bridge.http import keys
from handoff_bridge.logs import JsonLines, quieten_libraries
from tests.integration.test_internal_handoffs import ask, request_for
from tests.support.bridge import INTERNAL_SECRET, PASSWORD, Bridge
from tests.support.people import PATIENCE_S, Refused
from tests.support.rasa import SECRET, Json, says

#: Parts of everything that somebody writes in these tests.
WRITTEN = ("Kundengeheimnis", "Agentengeheimnis", "Botgeheimnis", "Notizgeheimnis", "Schlitzgeheimnis")


@pytest.fixture
def written_down() -> Iterator[io.StringIO]:
    """All that is logged, at every level, as the bridge writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    quieten_libraries()
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


def assert_nothing_secret(written_down: io.StringIO, *secrets: str) -> list[Json]:
    """Return the lines for further looks."""
    logged = written_down.getvalue()
    assert logged
    for secret in (*WRITTEN, *secrets, PASSWORD, SECRET, INTERNAL_SECRET, "kim@example.com"):
        assert secret not in logged, next(line for line in logged.splitlines() if secret in line)
    return [json.loads(line) for line in logged.splitlines()]


async def play_the_loop(bridge: Bridge) -> list[str]:
    """From the bot to a person and back, with refusals on the way. Returns the tokens that were used."""
    customer, agent = await bridge.customer(), await bridge.agent()

    async def hand_over(body: Json) -> Json:
        details = {"summary": "Botgeheimnis", "slots": {"a": "Schlitzgeheimnis"}}
        await ask(bridge, request_for(body["conversation_id"], body["message_id"], **details))
        return says("Botgeheimnis")

    bridge.rasa.script = hand_over
    await customer.write("Kundengeheimnis eins")
    await customer.wait_for_notice("handoff_requested")
    await agent.claim(customer.id)
    await agent.write(customer.id, "Agentengeheimnis")
    await agent.list("q=Kundengeheimnis")
    for refused in (
        customer.tap("/Kundengeheimnis"),
        customer.write("Kundengeheimnis" * 1000),
        agent.write(customer.id, "Agentengeheimnis", epoch=99),
        customer.call("POST", "/rating", json={"score": 9, "comment": "Kundengeheimnis"}),
        agent.call("POST", "/session", json={"email": "kim@example.com", "password": "Kundengeheimnis"}),
        agent.call("GET", "/Kundengeheimnis"),
    ):
        with pytest.raises(Refused):
            await refused
    await agent.give_back(customer.id, "Notizgeheimnis")
    bridge.rasa.script = _says_nothing
    await customer.write("Kundengeheimnis zwei")
    await customer.wait_for(lambda log: log[-1]["kind"] == "notice" and log[-1]["notice"]["type"] != "returned_to_bot")
    return [customer.token, *agent.headers.values(), agent.headers["Cookie"].partition("=")[2]]


async def _says_nothing(_body: Json) -> Any:
    return {"messages": [{"text": "", "buttons": ["Botgeheimnis"]}, "Botgeheimnis"], "nlu": {"text": "Botgeheimnis"}}


async def test_a_whole_loop_leaves_no_word_and_no_key_in_the_log(bridge: Bridge, written_down: io.StringIO) -> None:
    tokens = await play_the_loop(bridge)
    lines = assert_nothing_secret(written_down, *tokens)
    assert any("attempt" in line["message"] for line in lines)


async def test_an_error_of_the_database_quotes_nobody(
    bridge: Bridge, written_down: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent = await bridge.customer(), await bridge.agent()
    await customer.ask_for_person()
    await agent.claim(customer.id)
    await agent.write(customer.id, "Guten Tag")
    async with bridge.server.app[keys.store].database.write() as connection:
        await connection.execute(text("ALTER TABLE messages RENAME COLUMN text TO gone"))
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: customer.write("Kundengeheimnis"),
        lambda: agent.write(customer.id, "Agentengeheimnis", epoch=3),
        lambda: agent.list("q=Kundengeheimnis"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"internal_error|unavailable"):
            await attempt()
    lines = assert_nothing_secret(written_down, customer.token)
    errors = [line["error"] for line in lines if line["level"] == "error"]
    # Still told: which error it was and where.
    assert all("handoff_bridge/storage" in error for error in errors)


async def test_an_error_in_the_bridge_itself_quotes_nobody(
    bridge: Bridge, written_down: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await bridge.customer()

    async def quoting(_conversation_id: str, _client_message_id: str, words: str, _payload: str | None) -> None:
        raise RuntimeError(f"could not handle {words!r}") from ValueError(words)

    monkeypatch.setattr(bridge.server.app[keys.customers], "receive", quoting)
    with pytest.raises(Refused, match="internal_error") as refused:
        await customer.write("Kundengeheimnis")
    assert "geheimnis" not in str(refused.value)
    lines = assert_nothing_secret(written_down)
    error = next(line["error"] for line in lines if line["level"] == "error")
    assert "builtins.RuntimeError" in error
    assert "caused by builtins.ValueError" in error


async def test_a_request_that_is_no_http_quotes_nobody(bridge: Bridge, written_down: io.StringIO) -> None:
    reader, writer = await asyncio.open_connection(bridge.server.host, bridge.server.port)
    writer.write(b"GET / HTTP/1.1\r\nAuthorization: Bearer Kundengeheimnis\x00\r\nX: \xff\x01\r\n\r\n")
    await reader.read()
    writer.close()
    await (await bridge.customer()).messages()
    assert_nothing_secret(written_down)


async def test_a_turn_that_fails_names_its_conversation(bridge: Bridge, written_down: io.StringIO) -> None:
    async def fail(_body: Json) -> int:
        return 500

    bridge.rasa.script = fail
    customer = await bridge.customer()
    await customer.write("Kundengeheimnis")
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if "attempt 1 failed" in written_down.getvalue():
                break
            await asyncio.sleep(0.02)
    lines = assert_nothing_secret(written_down, customer.token)
    failed = next(line for line in lines if "attempt 1 failed" in line["message"])
    assert failed["conversation_id"] == customer.id
