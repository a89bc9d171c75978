"""What goes in and out of the channel, checked.

Request {conversation_id, message_id, text, metadata: {channel, locale, is_payload, returned: null | {note, turns}}},
answer {messages: [{text?, buttons?, image?, custom?}], nlu: {text, intent, intent_ranking, entities, several_intents}}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from components.errors import InvalidBody


@dataclass(frozen=True)
class HumanTurn:
    """Something said while a person had the conversation. `sender` is "customer" or "agent"; `created_at` ISO 8601."""

    sender: str
    text: str
    created_at: str


@dataclass(frozen=True)
class Returned:
    """A person gave the conversation back: what was said meanwhile and the note left for the bot."""

    note: str | None
    turns: tuple[HumanTurn, ...]


@dataclass(frozen=True)
class Turn:
    """One customer message. `is_payload`: the customer tapped a button this conversation was offered."""

    conversation_id: str
    message_id: str
    text: str
    is_payload: bool
    channel: str
    locale: str
    returned: Returned | None


class BotMessage(TypedDict, total=False):
    """One message of the bot."""

    text: str
    buttons: list[dict[str, str]]
    image: str
    custom: dict[str, Any]


class Understanding(TypedDict):
    """What the pipeline understood of a message. `several_intents`: its requests, when it holds more than one."""

    text: str
    intent: dict[str, Any]
    intent_ranking: list[dict[str, Any]]
    entities: list[dict[str, Any]]
    several_intents: list[dict[str, Any]]


class Reply(TypedDict):
    """The channel's answer to one customer message."""

    messages: list[BotMessage]
    nlu: Understanding


def parse_turn(body: object) -> Turn:
    """The customer message in a decoded request body.

    Raises:
        InvalidBody: a field is missing or has the wrong form; `details["field"]` names it.
    """
    outer = _mapping(body, "body")
    metadata = _mapping(outer.get("metadata", {}), "metadata")
    is_payload = metadata.get("is_payload", False)
    if not isinstance(is_payload, bool):
        raise InvalidBody("is_payload must be true or false.", field="metadata.is_payload")
    return Turn(
        conversation_id=_text(outer.get("conversation_id"), "conversation_id"),
        message_id=_text(outer.get("message_id"), "message_id"),
        text=_text(outer.get("text"), "text"),
        is_payload=is_payload,
        channel=_text(metadata.get("channel", "webchat"), "metadata.channel"),
        locale=_text(metadata.get("locale", "de"), "metadata.locale"),
        returned=_parse_returned(metadata.get("returned")),
    )


def _parse_returned(value: object) -> Returned | None:
    if value is None:
        return None
    returned = _mapping(value, "metadata.returned")
    turns = returned.get("turns", [])
    if not isinstance(turns, list):
        raise InvalidBody("turns must be a list.", field="metadata.returned.turns")
    note = returned.get("note")
    if note is not None and not isinstance(note, str):
        raise InvalidBody("note must be a text or null.", field="metadata.returned.note")
    return Returned(note=note, turns=tuple(_parse_human_turn(turn) for turn in turns))


def _parse_human_turn(value: object) -> HumanTurn:
    field = "metadata.returned.turns"
    turn = _mapping(value, field)
    sender = turn.get("sender")
    if sender not in ("customer", "agent"):
        raise InvalidBody("sender must be customer or agent.", field=field)
    return HumanTurn(
        sender=str(sender), text=_text(turn.get("text"), field), created_at=_text(turn.get("created_at"), field)
    )


def _mapping(value: object, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidBody(f"{field} must be an object.", field=field)
    return value


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidBody(f"{field} must be a text with something in it.", field=field)
    return value
