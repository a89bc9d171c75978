"""The webhook keeps everything that is rightly signed, before it answers, and nothing else."""

import asyncio
import json

import pytest
from aiohttp import ClientSession

from handoff_bridge.channels.whatsapp.signature import signature_of
from handoff_bridge.errors import StoreUnavailable
from handoff_bridge.http import keys
from handoff_bridge.storage.whatsapp_inbox import WhatsAppInbox
from tests.integration.whatsapp.conftest import VERIFY_TOKEN, WhatsApp
from tests.support.whatsapp import (
    APP_SECRET,
    FOREIGN_NUMBER,
    NUMBER,
    OTHER_NUMBER,
    Someone,
    about,
    body_of,
    escaped,
    statuses,
    text,
)

ERIKA = Someone("4915100000001", "DE.1000001")


async def metric(whatsapp: WhatsApp, line: str) -> float:
    async with whatsapp.bridge.session.get(f"{whatsapp.bridge.url}metrics") as response:
        found = [each for each in (await response.text()).splitlines() if each.startswith(f"handschlag_{line} ")]
    return float(found[0].split()[-1]) if found else 0.0


async def verification(session: ClientSession, url: str, **query: str) -> tuple[int, str]:
    params = {f"hub.{name}": value for name, value in query.items()}
    async with session.get(f"{url}webhooks/whatsapp", params=params) as response:
        return response.status, await response.text()


async def test_the_address_is_verified_with_the_challenge_as_it_came(whatsapp: WhatsApp) -> None:
    session, url = whatsapp.bridge.session, whatsapp.bridge.url
    right = {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1158201444"}
    assert await verification(session, url, **right) == (200, "1158201444")
    for wrong in ({"verify_token": "falsch"}, {"verify_token": "fälsch"}, {"verify_token": ""}, {"mode": "ask"}):
        status, answer = await verification(session, url, **{**right, **wrong})
        assert (status, json.loads(answer)["error"]["code"]) == (403, "wrong_verify_token")


async def test_each_message_status_and_error_of_each_change_and_entry_is_kept(whatsapp: WhatsApp) -> None:
    told = [
        ERIKA.value(text("eins"), text("zwei")),
        statuses({"id": "wamid.x", "status": "sent"}, {"id": "wamid.x", "status": "read"}),
        {**about(NUMBER), "errors": [{"code": 131000, "title": "Something went wrong"}]},
        Someone("4915100000002").value(text("drei"), number=OTHER_NUMBER),
    ]
    body = body_of(*told[:2])
    body["entry"].append(body_of(*told[2:])["entry"][0])
    assert await whatsapp.meta.post(escaped(body)) == (200, {"received": 6, "new": 6})
    await whatsapp.meta.worked_off()
    kinds = sorted(row.kind for row in await whatsapp.meta.updates())
    assert kinds == ["error", "message", "message", "message", "status", "status"]
    assert await metric(whatsapp, 'whatsapp_errors_total{code="131000"}') == 1


async def test_the_same_again_is_kept_once_and_answered_the_same_way(whatsapp: WhatsApp) -> None:
    raw = escaped(body_of(ERIKA.value(text("einmal")), statuses({"id": "wamid.y", "status": "delivered"})))
    answers = await asyncio.gather(*(whatsapp.meta.post(raw) for _ in range(8)))
    assert {status for status, _ in answers} == {200}
    assert sum(answer["new"] for _, answer in answers) == 2
    await whatsapp.meta.worked_off()
    said = [entry.text for entry in await whatsapp.meta.log() if entry.sender == "customer"]
    assert said == ["einmal"]
    assert await metric(whatsapp, 'whatsapp_updates_total{kind="message",outcome="duplicate"}') == 7


async def test_another_message_under_a_known_id_is_not_lost_and_not_shown(whatsapp: WhatsApp) -> None:
    first = text("das erste")
    await whatsapp.meta.say(ERIKA, first)
    await whatsapp.meta.tell(ERIKA.value({**first, "text": {"body": "das zweite"}}))
    kept = [(row.kind, row.status) for row in await whatsapp.meta.updates()]
    assert sorted(kept) == [("message", "done"), ("same_id", "unknown")]


async def test_a_repeat_within_one_body_is_kept_once(whatsapp: WhatsApp) -> None:
    once = text("einmal")
    assert await whatsapp.meta.tell(ERIKA.value(once, once)) == {"received": 2, "new": 1}


async def test_what_is_for_another_number_or_not_understood_is_kept_and_counted(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.tell(ERIKA.value(text("für jemand anderen"), number=FOREIGN_NUMBER))
    await whatsapp.meta.post(escaped(body_of({"event": "ACCOUNT_RESTRICTION"}, field="account_update")))
    await whatsapp.meta.post(escaped({"object": "page", "entry": [{"id": "1"}]}))
    await whatsapp.meta.post(escaped({"object": "whatsapp_business_account", "entry": []}))
    await whatsapp.meta.tell({**about(NUMBER), "calls": [{"id": "c"}], "messages": ["no message"]})
    kept = sorted((row.kind, row.status) for row in await whatsapp.meta.updates())
    assert kept == [
        ("empty", "unknown"),
        ("field:account_update", "unknown"),
        ("message", "foreign"),
        ("message_without_sender", "unknown"),
        ("object:page", "unknown"),
        ("value", "unknown"),
    ]
    assert await metric(whatsapp, 'whatsapp_updates_total{kind="message",outcome="foreign"}') == 1
    assert await whatsapp.meta.conversations() == []


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=" + "0" * 64, "sha256=" + "ä" * 64, "sha1=abc", signature_of("another secret", b"{}")],
)
async def test_a_wrong_signature_is_refused_and_counted(whatsapp: WhatsApp, signature: str) -> None:
    raw = escaped(body_of(ERIKA.value(text("gefälscht"))))
    status, answer = await whatsapp.meta.post(raw, signature)
    assert (status, answer["error"]["code"]) == (403, "invalid_signature")
    assert list(await whatsapp.meta.updates()) == []
    assert await metric(whatsapp, 'whatsapp_refused_total{reason="invalid_signature"}') == 1


async def test_a_body_without_a_signature_is_refused(whatsapp: WhatsApp) -> None:
    raw = escaped(body_of(ERIKA.value(text("ohne"))))
    async with whatsapp.bridge.session.post(f"{whatsapp.bridge.url}webhooks/whatsapp", data=raw) as response:
        assert response.status == 403
    assert list(await whatsapp.meta.updates()) == []


async def test_the_signature_counts_for_the_bytes_as_they_came(whatsapp: WhatsApp) -> None:
    body = body_of(ERIKA.value(text("Grüße/ß")))
    as_sent, made_again = escaped(body), json.dumps(body, ensure_ascii=False).encode()
    assert (await whatsapp.meta.post(made_again, signature_of(APP_SECRET, as_sent)))[0] == 403
    assert (await whatsapp.meta.post(as_sent))[0] == 200
    await whatsapp.meta.worked_off()
    assert "Grüße/ß" in [entry.text for entry in await whatsapp.meta.log()]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"x" * (4 * 1024 * 1024), (413, "body_too_large")),
        (b'{"object": ', (422, "invalid_body")),
        (b"\xff\xfe\x00", (422, "invalid_body")),
        (b"[" * 100_000 + b"]" * 100_000, (422, "invalid_body")),
        (b'{"a":' * 60 + b"1" + b"}" * 60, (422, "invalid_body")),
        (b'{"object": NaN}', (422, "invalid_body")),
        (b"9" * 10_000, (422, "invalid_body")),
    ],
    ids=["4 MB", "half", "no text", "100,000 deep", "60 deep", "NaN", "a number of 10,000 digits"],
)
async def test_what_is_no_body_is_refused_and_counted(
    whatsapp: WhatsApp, raw: bytes, expected: tuple[int, str]
) -> None:
    status, answer = await whatsapp.meta.post(raw)
    assert (status, answer["error"]["code"]) == expected
    assert list(await whatsapp.meta.updates()) == []
    assert await metric(whatsapp, f'whatsapp_refused_total{{reason="{expected[1]}"}}') == 1


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"x"', b"17", b'{"object":"whatsapp_business_account","entry":[1]}'])
async def test_json_of_another_form_is_kept_and_answered(whatsapp: WhatsApp, raw: bytes) -> None:
    assert (await whatsapp.meta.post(raw))[0] == 200
    (kept,) = await whatsapp.meta.updates()
    assert kept.status == "unknown"


async def test_meta_is_told_to_come_again_when_nothing_could_be_kept(
    whatsapp: WhatsApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    raw = escaped(body_of(ERIKA.value(text("später"))))
    with monkeypatch.context() as broken:
        broken.setattr(WhatsAppInbox, "keep", away)
        assert (await whatsapp.meta.post(raw))[0] == 503
    assert await whatsapp.meta.post(raw) == (200, {"received": 1, "new": 1})


async def test_a_thousand_updates_in_one_body_are_all_kept_in_order(whatsapp: WhatsApp) -> None:
    said = [text(f"Nr. {number}") for number in range(1000)]
    assert (await whatsapp.meta.tell(ERIKA.value(*said)))["new"] == 1000
    app = whatsapp.bridge.server.app
    assert {row.status for row in await whatsapp.meta.updates()} <= {"new", "done"}
    async with app[keys.store].read() as tx:
        assert (await tx.whatsapp_inbox.backlog())[0] > 0
