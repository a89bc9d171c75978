"""What is wrong is refused by name, as JSON, and changes nothing."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import update

from handoff_bridge.business import load_business_rules
from handoff_bridge.http import keys
from handoff_bridge.http.schemas import ErrorAnswer
from handoff_bridge.storage.schema import conversations
from tests.support.bridge import BUSINESS_FILE, INTERNAL_SECRET, Bridge, bridge_settings, running_bridge
from tests.support.databases import fresh_postgres_database
from tests.support.people import AgentAtDesk, Customer, Refused
from tests.support.rasa import ScriptedRasa

Json = dict[str, Any]
# One bridge for all of them: a refusal leaves nothing behind that the next could meet.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Scene:
    bridge: Bridge
    customer: Customer
    stranger: Customer
    agent: AgentAtDesk

    async def send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> tuple[int, ErrorAnswer]:
        """Call; return the status and the error, which has to be one."""
        url = f"{self.bridge.url.rstrip('/')}{path.replace('{id}', self.customer.id)}"
        async with self.bridge.session.request(method, url, headers=headers or {}, **kwargs) as response:
            assert response.content_type == "application/json", (response.status, await response.text())
            return response.status, ErrorAnswer.model_validate(await response.json())


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    folder = tmp_path_factory.mktemp("refusals")
    rasa = ScriptedRasa()
    await rasa.start()

    async def play(url: str) -> AsyncIterator[Scene]:
        settings = bridge_settings(url, rasa.url, folder)
        async with running_bridge(settings, rasa, load_business_rules(BUSINESS_FILE)) as bridge:
            agent = await bridge.agent()
            yield Scene(bridge, await bridge.customer(), await bridge.customer(), agent)

    if request.param == "sqlite":
        async for made in play(f"sqlite+aiosqlite:///{folder / 'handschlag.db'}"):
            yield made
    else:
        async with fresh_postgres_database(request.getfixturevalue("postgres_server")) as url:
            async for made in play(url):
                yield made
    await rasa.stop()


CUSTOMER_CALLS = [
    ("POST", "/v1/conversations/{id}/messages"),
    ("GET", "/v1/conversations/{id}/messages"),
    ("GET", "/v1/conversations/{id}/events"),
    ("POST", "/v1/conversations/{id}/typing"),
    ("POST", "/v1/conversations/{id}/handoff"),
    ("DELETE", "/v1/conversations/{id}/handoff"),
    ("POST", "/v1/conversations/{id}/close"),
    ("POST", "/v1/conversations/{id}/rating"),
    ("GET", "/v1/conversations/{id}/transcript"),
]


@pytest.mark.parametrize(("method", "path"), CUSTOMER_CALLS)
async def test_without_its_own_token_a_conversation_stays_shut(scene: Scene, method: str, path: str) -> None:
    for token in (
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer falsch",
        "Bearer fälsch",
        f"Bearer {scene.stranger.token}",
        f"Bearer {scene.customer.token}x",
        f"Bearer {scene.customer.token[:-1]}",
    ):
        headers = {} if token is None else {"Authorization": token}
        status, answer = await scene.send(method, path, headers)
        assert (status, answer.error.code) == (401, "invalid_token")
    assert [message["seq"] for message in await scene.customer.messages()] == [1]


@pytest.mark.parametrize("conversation_id", ["nirgends", "%00", "a%00b", "%ED%A0%80", "%FF", "..", "x" * 2000])
async def test_an_unknown_conversation_does_not_tell_itself_from_a_foreign_one(
    scene: Scene, conversation_id: str
) -> None:
    headers = scene.customer.headers
    status, answer = await scene.send("GET", f"/v1/conversations/{conversation_id}/messages", headers)
    assert (status, answer.error.code) in ((401, "invalid_token"), (404, "not_found"))


@pytest.mark.parametrize("conversation_id", ["nirgends", "%00", "%ED%A0%80", "%FF", "x" * 2000])
async def test_at_the_desk_an_unknown_conversation_is_not_found(scene: Scene, conversation_id: str) -> None:
    path = f"/desk/api/conversations/{conversation_id}"
    for method, body in (("GET", None), ("POST", {"epoch": 1})):
        address = path if method == "GET" else path + "/claim"
        status, answer = await scene.send(method, address, scene.agent.headers, json=body)
        assert (status, answer.error.code) == (404, "not_found")


async def test_a_token_expires_also_one_that_was_just_used(scene: Scene) -> None:
    for used_before in (False, True):
        customer = await scene.bridge.customer()
        if used_before:
            await customer.messages()
            continue_after = datetime.now(UTC) + timedelta(hours=73)
            clock = type(scene.bridge.server.app[keys.core].clock)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(clock, "now", lambda _self, at=continue_after: at)
                with pytest.raises(Refused, match="token_expired"):
                    await customer.messages()
            continue
        past = datetime.now(UTC) - timedelta(seconds=1)
        async with scene.bridge.server.app[keys.store].database.write() as connection:
            await connection.execute(
                update(conversations).where(conversations.c.id == customer.id).values(token_expires_at=past)
            )
        with pytest.raises(Refused, match="token_expired"):
            await customer.messages()


def sent(**body: object) -> bytes:
    return json.dumps({"client_message_id": "odd", **body}).encode()


BAD_MESSAGES: list[tuple[str, bytes, int, str, str | None]] = [
    ("no body", b"", 422, "invalid_body", "client_message_id"),
    ("blank", b"  \n", 422, "invalid_body", "client_message_id"),
    ("no JSON", b"{", 422, "invalid_body", None),
    ("two values", b"{} {}", 422, "invalid_body", None),
    ("no UTF-8", b'{"text": "\xff\xfe"}', 422, "invalid_body", None),
    ("a list", b"[]", 422, "invalid_body", None),
    ("a text", b'"Hallo"', 422, "invalid_body", None),
    ("null", b"null", 422, "invalid_body", None),
    ("NaN", b'{"client_message_id": "odd", "text": NaN}', 422, "invalid_body", None),
    ("huge number", b"9" * 5000, 422, "invalid_body", None),
    ("deep lists", b"[" * 30_000 + b"]" * 30_000, 422, "invalid_body", None),
    ("deep objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422, "invalid_body", None),
    ("deep text", b'{"client_message_id":"odd","text":' + b"[" * 900 + b"]" * 900 + b"}", 422, "invalid_body", "text"),
    ("no id", b'{"text": "Hallo"}', 422, "invalid_body", "client_message_id"),
    ("id is a number", b'{"client_message_id": 5, "text": "Hallo"}', 422, "invalid_body", "client_message_id"),
    ("id with NUL", b'{"client_message_id": "a\\u0000", "text": "H"}', 422, "invalid_body", "client_message_id"),
    ("id too long", json.dumps({"client_message_id": "x" * 129, "text": "H"}).encode(), 422, "invalid_body",
     "client_message_id"),
    ("text is a number", sent(text=5), 422, "invalid_body", "text"),
    ("text is a list", sent(text=["Hallo"]), 422, "invalid_body", "text"),
    ("empty text", sent(text=""), 422, "invalid_body", "text"),
    ("blank text", sent(text=" \n\t"), 422, "invalid_body", "text"),
    ("only NUL", sent(text="\x00"), 422, "invalid_body", "text"),
    ("lone surrogate", sent(text="Hallo \ud800"), 422, "invalid_body", "text"),
    ("4097 letters", sent(text="x" * 4097), 422, "text_too_long", None),
    ("4097 emoji", json.dumps({"client_message_id": "odd", "text": "😀" * 4097}, ensure_ascii=False).encode(),
     422, "text_too_long", None),
    ("neither text nor payload", sent(), 422, "invalid_body", None),
    ("payload never offered", sent(payload="/affirm"), 422, "unknown_payload", None),
    ("payload is a number", sent(payload=5), 422, "invalid_body", "payload"),
    ("payload with NUL", sent(payload="/a\x00"), 422, "invalid_body", "payload"),
    ("payload with a lone surrogate", sent(payload="/a\udfff"), 422, "invalid_body", "payload"),
    ("70 KiB", sent(text="x" * 70 * 1024), 413, "body_too_large", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "field"), [case[1:] for case in BAD_MESSAGES], ids=[case[0] for case in BAD_MESSAGES]
)
async def test_a_message_that_cannot_be_taken_is_refused_by_name_and_not_kept(
    scene: Scene, body: bytes, status: int, code: str, field: str | None
) -> None:
    answered, answer = await scene.send("POST", "/v1/conversations/{id}/messages", scene.customer.headers, data=body)
    assert (answered, answer.error.code) == (status, code)
    if field is not None:
        assert answer.error.details["field"] == field
    assert [message["seq"] for message in await scene.customer.messages()] == [1]


@pytest.mark.parametrize("text", ["x" * 4096, "😀" * 4096, "Zeile\r\n\tzwei", "\u0001\u202e", "' OR 1=1; --", "<b>"])
async def test_an_unusual_text_is_kept_as_it_was_written(scene: Scene, text: str) -> None:
    customer = await scene.bridge.customer()
    assert (await customer.write(text))["text"] == text
    assert text in await customer.texts("customer")


async def test_the_characters_of_an_emoji_are_counted_as_they_are_when_escaped(scene: Scene) -> None:
    customer = await scene.bridge.customer()
    body = json.dumps({"client_message_id": "a", "text": "😀" * 4096}).encode()
    assert b"\\ud83d" in body
    assert (await customer.call("POST", "/messages", 202, data=body))["message"]["text"] == "😀" * 4096


async def test_a_payload_that_another_conversation_was_offered_is_unknown_here(scene: Scene) -> None:
    async def offer(_body: Json) -> Json:
        return {"messages": [{"text": "Passt das?", "buttons": [{"title": "Ja", "payload": "/affirm"}]}], "nlu": {}}

    offered, other = await scene.bridge.customer(), await scene.bridge.customer()
    scene.bridge.rasa.script = offer
    await offered.write("Hallo")
    await offered.wait_for_text("bot", "Passt das?")
    with pytest.raises(Refused, match="unknown_payload"):
        await other.tap("/affirm")
    assert (await offered.tap("/affirm"))["text"] == "Ja"
    assert await other.texts("customer") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "-1"),
        ("after", "eins"),
        ("after", ""),
        ("after", "1.5"),
        ("after", str(2**31)),
        ("after", "9" * 5000),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-5"),
        ("limit", "9" * 5000),
        ("limit", "%00"),
    ],
)
async def test_a_number_out_of_bounds_is_refused_by_name(scene: Scene, name: str, value: str) -> None:
    path = f"/v1/conversations/{{id}}/messages?{name}={value}"
    status, answer = await scene.send("GET", path, scene.customer.headers)
    assert (status, answer.error.code, answer.error.details["field"]) == (422, "invalid_body", name)


@pytest.mark.parametrize("cursor", ["", "-1", "eins", "1.0", str(2**31), "9" * 5000, "١"])
async def test_a_cursor_that_is_none_is_refused_before_the_stream_begins(scene: Scene, cursor: str) -> None:
    headers = scene.customer.headers | {"Last-Event-ID": cursor}
    status, answer = await scene.send("GET", "/v1/conversations/{id}/events", headers)
    assert (status, answer.error.code) == (422, "invalid_body")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"locale": "kein Ort"}, "locale"),
        ("", {"page_url": "a\x00b"}, "page_url"),
        ("", {"page_url": "\ud800"}, "page_url"),
        ("", {"page_url": "x" * 2001}, "page_url"),
        ("", {"identity_token": "ey.."}, "identity_token"),
        ("/{id}/rating", {}, "score"),
        ("/{id}/rating", {"score": 6}, "score"),
        ("/{id}/rating", {"score": "5"}, "score"),
        ("/{id}/rating", {"score": 5, "comment": ["a"]}, "comment"),
        ("/{id}/typing", {"active": "vielleicht"}, "active"),
    ],
)
async def test_a_wrong_field_is_named(scene: Scene, path: str, body: Json, field: str) -> None:
    data = json.dumps(body).encode()
    status, answer = await scene.send("POST", f"/v1/conversations{path}", scene.customer.headers, data=data)
    assert (status, answer.error.details.get("field")) == (422, field)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("claim", {}, "epoch"),
        ("claim", {"epoch": 0}, "epoch"),
        ("claim", {"epoch": 10**30}, "epoch"),
        ("claim", {"epoch": "zwei"}, "epoch"),
        ("messages", {"epoch": 1, "client_message_id": "a"}, "text"),
        ("messages", {"epoch": 1, "client_message_id": "a", "text": "\x00"}, "text"),
        ("messages", {"client_message_id": "a", "text": "Hallo"}, "epoch"),
        ("transfer", {"epoch": 1}, "to"),
        ("transfer", {"epoch": 1, "to": "a\x00"}, "to"),
        ("return", {"epoch": 1, "note": 5}, "note"),
    ],
)
async def test_at_the_desk_a_wrong_field_is_named(scene: Scene, path: str, body: Json, field: str) -> None:
    address = f"/desk/api/conversations/{{id}}/{path}"
    status, answer = await scene.send("POST", address, scene.agent.headers, json=body)
    assert (status, answer.error.code, answer.error.details["field"]) == (422, "invalid_body", field)
    assert (await scene.customer.conversation())["epoch"] == 1


@pytest.mark.parametrize("query", ["state=offen", "q=" + "x" * 201])
async def test_at_the_desk_a_wrong_filter_is_refused(scene: Scene, query: str) -> None:
    status, answer = await scene.send("GET", f"/desk/api/conversations?{query}", scene.agent.headers)
    assert (status, answer.error.code) == (422, "invalid_body")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/conversations/{id}/messages", {"GET", "HEAD", "POST"}),
        ("GET", "/v1/conversations", {"POST"}),
        ("DELETE", "/v1/conversations/{id}", None),
        ("GET", "/internal/handoffs", {"POST"}),
        ("PATCH", "/desk/api/session", {"GET", "HEAD", "POST", "DELETE"}),
    ],
)
async def test_a_wrong_method_says_which_are_right(
    scene: Scene, method: str, path: str, allowed: set[str] | None
) -> None:
    url = f"{scene.bridge.url.rstrip('/')}{path.replace('{id}', scene.customer.id)}"
    async with scene.bridge.session.request(method, url, headers=scene.customer.headers) as response:
        answer = ErrorAnswer.model_validate(await response.json())
        if allowed is None:
            assert (response.status, answer.error.code) == (404, "not_found")
        else:
            assert (response.status, answer.error.code) == (405, "method_not_allowed")
            assert set(response.headers["Allow"].split(",")) == allowed


@pytest.mark.parametrize(
    "path",
    ["/nirgends", "/v1", "/v1/conversations/", "/desk/api", "/assets/", "/assets/..%2f..%2fapp.py",
     "/assets/%00", "/assets/" + "x" * 300, "/.env", "/%ff"],
)  # fmt: skip
async def test_an_unknown_address_is_told_as_json(scene: Scene, path: str) -> None:
    status, answer = await scene.send("GET", path)
    assert (status, answer.error.code) == (404, "not_found")


async def test_the_inner_door_refuses_what_it_cannot_read(scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {INTERNAL_SECRET}"}
    for body in (b"", b"{", b"[]", b"[" * 30_000):
        status, answer = await scene.send("POST", "/internal/handoffs", headers, data=body)
        assert (status, answer.error.code) == (422, "invalid_body")
    for token in ("", "Bearer", "Bearer falsch", f"Bearer {INTERNAL_SECRET}x"):
        status, answer = await scene.send("POST", "/internal/handoffs", {"Authorization": token}, data=b"{}")
        assert (status, answer.error.code) == (401, "invalid_token")
    status, answer = await scene.send("POST", "/internal/handoffs", headers, data=b" " * (5 * 1024 * 1024))
    assert (status, answer.error.code) == (413, "body_too_large")


async def test_after_all_of_this_nothing_has_changed_and_everything_works(scene: Scene) -> None:
    log = await scene.customer.messages()
    assert [message["notice"]["type"] for message in log] == ["bot_disclosure"]
    assert (await scene.customer.conversation())["state"] == "bot"
    assert (await scene.customer.write("Hallo"))["seq"] == 2
