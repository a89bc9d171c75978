"""The channel between the bridge and Rasa, the only way in.

`POST /webhooks/bridge/webhook` takes a message, `POST …/model` has a newly trained model take over.

`credentials.yml`:

    components.bridge_channel.BridgeChannel:
      secret: ${HANDSCHLAG_CHANNEL_SECRET}

The bridge sends `Authorization: Bearer <secret>` and the body that `components.channel_bodies` describes. Every failure
is an HTTP error `{"error": {code, message, details}}`, never an empty list of messages.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from components.bot_turn import CHANNEL_NAME, answer
from components.channel_bodies import parse_turn
from components.errors import ChannelError, InvalidBody, NotReady, Unauthorized
from components.model_reload import reload_model

logger = logging.getLogger(__name__)

_SCHEME = "Bearer "


class BridgeChannel(InputChannel):
    """Serves one bridge that knows the shared secret."""

    def __init__(self, secret: str) -> None:
        """`secret`: what the bridge must show; an empty one would let everybody in and is refused."""
        if not secret.strip():
            raise Unauthorized("The channel needs a secret: set HANDSCHLAG_CHANNEL_SECRET.")
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """The channel's name and the first part of its path."""
        return CHANNEL_NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> BridgeChannel:
        """The channel for its section of `credentials.yml`."""
        return cls(str((credentials or {}).get("secret") or ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Its routes. `on_new_message` is left aside: it cannot tell a failure from silence."""
        routes = Blueprint("bridge_channel")
        reloading = asyncio.Lock()

        @routes.get("/")
        async def ready(request: Request) -> HTTPResponse:
            agent = _agent(request)
            if agent is None or not agent.is_ready():
                return _failure(NotReady("No model is loaded."))
            return response.json({"status": "ok"})

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            try:
                self._authorize(request)
                agent = _agent(request)
                if agent is None:
                    raise NotReady("No model is loaded.")
                return response.json(await answer(agent, parse_turn(_decoded(request))))
            except ChannelError as error:
                return _failure(error)
            except Exception as error:
                # Only the kind: messages of foreign exceptions may quote what the customer wrote.
                logger.error("A turn ended in an unexpected %s.", type(error).__name__)
                return _failure(ChannelError("An unexpected failure.", kind=type(error).__name__))

        @routes.post("/model")
        async def model(request: Request) -> HTTPResponse:
            try:
                self._authorize(request)
                agent = _agent(request)
                if agent is None:
                    raise NotReady("No model is loaded.")
                # One after the other: each loads what is there when its turn comes.
                async with reloading:
                    return response.json({"model_id": await reload_model(agent)})
            except ChannelError as error:
                return _failure(error)

        return routes

    def _authorize(self, request: Request) -> None:
        shown = request.headers.get("Authorization", "")
        if not shown.startswith(_SCHEME) or not hmac.compare_digest(shown[len(_SCHEME) :].encode(), self._secret):
            raise Unauthorized("The secret is missing or wrong.")


def _agent(request: Request) -> Agent | None:
    return getattr(request.app.ctx, "agent", None)


def _decoded(request: Request) -> object:
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise InvalidBody("The body is not JSON.", field="body") from error


def _failure(error: ChannelError) -> HTTPResponse:
    if error.status >= 500:
        logger.warning("A call failed: %s %s", error.code, error.details.get("cause", error.message))
    body = {"error": {"code": error.code, "message": error.message, "details": error.details}}
    return response.json(body, status=error.status)
