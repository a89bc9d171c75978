"""What customers write and what keeps the parts apart from strangers does not stand in any log."""

from __future__ import annotations

import aiohttp
import pytest

from tests.acceptance.customer_client import CustomerClient
from tests.acceptance.running_stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_no_message_text_no_password_and_no_secret_reaches_a_log(
    stack: RunningStack, http: aiohttp.ClientSession
) -> None:
    customer = CustomerClient(http, stack.url)
    await customer.begin()
    private = ("Ich heiße Rosalinde Habermehl-Quast", "Wo ist meine Bestellung 48151623?", "Postleitzahl 50667")
    for text in (*private, "Ich will mit Frau Zwetschgenberger persönlich sprechen"):
        await customer.say(text)
        await customer.until_answered()
    logs = stack.logs()
    for words in ("Habermehl", "48151623", "50667", "Zwetschgenberger", stack.sign_in.password, *stack.secrets()):
        assert words not in logs, f"{words[:4]}… stands in a log"


async def test_state_and_logs_are_closed_to_everybody_but_their_owner(stack: RunningStack) -> None:
    for folder in (stack.state_dir, stack.log_dir):
        assert folder.stat().st_mode & 0o777 == 0o700
    databases = [*stack.state_dir.glob("handschlag.db*"), *stack.state_dir.glob("rasa.db*")]
    assert len(databases) >= 2
    assert [path.name for path in databases if path.stat().st_mode & 0o077] == []
