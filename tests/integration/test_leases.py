"""A turn that a dead process had is taken over; one that a live process has is left alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.core import Core, SystemClock
from handoff_bridge.conversations.model import BotAnswer, Draft, Sender
from handoff_bridge.conversations.turns import BotSide, Outcome, RetryPolicy
from handoff_bridge.errors import BotFailed
from handoff_bridge.realtime.hub import Hub
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.store import SqlStore
from tests.support.bridge import bridge_settings, running_bridge
from tests.support.people import Customer
from tests.support.rasa import ScriptedRasa

ANSWER = BotAnswer((Draft(Sender.BOT, "Zu spät."),), {})


@asynccontextmanager
async def process(database_url: str, rules: BusinessRules, name: str, lease_s: float) -> AsyncIterator[BotSide]:
    """The part of a bridge that runs turns, without the rest."""
    database = Database(database_url)
    core = Core.build(SqlStore(database), SystemClock(), Hub(), rules)
    yield BotSide(core, name, timedelta(seconds=lease_s), RetryPolicy())
    await database.close()


async def owed_turn(database_url: str, rasa: ScriptedRasa, rules: BusinessRules, folder: Path) -> Customer:
    """A customer whose message was kept by a bridge that is gone, with the turn still owed."""
    async with running_bridge(bridge_settings(database_url, rasa.url, folder), rasa, rules) as bridge:
        customer = await bridge.customer()
    database = Database(database_url)
    draft = Draft(Sender.CUSTOMER, "Hallo?", client_message_id="c1")
    await SqlStore(database).append(customer.id, draft, SystemClock().now())
    await database.close()
    return customer


async def test_a_turn_of_a_process_that_died_is_answered_by_the_next(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    customer = await owed_turn(database_url, rasa, rules, tmp_path)
    async with process(database_url, rules, "dead", lease_s=1.0) as dead:
        assert len(await dead.claim_turns(8)) == 1
        # It dies here, with the lease.
    async with running_bridge(bridge_settings(database_url, rasa.url, tmp_path), rasa, rules) as bridge:
        again = Customer(bridge.session, bridge.url)
        again.id, again.token = customer.id, customer.token
        await again.wait_for_text("bot", "Sie schrieben: Hallo?")


async def test_a_turn_is_left_to_the_process_that_has_it(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    await owed_turn(database_url, rasa, rules, tmp_path)
    async with (
        process(database_url, rules, "one", lease_s=3600) as one,
        process(database_url, rules, "two", lease_s=3600) as two,
    ):
        assert len(await one.claim_turns(8)) == 1
        assert await two.claim_turns(8) == []
        assert await one.claim_turns(8) == []


@pytest.mark.parametrize("end", ["complete", "fail"])
async def test_who_comes_back_after_the_lease_ended_changes_nothing(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path, end: str
) -> None:
    await owed_turn(database_url, rasa, rules, tmp_path)
    async with (
        process(database_url, rules, "slow", lease_s=0) as slow,
        process(database_url, rules, "quick", lease_s=3600) as quick,
    ):
        (late,) = await slow.claim_turns(8)
        (turn,) = await quick.claim_turns(8)
        assert turn.attempts == late.attempts + 1
        if end == "complete":
            assert await slow.complete(late, ANSWER) is Outcome.LEASE_LOST
        else:
            assert await slow.fail(late, BotFailed()) is Outcome.LEASE_LOST
        assert await quick.complete(turn, BotAnswer((Draft(Sender.BOT, "Guten Tag."),), {})) is Outcome.ANSWERED
        assert await slow.complete(late, ANSWER) is Outcome.LEASE_LOST
    async with running_bridge(bridge_settings(database_url, rasa.url, tmp_path), rasa, rules) as bridge:
        agent = await bridge.agent()
        (listed,) = await agent.list("")
        texts = [message["text"] for message in (await agent.open(listed["id"]))["messages"]]
        assert texts[1:] == ["Hallo?", "Guten Tag."]


async def test_a_turn_given_back_at_a_stop_has_lost_no_attempt(
    database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path
) -> None:
    await owed_turn(database_url, rasa, rules, tmp_path)
    async with process(database_url, rules, "one", lease_s=3600) as one:
        (first,) = await one.claim_turns(8)
        await one.release(first)
        (second,) = await one.claim_turns(8)
        assert second.attempts == first.attempts == 1
