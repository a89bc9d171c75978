"""Who gets to the desk, and what they may do there."""

import asyncio
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from handoff_bridge.business import BusinessRules
from handoff_bridge.desk import sessions
from handoff_bridge.http import keys
from handoff_bridge.settings import Environment
from handoff_bridge.storage.schema import agents
from tests.support.bridge import PASSWORD, Bridge, bridge_settings, running_bridge
from tests.support.people import AgentAtDesk, Customer, Refused
from tests.support.rasa import ScriptedRasa

CHANGES: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/claim", {"epoch": 2}),
    ("POST", "/messages", {"epoch": 2, "client_message_id": "x", "text": "Hallo"}),
    ("POST", "/typing", {"active": True}),
    ("POST", "/return", {"epoch": 2}),
    ("POST", "/transfer", {"epoch": 2, "to": "jemand"}),
    ("POST", "/close", {"epoch": 2}),
]
READS = ["/session", "/agents", "/conversations", "/conversations/nirgends", "/events"]


async def signing_in(bridge: Bridge, email: str, password: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    body = {"email": email, "password": password}
    async with bridge.session.post(f"{bridge.url}desk/api/session", json=body) as response:
        return response.status, await response.json(), dict(response.headers)


async def waiting(bridge: Bridge, text: str = "Hallo?") -> Customer:
    customer = await bridge.customer()
    await customer.ask_for_person()
    await customer.write(text)
    return customer


async def test_without_a_session_the_desk_tells_and_does_nothing(bridge: Bridge) -> None:
    customer, agent = await waiting(bridge), await bridge.agent()
    strangers: list[dict[str, str]] = [
        {},
        {"Cookie": "handschlag_session="},
        {"Cookie": "handschlag_session=falsch"},
        {"Cookie": "handschlag_session=fälsch"},
        {"Authorization": f"Bearer {customer.token}"},
    ]
    for stranger in strangers:
        headers = {"X-CSRF-Token": agent.headers["X-CSRF-Token"], **stranger}
        for path in READS:
            with pytest.raises(Refused, match="invalid_token") as refused:
                await agent.call("GET", path, headers=headers)
            assert refused.value.status == 401
        for method, path, body in CHANGES:
            with pytest.raises(Refused, match="invalid_token"):
                await agent.call(method, f"/conversations/{customer.id}{path}", headers=headers, json=body)
    assert (await customer.conversation())["epoch"] == 2


async def test_without_the_right_csrf_token_nothing_changes(bridge: Bridge) -> None:
    customer, agent, other = await waiting(bridge), await bridge.agent(), await bridge.agent("Ali Kaya")
    cookie = agent.headers["Cookie"]
    for csrf in (None, "", "falsch", "fälsch", other.headers["X-CSRF-Token"]):
        headers = {"Cookie": cookie} | ({} if csrf is None else {"X-CSRF-Token": csrf})
        for method, path, body in CHANGES:
            with pytest.raises(Refused, match="csrf_token_invalid") as refused:
                await agent.call(method, f"/conversations/{customer.id}{path}", headers=headers, json=body)
            assert refused.value.status == 403
        with pytest.raises(Refused, match="csrf_token_invalid"):
            await agent.call("DELETE", "/session", headers=headers)
    assert (await customer.conversation())["epoch"] == 2
    assert (await agent.call("GET", "/session"))["agent"]["name"] == "Kim Weber"


async def test_signing_out_ends_the_session_and_its_stream_but_no_other(bridge: Bridge) -> None:
    here, elsewhere = await bridge.agent(), await bridge.agent()
    await here.call("DELETE", "/session", 204)
    with pytest.raises(Refused, match="invalid_token"):
        await here.call("GET", "/session")
    with pytest.raises(Refused, match="invalid_token"):
        async with here.events():
            pass
    assert (await elsewhere.call("GET", "/session"))["agent"]["name"] == "Kim Weber"


async def test_a_stream_ends_with_its_session(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff_bridge.desk.events.HEARTBEAT_S", 0.02)
    agent = await bridge.agent()
    async with agent.events() as events:
        await events.until("snapshot")
        await agent.call("DELETE", "/session", 204)
        with pytest.raises(ConnectionError):
            await events.until("niemals")


async def test_a_wrong_password_and_an_unknown_address_are_answered_alike(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bridge.agent()
    checked: list[str] = []
    matches = sessions._matches

    def noted(password_hash: str, password: str) -> bool:
        checked.append(password_hash)
        return matches(password_hash, password)

    monkeypatch.setattr(sessions, "_matches", noted)
    wrong = await signing_in(bridge, "kim@example.com", "falsch")
    unknown = await signing_in(bridge, "niemand@example.com", "falsch")
    assert wrong[:2] == unknown[:2]
    assert (wrong[0], wrong[1]["error"]["code"]) == (401, "sign_in_failed")
    assert "Set-Cookie" not in wrong[2] | unknown[2]
    # As much work for the one as for the other: the time does not tell who exists.
    assert len(checked) == 2
    assert checked[1] == sessions.DUMMY_HASH


@pytest.mark.parametrize("email", ["kim@example.com", "niemand@example.com"])
async def test_after_five_wrong_passwords_an_address_has_to_wait(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    await bridge.agent()
    for _ in range(5):
        assert (await signing_in(bridge, email, "falsch"))[0] == 401
    for password in ("falsch", PASSWORD):
        status, body, headers = await signing_in(bridge, f" {email.upper()} ", password)
        assert (status, body["error"]["code"]) == (429, "too_many_requests")
        assert 1 <= int(headers["Retry-After"]) <= 301
    assert (await signing_in(bridge, "ali@example.com", "falsch"))[0] == 401
    # The wait is over: the right password opens again.
    clock = bridge.server.app[keys.core].clock
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(type(clock), "now", lambda _: later)
    assert (await signing_in(bridge, email, PASSWORD))[0] == (200 if email.startswith("kim") else 401)


async def test_many_guesses_at_once_are_counted_one_by_one(bridge: Bridge) -> None:
    await bridge.agent()
    answers = await asyncio.gather(*(signing_in(bridge, "kim@example.com", f"falsch{n}") for n in range(12)))
    statuses = sorted(status for status, _, _ in answers)
    assert statuses == [401] * 5 + [429] * 7


async def test_a_disabled_agent_is_out_within_a_moment(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handoff_bridge.desk.events.HEARTBEAT_S", 0.02)
    agent, colleague = await bridge.agent(), await bridge.agent("Ali Kaya")
    async with agent.events() as events:
        await events.until("snapshot")
        async with bridge.server.app[keys.store].database.write() as connection:
            await connection.execute(update(agents).where(agents.c.id == agent.agent["id"]).values(disabled=True))
        with pytest.raises(ConnectionError):
            await events.until("niemals")
    with pytest.raises(Refused, match="invalid_token"):
        await agent.call("GET", "/session")
    assert (await signing_in(bridge, "kim@example.com", PASSWORD))[0] == 401
    assert [listed["name"] for listed in (await colleague.call("GET", "/agents"))["agents"]] == ["Ali Kaya"]
    customer = await waiting(bridge)
    await colleague.claim(customer.id)
    with pytest.raises(Refused, match="not_found"):
        await colleague.pass_on(customer.id, agent.agent["id"])


async def session_cookie(bridge: Bridge) -> "Morsel[str]":
    await bridge.agent()
    _, _, headers = await signing_in(bridge, "kim@example.com", PASSWORD)
    return SimpleCookie(headers["Set-Cookie"])["handschlag_session"]


async def test_the_cookie_is_for_the_desk_alone(bridge: Bridge) -> None:
    cookie = await session_cookie(bridge)
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Strict", "/desk/", "")
    assert int(cookie["max-age"]) == 12 * 3600
    assert not cookie["secure"]


async def test_in_production_the_cookie_travels_encrypted_only(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(
        database_url, rasa.url, tmp_path, environment=Environment.PRODUCTION, internal_secret=SecretStr("x" * 40)
    )
    async with running_bridge(settings, rasa, rules) as bridge:
        assert (await session_cookie(bridge))["secure"]


async def test_the_session_is_kept_as_a_hash_and_ends_by_itself(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await bridge.agent()
    token = agent.headers["Cookie"].partition("=")[2]
    async with bridge.server.app[keys.store].database.read() as connection:
        kept = (await connection.exec_driver_sql("SELECT token_hash FROM agent_sessions")).scalars().all()
    assert kept
    assert token not in kept
    clock = bridge.server.app[keys.core].clock
    later = clock.now() + timedelta(hours=12, seconds=1)
    monkeypatch.setattr(type(clock), "now", lambda _: later)
    with pytest.raises(Refused, match="invalid_token"):
        await agent.call("GET", "/session")


async def test_a_search_finds_what_was_said_and_takes_nothing_for_a_wildcard(bridge: Bridge) -> None:
    agent = await bridge.agent()
    said = ["100% Rabatt", "1000 Rabatte", "a_b", "axb", "Über GRÖßE", "C:\\Pfad", "nichts davon"]
    by_text = {text: (await waiting(bridge, text)).id for text in said}

    async def found(query: str) -> set[str]:
        listed = await agent.call("GET", "/conversations", params={"q": query})
        ids = {conversation["id"] for conversation in listed["conversations"]}
        return {text for text, conversation_id in by_text.items() if conversation_id in ids}

    assert await found("100%") == {"100% Rabatt"}
    assert await found("%") == {"100% Rabatt"}
    assert await found("a_b") == {"a_b"}
    assert await found("_") == {"a_b"}
    assert await found("über größe") == {"Über GRÖßE"}
    assert await found("ÜBER") == {"Über GRÖßE"}
    assert await found("\\Pfad") == {"C:\\Pfad"}
    assert await found("rabatt") == {"100% Rabatt", "1000 Rabatte"}
    assert await found("' OR 1=1 --") == set()
    assert await found("  ") == set(said)
    assert await found("\x00a_b\x00") == {"a_b"}
    assert await found(by_text["axb"][:8]) == {"axb"}
    assert await found(f"Gast {by_text['axb'][:4].upper()}") >= {"axb"}


async def test_a_search_finds_what_was_said_long_ago_and_by_whom(bridge: Bridge) -> None:
    customer, agent = await waiting(bridge, "Gutschein verloren"), await bridge.agent()
    await agent.claim(customer.id)
    await agent.write(customer.id, "Guten Tag")
    for query in ("gutschein", "Kim Web", "guten tag"):
        assert [c["id"] for c in await agent.list(f"q={query}")] == [customer.id]
        assert await agent.list(f"state=waiting&q={query}") == []


async def test_mine_are_those_that_i_have(bridge: Bridge) -> None:
    kim, ali = await bridge.agent(), await bridge.agent("Ali Kaya")
    first, second, third = [await waiting(bridge) for _ in range(3)]
    await kim.claim(first.id)
    await ali.claim(second.id)
    assert [c["id"] for c in await kim.list("mine=1")] == [first.id]
    assert [c["id"] for c in await ali.list("state=human&mine=1")] == [second.id]
    assert await ali.list("state=waiting&mine=1") == []
    assert {c["id"] for c in await kim.list("")} == {first.id, second.id, third.id}
    await kim.close(first.id)
    assert await kim.list("mine=1") == []
    assert [c["id"] for c in await kim.list("state=closed&mine=1")] == [first.id]


async def test_a_new_session_does_not_open_with_an_old_csrf_token(bridge: Bridge) -> None:
    old, new = await bridge.agent(), await bridge.agent()
    assert old.headers["X-CSRF-Token"] != new.headers["X-CSRF-Token"]
    mixed = AgentAtDesk(bridge.session, bridge.url)
    headers = {"Cookie": new.headers["Cookie"], "X-CSRF-Token": old.headers["X-CSRF-Token"]}
    with pytest.raises(Refused, match="csrf_token_invalid"):
        await mixed.call("DELETE", "/session", headers=headers)
