"""Makes failures inside a turn known to the channel.

Rasa's processor logs a failed custom action and goes on as if it had said nothing, and its tracker store quietly falls
back to memory. A customer would meet silence or a bot that forgets. Here both are written down for the turn in which
they happen (a context variable: turns of different conversations run side by side), and the channel answers with an
error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.core.processor import MessageProcessor
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from components.errors import ActionCallFailed

#: How long one custom action may take. Longer than each of its own outside calls may.
ACTION_TIMEOUT_S = 15.0

#: How the action server says "this action does not apply now": part of how forms work, no failure.
_REJECTED = 400

_failures: ContextVar[list[str] | None] = ContextVar("turn_failures", default=None)


@contextmanager
def recorded_failures() -> Iterator[list[str]]:
    """Opens the record of one turn: what fails inside the block is added to the list."""
    failures: list[str] = []
    token = _failures.set(failures)
    try:
        yield failures
    finally:
        _failures.reset(token)


def record_failure(reason: str) -> None:
    """Adds a reason (never a customer's words) to the record of the running turn, if there is one."""
    failures = _failures.get()
    if failures is not None:
        failures.append(reason)


class RecordingEndpoint(EndpointConfig):
    """The action server's endpoint; a call that fails is recorded and raised without the request's content."""

    @classmethod
    def install(cls, processor: MessageProcessor) -> None:
        """Puts itself in front of the processor's action endpoint; the second time nothing changes."""
        current = processor.action_endpoint
        if isinstance(current, cls):
            return
        recording = cls()
        if current is not None:
            vars(recording).update(vars(current))
        processor.action_endpoint = recording

    async def request(self, *arguments: Any, **options: Any) -> Any:
        """As `EndpointConfig.request`.

        Raises:
            ClientResponseError: the action rejected its execution.
            ActionCallFailed: anything else went wrong.
        """
        options["timeout"] = aiohttp.ClientTimeout(total=ACTION_TIMEOUT_S)
        try:
            answer = await super().request(*arguments, **options)
        except ClientResponseError as error:
            if error.status == _REJECTED:
                raise
            raise self._failed(f"the action server answered {error.status}") from None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError, AttributeError) as error:
            raise self._failed(f"the action server cannot be reached ({type(error).__name__})") from None
        if not (isinstance(answer, dict) and isinstance(answer.get("events"), list)):
            raise self._failed("the action server's answer is not the one of an action")
        return answer

    @staticmethod
    def _failed(reason: str) -> ActionCallFailed:
        record_failure(reason)
        return ActionCallFailed(reason)
