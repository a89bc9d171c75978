"""What WhatsApp refuses or leaves open: tried later, held, shown to agents; never sent twice by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from handoff_bridge.channels.whatsapp.sender import budgets
from handoff_bridge.outbox import dispatcher
from tests.fakes.graph.faults import Fault
from tests.fakes.graph.server import FakeGraph
from tests.support.people import AgentAtDesk, Refused
from tests.support.ports import free_port
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp_phone import (
    Phone,
    WhatsAppLoop,
    careful_loop,
    eventually,
    fake_graph,
    whatsapp_loop,
    with_whatsapp,
)


@pytest.fixture
def fake(rules: BusinessRules) -> FakeGraph:
    return fake_graph(with_whatsapp(rules))


@pytest.fixture
async def loop(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path, fake: FakeGraph
) -> AsyncIterator[WhatsAppLoop]:
    async with careful_loop(database_url, rasa, with_whatsapp(rules), tmp_path, fake) as running:
        yield running


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits after a refusal, in a length that a test can wait for."""
    monkeypatch.setattr(budgets, "PAIR_BLOCK", (0.2, 2.0))
    monkeypatch.setattr(budgets, "NUMBER_BLOCK", (0.2, 2.0))
    monkeypatch.setattr(dispatcher.RetryPolicy, "wait_s", lambda _self, attempts: 0.1 * attempts)


async def talking(loop: WhatsAppLoop) -> tuple[Phone, AgentAtDesk, str]:
    """A customer and an agent in a conversation in which everything has arrived."""
    phone, kim = loop.phone(), await loop.bridge.agent()
    conversation_id = await loop.with_agent(phone, kim)
    await phone.sees("Kim Weber ist jetzt für Sie da")
    await loop.delivery(kim, conversation_id, "Kim Weber ist jetzt", "read")
    return phone, kim, conversation_id


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize("code", [4, 80007, 130429, 131048, 131056, 2, 131000, 131016, 131057])
async def test_what_was_too_much_or_went_wrong_over_there_goes_later(loop: WhatsAppLoop, code: int) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("error", code), times=3)
    await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
    await phone.sees("Ihre Rechnung liegt bereit.")
    await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "read")
    assert phone.texts.count("Ihre Rechnung liegt bereit.") == 1
    assert loop.fake.ledger.refused == {code: 3}


@pytest.mark.parametrize("code", [131026, 131049, 130472, 100, 131051])
async def test_what_is_refused_for_good_is_shown_and_goes_again_when_somebody_wants_it(
    loop: WhatsAppLoop, code: int
) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("error", code))
    await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
    seen = await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "failed")
    assert seen["delivery"]["error"]["code"] == code
    assert seen["delivery"]["error"]["message"].startswith("Nicht zugestellt.")
    (dead,) = (await kim.call("GET", "/deliveries?status=dead"))["deliveries"]
    assert seen["delivery"]["open_ids"] == [dead["id"]]
    assert dead["conversation_id"] == conversation_id

    again = (await kim.call("POST", f"/deliveries/{dead['id']}/resend"))["delivery"]
    assert again["delivery"]["status"] == "pending"
    await phone.sees("Ihre Rechnung liegt bereit.")
    await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "read")
    assert (await kim.call("GET", "/deliveries"))["deliveries"] == []


async def test_two_who_send_the_same_again_at_once_send_it_once(loop: WhatsAppLoop) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("error", 131026))
    await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
    seen = await loop.delivery(kim, conversation_id, "Ihre Rechnung", "failed")
    (open_id,) = seen["delivery"]["open_ids"]
    again = (kim.call("POST", f"/deliveries/{open_id}/resend") for _ in range(3))
    answers = await asyncio.gather(*again, return_exceptions=True)
    assert [answer.status for answer in answers if isinstance(answer, Refused)] == [409, 409]
    await phone.sees("Ihre Rechnung liegt bereit.")
    await loop.delivery(kim, conversation_id, "Ihre Rechnung", "read")
    assert phone.texts.count("Ihre Rechnung liegt bereit.") == 1


async def test_what_failed_after_it_was_accepted_is_shown(loop: WhatsAppLoop) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.line.fails_later[phone.person.user_id] = 131026
    await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
    seen = await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "failed")
    assert seen["delivery"]["error"]["kind"] == "undeliverable"


async def test_without_a_valid_token_everything_waits_for_the_operator(loop: WhatsAppLoop) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("error", 190))
    await kim.write(conversation_id, "Eins")
    seen = await loop.delivery(kim, conversation_id, "Eins", "held")
    assert seen["delivery"]["error"]["kind"] == "operator"
    await kim.write(conversation_id, "Zwei")
    async with loop.bridge.session.get(f"{loop.bridge.url}metrics") as response:
        told = await response.text()
    assert 'handschlag_outbox{status="held"} 1.0' in told
    assert "handschlag_outbox_blocked_accounts 1.0" in told
    assert 'handschlag_outbox_sends_total{code="190",outcome="needsoperator"} 1.0' in told

    # The operator has put the token in order.
    (held,) = (await kim.call("GET", "/deliveries?status=held"))["deliveries"]
    await kim.call("POST", f"/deliveries/{held['id']}/resend")
    await phone.sees("Zwei")
    assert phone.texts[-2:] == ["Eins", "Zwei"]


@pytest.mark.parametrize("kind", ["lose", "garbage", "gateway"])
async def test_an_answer_that_got_lost_is_learnt_from_the_statuses(loop: WhatsAppLoop, kind: str) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault(kind))
    await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
    await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "read")
    assert phone.texts.count("Ihre Rechnung liegt bereit.") == 1


async def test_what_nobody_knows_of_is_not_sent_again_by_itself(
    loop: WhatsAppLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "TELL_S", 0.3)
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("drop"))
    await kim.write(conversation_id, "Eins")
    await kim.write(conversation_id, "Zwei")
    seen = await loop.delivery(kim, conversation_id, "Eins", "indeterminate")
    assert "nicht von selbst noch einmal" in seen["delivery"]["error"]["message"]
    # What comes after it goes all the same.
    await phone.sees("Zwei")
    assert "Eins" not in phone.texts

    (open_id,) = seen["delivery"]["open_ids"]
    await kim.call("POST", f"/deliveries/{open_id}/resend")
    await phone.sees("Eins")
    await loop.delivery(kim, conversation_id, "Eins", "read")


async def test_somebody_may_drop_what_has_not_gone(loop: WhatsAppLoop) -> None:
    phone, kim, conversation_id = await talking(loop)
    loop.fake.faults.add(Fault("drop"))
    await kim.write(conversation_id, "Eins")
    seen = await loop.delivery(kim, conversation_id, "Eins", "indeterminate")
    (open_id,) = seen["delivery"]["open_ids"]
    await kim.call("POST", f"/deliveries/{open_id}/drop")
    seen = await loop.delivery(kim, conversation_id, "Eins", "cancelled")
    assert seen["delivery"]["error"]["kind"] == "dropped"
    for what in ("resend", "drop"):
        with pytest.raises(Refused) as refused:
            await kim.call("POST", f"/deliveries/{open_id}/{what}")
        assert refused.value.status == 409
    assert "Eins" not in phone.texts


async def test_there_is_nothing_to_decide_about_a_delivery_that_does_not_exist(loop: WhatsAppLoop) -> None:
    kim = await loop.bridge.agent()
    for what in ("resend", "drop"):
        with pytest.raises(Refused) as refused:
            await kim.call("POST", f"/deliveries/00000000-0000-4000-8000-000000000000/{what}")
        assert refused.value.status == 404
    with pytest.raises(Refused) as refused:
        await kim.call("GET", "/deliveries?status=sent")
    assert refused.value.status == 422


async def test_statuses_in_any_order_and_twice_end_at_the_best(loop: WhatsAppLoop) -> None:
    phone, kim, conversation_id = await talking(loop)
    manners = loop.fake.webhooks.manners
    manners.repeated, manners.shuffled_s, manners.batch = 0.5, 0.5, 7
    for number in range(12):
        await kim.write(conversation_id, f"Nachricht {number}")
    await phone.sees("Nachricht 11")
    for number in range(12):
        await loop.delivery(kim, conversation_id, f"Nachricht {number}", "read")


@pytest.mark.usefixtures("short_blocks")
async def test_a_message_for_which_there_was_no_connection_goes_once_there_is_one(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    rules, port = with_whatsapp(rules), free_port()
    fake = fake_graph(rules)
    await fake.start(port)
    async with whatsapp_loop(database_url, rasa, rules, tmp_path, fake) as loop:
        phone, kim, conversation_id = await talking(loop)
        await eventually(lambda: not fake.webhooks.under_way, "every webhook taken")
        await fake.close_server()
        await kim.write(conversation_id, "Ihre Rechnung liegt bereit.")
        seen = await loop.delivery(kim, conversation_id, "Ihre Rechnung liegt bereit.", "pending")
        assert "error" not in seen["delivery"]
        await fake.start(port)
        await phone.sees("Ihre Rechnung liegt bereit.")
        assert fake.ledger.breaches == []
    await fake.stop()


async def test_what_the_rate_allows_outlives_a_restart(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path, fake: FakeGraph
) -> None:
    rules = with_whatsapp(rules)
    await fake.start()
    async with whatsapp_loop(database_url, rasa, rules, tmp_path, fake) as loop:
        phone, kim, conversation_id = await talking(loop)
        for number in range(45):
            await kim.write(conversation_id, f"Nachricht {number}", epoch=2)
        await phone.sees("Nachricht 36")
    async with whatsapp_loop(database_url, rasa, rules, tmp_path, fake) as loop:
        await eventually(lambda: loop.fake.ledger.calls["messages"] > 0, "a call")
        kim = await loop.bridge.agent()
        await loop.delivery(kim, conversation_id, "Nachricht 44", "pending")
        assert fake.ledger.breaches == []
        assert len(phone.texts) <= 42
    await fake.stop()
