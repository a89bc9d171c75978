"""Runs one turn over Rasa's ``bridge`` channel."""

from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

from handoff_bridge.bot.storable import storable
from handoff_bridge.conversations.model import BotAnswer, Button, Draft, Kind, Message, Sender, Turn
from handoff_bridge.errors import BotFailed, BotTimeout, BotUnreachable


class RasaBot:
    """Talks to ``{rasa}/webhooks/bridge/webhook`` with the shared secret of the channel."""

    def __init__(self, session: aiohttp.ClientSession, rasa_url: str, secret: str) -> None:
        self._session = session
        self._url = f"{rasa_url.rstrip('/')}/webhooks/bridge/webhook"
        self._health_url = f"{rasa_url.rstrip('/')}/webhooks/bridge/"
        self._headers = {"Authorization": f"Bearer {secret}"}

    async def answer(self, turn: Turn, returned: Sequence[Message], timeout_s: float) -> BotAnswer:
        body = {
            "conversation_id": turn.conversation_id,
            "message_id": turn.message_id,
            "text": turn.text if turn.payload is None else turn.payload,
            "metadata": {
                "channel": turn.channel.value,
                "locale": turn.locale,
                "is_payload": turn.payload is not None,
                "returned": _returned(turn, returned),
            },
        }
        try:
            async with self._session.post(
                self._url,
                json=body,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=timeout_s),
            ) as response:
                if response.status != 200:
                    raise BotFailed(f"The bot answered with status {response.status}.")
                answer = _parse(storable(await response.json()))
        except TimeoutError:
            raise BotTimeout from None
        except aiohttp.ClientConnectionError as error:
            raise BotUnreachable(f"The bot cannot be reached ({type(error).__name__}).") from error
        except (aiohttp.ClientError, ValueError, RecursionError) as error:
            raise BotFailed(f"The bot's answer is unusable ({type(error).__name__}).") from error
        return answer

    async def is_ready(self) -> bool:
        """Whether Rasa is up and has a model."""
        try:
            async with self._session.get(self._health_url, timeout=aiohttp.ClientTimeout(total=2)) as response:
                return response.status == 200
        except (TimeoutError, aiohttp.ClientError):
            return False


def _returned(turn: Turn, messages: Sequence[Message]) -> dict[str, object] | None:
    if turn.returned is None:
        return None
    return {
        "note": turn.returned.note,
        "turns": [
            {
                "sender": message.draft.sender.value,
                "text": message.draft.text,
                "created_at": message.created_at.isoformat(),
            }
            for message in messages
        ],
    }


def _parse(body: object) -> BotAnswer:
    """Raises ValueError when the body is not of the channel's form."""
    if not isinstance(body, Mapping) or not isinstance(body.get("messages"), list):
        raise ValueError("no list of messages")
    drafts = [_draft(part) for part in body["messages"] if isinstance(part, Mapping)]
    nlu = body.get("nlu")
    return BotAnswer(
        tuple(draft for draft in drafts if draft is not None),
        dict(nlu) if isinstance(nlu, Mapping) else {},
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _draft(part: Mapping[str, Any]) -> Draft | None:
    text = str(part.get("text") or "")
    buttons = tuple(
        Button(title=str(button["title"]), payload=str(button["payload"]))
        for button in _list(part.get("buttons"))
        if isinstance(button, Mapping) and button.get("title") and button.get("payload")
    )
    image = part.get("image")
    if buttons:
        return Draft(Sender.BOT, text, Kind.BUTTONS, buttons=buttons)
    if image:
        return Draft(Sender.BOT, text, Kind.IMAGE, image=str(image))
    return Draft(Sender.BOT, text) if text else None
