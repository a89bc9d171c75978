"""A thin client for the Cloud API's outgoing calls. It tells what surely was not sent from what may have been."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    TCPConnector,
)

from handoff_bridge.channels.whatsapp.sender.codes import outcome_of, outcome_without_code
from handoff_bridge.outbox.outcomes import Accepted, NotSent, Outcome, Unknown

log = logging.getLogger(__name__)

#: How long a call may take, and a connection to come about, in seconds.
TIMEOUT_S, CONNECT_S = 20.0, 5.0
#: Marking a message as read is a courtesy, not worth waiting for.
COURTESY_S = 5.0
UPLOAD_S = 120.0
#: A connection that rested longer may be closing on the other side, and then nobody knows what became of a request.
KEEP_ALIVE_S = 5.0
#: No answer of the API is nearly as large.
MAX_ANSWER = 256 * 1024
MAX_ERROR = 300


class GraphClient:
    """``base_url`` with version, such as https://graph.facebook.com/v26.0."""

    def __init__(self, base_url: str, access_token: str) -> None:
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._session: ClientSession | None = None

    async def send(self, account: str, body: Mapping[str, Any]) -> Outcome:
        """Post one message. Never raises for what the network or the API does."""
        try:
            status, raw = await self._post(f"{account}/messages", TIMEOUT_S, json_body=body)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            # There was no connection, so no request went out.
            return NotSent(None, type(error).__name__)
        except (ClientError, OSError, TimeoutError) as error:
            return Unknown(type(error).__name__)
        return outcome_from(status, raw)

    async def mark_read(self, account: str, external_id: str, *, typing: bool) -> bool:
        """Show two blue ticks and, for up to 25 seconds, that somebody is writing. A failure is only told."""
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        try:
            status, _ = await self._post(f"{account}/messages", COURTESY_S, json_body=body)
        except (ClientError, OSError, TimeoutError):
            return False
        return status == 200

    async def upload(self, account: str, content: bytes, mime: str, name: str) -> str | Outcome:
        """Hand over a file; returns its id, or why there is none. Nothing was sent to anybody in either case."""
        form = FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", content, filename=name, content_type=mime)
        try:
            status, raw = await self._post(f"{account}/media", UPLOAD_S, data=form)
        except (ClientError, OSError, TimeoutError) as error:
            return NotSent(None, type(error).__name__)
        answer = _object(raw)
        if status == 200 and isinstance(answer.get("id"), str):
            return str(answer["id"])
        outcome = _error(status, answer)
        return NotSent(None, f"HTTP {status}") if outcome is None else outcome

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(
        self, path: str, timeout_s: float, json_body: Mapping[str, Any] | None = None, data: FormData | None = None
    ) -> tuple[int, bytes]:
        if self._session is None:
            connector = TCPConnector(keepalive_timeout=KEEP_ALIVE_S)
            self._session = ClientSession(connector=connector, headers=self._headers)
        timeout = ClientTimeout(total=timeout_s, sock_connect=CONNECT_S)
        async with self._session.post(
            f"{self._base}/{path}", json=json_body, data=data, timeout=timeout, allow_redirects=False
        ) as response:
            return response.status, await response.content.read(MAX_ANSWER)


def outcome_from(status: int, raw: bytes) -> Outcome:
    """What an answer means for the message."""
    answer = _object(raw)
    outcome = _error(status, answer)
    if outcome is not None:
        return outcome
    if 200 <= status < 300:
        messages = answer.get("messages")
        match messages:
            case [{"id": str(external_id)}, *_]:
                return Accepted(external_id)
    return Unknown(f"HTTP {status} without an answer that can be read")


def _error(status: int, answer: Mapping[str, Any]) -> Outcome | None:
    """None where there is no error, or none that says for sure that nothing was accepted."""
    match answer.get("error"):
        case {"code": int(code)}:
            return outcome_of(code, _words(answer["error"]))
    return outcome_without_code(status)


def _words(error: Mapping[str, Any]) -> str:
    """What the API says about it, in its own English; it holds no text of the message."""
    details = error.get("error_data")
    said = details.get("details") if isinstance(details, Mapping) else None
    return str(said or error.get("message") or "")[:MAX_ERROR]


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}
