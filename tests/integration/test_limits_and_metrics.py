"""Floods are stopped politely, and Prometheus is told what happens."""

from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from tests.support.bridge import PASSWORD, Bridge, bridge_settings, running_bridge
from tests.support.people import Customer, Refused
from tests.support.rasa import ScriptedRasa


async def test_a_flood_of_messages_is_answered_with_when_to_try_again(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.05)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer = await bridge.customer()
        for number in range(3):
            await customer.write(f"Nachricht {number}")
        with pytest.raises(Refused, match="too_many_requests") as refused:
            await customer.write("Noch eine")
        assert refused.value.status == 429
        assert refused.value.details["retry_after_s"] >= 1
        assert await customer.texts("customer") == ["Nachricht 0", "Nachricht 1", "Nachricht 2"]


async def test_one_address_cannot_open_conversations_without_end(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(
        f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.03, trusted_proxies=1
    )
    async with running_bridge(settings, rasa, rules) as bridge:

        async def start(forwarded_for: str) -> int:
            async with bridge.session.post(
                f"{bridge.url}v1/conversations", json={}, headers={"X-Forwarded-For": forwarded_for}
            ) as response:
                if response.status == 429:
                    assert int(response.headers["Retry-After"]) >= 1
                return response.status

        assert [await start("192.0.2.1") for _ in range(4)] == [201, 201, 201, 429]
        # An invented entry in front does not help, another real address is another customer.
        assert await start("203.0.113.9, 192.0.2.1") == 429
        assert await start("192.0.2.2") == 201


async def test_a_token_opens_a_bounded_number_of_streams(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.125)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer = await bridge.customer()
        async with customer.events() as first:
            await first.next()
            with pytest.raises(Refused, match="too_many_requests"):
                async with customer.events():
                    pass


async def test_an_agent_opens_a_bounded_number_of_streams(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.125)
    async with running_bridge(settings, rasa, rules) as bridge:
        agent = await bridge.agent()
        async with agent.events() as first:
            await first.until("snapshot")
            with pytest.raises(Refused, match="too_many_requests"):
                async with agent.events():
                    pass


async def test_one_conversation_cannot_flood_the_desk_with_changes_of_mind(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.1)
    async with running_bridge(settings, rasa, rules) as bridge:
        customer, other = await bridge.customer(), await bridge.customer()
        await customer.ask_for_person()
        await customer.stop_waiting()
        with pytest.raises(Refused, match="too_many_requests") as refused:
            await customer.ask_for_person()
        assert refused.value.details["retry_after_s"] >= 1
        for _ in range(3):
            await customer.call("POST", "/typing", 204, json={"active": True})
        with pytest.raises(Refused, match="too_many_requests"):
            await customer.call("POST", "/typing", 204, json={"active": True})
        # Others go on, and so does what this one has to say.
        await other.ask_for_person()
        await customer.write("Ich warte")


async def test_prometheus_is_told_what_happens_and_nothing_personal(bridge: Bridge) -> None:
    customer = await bridge.customer()
    await customer.write("Mein Name ist Wintergerst")
    await customer.wait_for_text("bot", "Wintergerst")
    await customer.ask_for_person()
    async with bridge.session.get(f"{bridge.url}metrics") as response:
        text = await response.text()
    lines = text.splitlines()
    assert 'handschlag_messages_total{channel="webchat",sender="customer"} 1.0' in lines
    assert 'handschlag_messages_total{channel="webchat",sender="bot"} 1.0' in lines
    assert 'handschlag_handoffs_total{reason="customer_request"} 1.0' in lines
    assert 'handschlag_bot_turns_total{outcome="answered"} 1.0' in lines
    assert "handschlag_queue_length 1.0" in lines
    assert "handschlag_bot_turns_open 0.0" in lines
    assert customer.id not in text
    assert "Wintergerst" not in text


async def test_every_answer_carries_the_id_of_its_request(bridge: Bridge) -> None:
    async with bridge.session.get(f"{bridge.url}healthz") as response:
        assert len(response.headers["X-Request-Id"]) == 16
    async with bridge.session.get(f"{bridge.url}nirgends", headers={"X-Request-Id": "von-aussen-1"}) as response:
        assert response.headers["X-Request-Id"] == "von-aussen-1"
        assert response.status == 404


async def test_a_stranger_to_the_bridge_is_limited_but_its_watchers_are_not(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, rate_limit_scale=0.004)
    async with running_bridge(settings, rasa, rules) as bridge:
        stranger = Customer(bridge.session, bridge.url)
        stranger.id, stranger.token = "x", "y"
        codes = set()
        for _ in range(6):
            with pytest.raises(Refused) as refused:
                await stranger.messages()
            codes.add(refused.value.code)
        assert codes == {"invalid_token", "too_many_requests"}
        async with bridge.session.get(f"{bridge.url}healthz") as response:
            assert response.status == 200


async def test_nobody_can_lock_an_agent_out_from_elsewhere(
    rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    settings = bridge_settings(f"sqlite+aiosqlite:///{tmp_path}/h.db", rasa.url, tmp_path, trusted_proxies=1)
    async with running_bridge(settings, rasa, rules) as bridge:
        await bridge.agent("Kim Weber")

        async def sign_in(address: str, password: str) -> int:
            async with bridge.session.post(
                f"{bridge.url}desk/api/session",
                json={"email": "kim@example.com", "password": password},
                headers={"X-Forwarded-For": address},
            ) as response:
                return response.status

        assert [await sign_in("192.0.2.1", "falsch") for _ in range(6)] == [401] * 5 + [429]
        assert await sign_in("192.0.2.1", PASSWORD) == 429
        assert await sign_in("192.0.2.2", PASSWORD) == 200
