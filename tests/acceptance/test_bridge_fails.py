"""The bridge is killed while twenty conversations talk. What was acknowledged is there, once, and answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial

import aiohttp
import pytest

from tests.acceptance.customer_client import CustomerClient, answers, assert_gapless, of
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONVERSATIONS = 20
QUESTIONS = (
    "Hallo!",
    "Welche Zahlungsarten gibt es?",
    "Wann haben Sie geöffnet?",
    "Kann ich auf Rechnung bezahlen?",
    "Bis wann sind Sie heute erreichbar?",
    "Geht auch PayPal?",
)
KILLS_AFTER = (25, 70)


async def test_the_bridge_is_killed_twice_while_twenty_conversations_talk(
    stack: RunningStack, http: aiohttp.ClientSession
) -> None:
    customers = [CustomerClient(http, stack.url) for _ in range(CONVERSATIONS)]
    for customer in customers:
        await customer.begin()

    def enough(number: int) -> bool:
        return sum(len(customer.acknowledged) for customer in customers) >= number

    async with asyncio.TaskGroup() as group:
        for customer in customers:
            group.create_task(_talk(customer))
        for number in KILLS_AFTER:
            await stack.until(partial(enough, number), 90)
            await stack.until_back(stack.kill("bridge"))

    for customer in customers:
        messages = await customer.until_answered()
        written = of(messages, "customer")
        assert_gapless(messages)
        assert Counter(message["client_message_id"] for message in written) == Counter(list(customer.acknowledged))
        for message in written:
            known = customer.acknowledged[message["client_message_id"]]
            assert (known["id"], known["seq"], known["text"]) == (message["id"], message["seq"], message["text"])
        assert [message["text"] for message in written] == list(QUESTIONS)
        if customer.conversation["state"] == "bot":
            assert len(answers(messages)) == len(written), "a question was answered twice"
        client_message_id, known = next(iter(customer.acknowledged.items()))
        assert await customer.send_again(client_message_id, known["text"]) == (200, known)


async def _talk(customer: CustomerClient) -> None:
    for question in QUESTIONS:
        await customer.say(question)
        # A person reads for a moment; it also spreads the kills over all phases of a turn.
        await asyncio.sleep(0.3)
