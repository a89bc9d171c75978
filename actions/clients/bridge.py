"""Asks the bridge for a person: `POST /internal/handoffs`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

import aiohttp

from actions import settings
from actions.decisions import Decision
from actions.errors import BridgeUnavailable, HandoffRefused
from actions.transcript import TranscriptEntry

TIMEOUT_S = 6.0


class HandoffRequest(TypedDict):
    """What the bridge is told. The same `message_id` again gives the same handoff."""

    conversation_id: str
    message_id: str
    reason: str
    decision: Decision
    summary: str | None
    slots: dict[str, Any]
    latest_intent: dict[str, Any] | None
    transcript: list[TranscriptEntry]


@dataclass(frozen=True)
class Handoff:
    """What the bridge confirmed. `promise`: agent_available, queued or out_of_hours."""

    id: str
    promise: str


class Bridge(Protocol):
    """Where handoffs are asked for."""

    async def request_handoff(self, request: HandoffRequest) -> Handoff:
        """Asks for a person.

        Raises:
            BridgeUnavailable: no answer, or not a usable one. It may be tried again.
            HandoffRefused: the bridge said no.
        """


class HttpBridge:
    """The bridge over HTTP."""

    async def request_handoff(self, request: HandoffRequest) -> Handoff:
        """See `Bridge.request_handoff`."""
        headers = {"Authorization": f"Bearer {settings.internal_secret()}"}
        url = f"{settings.bridge_url()}/internal/handoffs"
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session,
                session.post(url, json=request, headers=headers) as response,
            ):
                return _read(response.status, await response.json(content_type=None))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError) as error:
            raise BridgeUnavailable(f"The bridge cannot be reached ({type(error).__name__}).") from error


def _read(status: int, body: object) -> Handoff:
    fields = body if isinstance(body, dict) else {}
    if 400 <= status < 500:
        error = fields.get("error")
        raise HandoffRefused(status, str(error.get("code")) if isinstance(error, dict) else "unknown")
    try:
        return Handoff(id=str(fields["handoff"]["id"]), promise=str(fields["promise"]["kind"]))
    except (KeyError, TypeError) as error:
        raise BridgeUnavailable(f"The bridge answered {status} without a handoff.") from error
