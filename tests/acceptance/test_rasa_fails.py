"""Rasa, or the action server, dies while somebody is talking to it. Nobody is left in silence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.customer_client import CustomerClient, answers, assert_gapless, of
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "Welche Zahlungsarten gibt es?"


async def test_rasa_is_killed_in_the_middle_of_a_turn_and_the_customer_still_gets_an_answer(
    stack: RunningStack, http: aiohttp.ClientSession
) -> None:
    customer = CustomerClient(http, stack.url)
    await customer.begin()
    await customer.say(QUESTION)
    await customer.until_answered()

    # Frozen first, so that the turn is certainly under way when Rasa dies.
    stack.freeze("rasa")
    async with asyncio.TaskGroup() as group:
        group.create_task(customer.typing())
        group.create_task(customer.say("Und wann haben Sie geöffnet?"))
    await stack.until(lambda: _has_unread_request(stack.rasa_port), 10)
    rasa = stack.kill("rasa")

    messages = await customer.until_answered()
    assert_gapless(messages)
    assert len(of(messages, "customer")) == 2
    if customer.conversation["state"] == "bot":
        # Answered once, although the turn was tried several times.
        assert len(answers(messages)) == 2
    else:
        assert customer.conversation["state"] == "waiting"
        assert [message["notice"]["type"] for message in of(messages, "system")].count("handoff_requested") == 1

    await stack.until_back(rasa)
    another = CustomerClient(http, stack.url)
    await another.begin()
    await another.say(QUESTION)
    await another.until_answered()
    assert another.conversation["state"] == "bot"


async def test_the_action_server_is_killed_and_the_next_question_that_needs_it_is_answered(
    stack: RunningStack, http: aiohttp.ClientSession
) -> None:
    customer = CustomerClient(http, stack.url)
    await customer.begin()
    actions = stack.kill("actions")
    await customer.say("Wann haben Sie geöffnet?")
    messages = await customer.until_answered()
    assert_gapless(messages)
    assert len(of(messages, "bot")) == 1 or customer.conversation["state"] == "waiting"
    await stack.until_back(actions)


def _has_unread_request(port: int) -> bool:
    """Whether bytes wait to be read on a connection to this local port."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        established, local_port = fields[3] == "01", int(fields[1].rpartition(":")[2], 16)
        if established and local_port == port and int(fields[4].rpartition(":")[2], 16) > 0:
            return True
    return False
