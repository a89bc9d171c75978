"""The customer's present message, as the tasks read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.transcript import is_tap


@dataclass(frozen=True)
class Message:
    """`entities`: (name, value as given by the pipeline) in the order of the text; `id` is the bridge's."""

    id: str
    text: str
    intent: str
    confidence: float
    entities: tuple[tuple[str, str], ...]
    is_payload: bool
    #: The days it names as YYYY-MM-DD (relative ones as the day meant), or --MM-DD without a year.
    days: tuple[str, ...] = ()
    #: (intent, confidence), the best first
    ranking: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, latest: Mapping[str, Any]) -> Message:
        """From `tracker.latest_message`."""
        intent = latest.get("intent") or {}
        found = sorted(latest.get("entities") or (), key=lambda entity: entity.get("start") or 0)
        return cls(
            id=str(latest.get("message_id")),
            text=str(latest.get("text") or ""),
            intent=str(intent.get("name") or ""),
            confidence=float(intent.get("confidence") or 0.0),
            entities=tuple((str(entity["entity"]), str(entity["value"])) for entity in found),
            is_payload=is_tap(dict(latest)),
            days=tuple(str(one.get("resolved") or one["value"]) for one in found if one["entity"] == "date"),
            ranking=tuple(
                (str(each["name"]), float(each["confidence"])) for each in latest.get("intent_ranking") or ()
            ),
        )

    @property
    def words(self) -> str:
        """What was typed; empty for a tapped button."""
        return "" if self.is_payload else self.text

    def values(self, entity: str) -> list[str]:
        """The values of an entity, in the order of the text."""
        return [value for name, value in self.entities if name == entity]
