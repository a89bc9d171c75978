"""The conversation so far as the bridge takes it: what was said, by whom, and how it was understood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, TypedDict

Event = dict[str, Any]


class _Said(TypedDict):
    sender: str
    text: str
    created_at: str


class TranscriptEntry(_Said, total=False):
    """One message; `intent`, `confidence` and `entities` only with what the customer wrote. `created_at` ISO 8601."""

    intent: str
    confidence: float
    entities: list[dict[str, Any]]


def is_with_person(event: Event) -> bool:
    """Whether it was said while a person had the conversation."""
    return bool((event.get("metadata") or {}).get("with_person"))


def transcript(events: Iterable[Event]) -> list[TranscriptEntry]:
    """Everything customer and bot said to each other, oldest first; a tapped button as its title.

    What was said with a person is left out: the bridge has it, with the person's name.
    """
    entries: list[TranscriptEntry] = []
    titles: dict[str, str] = {}
    for event in events:
        if is_with_person(event) or (event.get("metadata") or {}).get("taken_up"):
            continue
        if event.get("event") == "bot":
            titles.update({button["payload"]: button["title"] for button in _buttons(event)})
            if event.get("text"):
                entries.append(_said(event, "bot", event["text"]))
        elif event.get("event") == "user" and event.get("text"):
            entries.append(_understood(event, titles))
    return entries


def is_tap(event: Event) -> bool:
    """Whether the customer tapped a button instead of writing."""
    return bool((event.get("metadata") or {}).get("is_payload"))


def _understood(event: Event, titles: dict[str, str]) -> TranscriptEntry:
    text = event["text"]
    entry = _said(event, "customer", titles.get(text, text) if is_tap(event) else text)
    parsed = event.get("parse_data") or {}
    intent = parsed.get("intent") or {}
    if intent.get("name"):
        entry["intent"] = intent["name"]
        entry["confidence"] = float(intent.get("confidence") or 0.0)
    entities = [{"entity": found["entity"], "value": found["value"]} for found in parsed.get("entities") or []]
    if entities:
        entry["entities"] = entities
    return entry


def _buttons(event: Event) -> list[dict[str, str]]:
    return (event.get("data") or {}).get("buttons") or []


def _said(event: Event, sender: str, text: str) -> TranscriptEntry:
    at = datetime.fromtimestamp(float(event.get("timestamp") or 0.0), timezone.utc)
    return {"sender": sender, "text": text, "created_at": at.isoformat()}
