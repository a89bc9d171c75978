""" "Meinten Sie …?": what the customer may have meant, as buttons, and which of it was chosen by typing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import yaml

from actions.address import is_informal
from actions.signals import current_stretch, response_of, said_before
from actions.transcript import Event

FILE = Path(__file__).with_name("intent_titles.yml")

MOST_SUGGESTIONS = 3
#: So close, two intents are asked about by name: "A oder B?" (the ambiguity threshold of config.yml).
_CLOSE = 0.1
#: Below this confidence the best guess is no candidate for "A oder B?".
_LIKELY = 0.3
#: Below this confidence a further meaning is not offered.
_POSSIBLE = 0.02
#: "Etwas anderes" is a no to all that was offered.
DECLINED = "/deny"


class Button(TypedDict):
    """A button as Rasa takes it."""

    title: str
    payload: str


def title_of(intent: str) -> str:
    """What an intent is called for customers.

    Raises:
        KeyError: it has no title.
    """
    titles = _titles()["titles"]
    return str(_titles()["titles_in_du"].get(intent, titles[intent]) if is_informal() else titles[intent])


def has_title(intent: str | None) -> bool:
    """Whether an intent may be offered or taken up by its title."""
    return intent in _titles()["titles"]


def candidates(ranking: Iterable[dict[str, Any]], least: float) -> list[str]:
    """The intents that may have been meant, most probable first, at most three.

    `least`: the lowest confidence of the first one. Below it nothing was understood, and offers would be blind guesses.
    """
    known = [entry for entry in ranking if has_title(entry.get("name"))]
    if not known or float(known[0].get("confidence") or 0.0) < least:
        return []
    likely = [str(entry["name"]) for entry in known if float(entry.get("confidence") or 0.0) >= _POSSIBLE]
    return likely[:MOST_SUGGESTIONS]


def between_two(ranking: Iterable[dict[str, Any]]) -> bool:
    """Whether the doubt is between two intents, both likely."""
    rest = [entry for entry in ranking if entry.get("name") != "nlu_fallback"][:2]
    if len(rest) < 2 or not all(has_title(entry.get("name")) for entry in rest):
        return False
    first, second = (float(entry.get("confidence") or 0.0) for entry in rest)
    return second >= _LIKELY and first - second < _CLOSE


def buttons_for(intents: Iterable[str]) -> list[Button]:
    """A button for each intent, and the way on where none of them is meant."""
    offered: list[Button] = [{"title": title_of(intent), "payload": f"/{intent}"} for intent in intents]
    return [*offered, {"title": str(_titles()["something_else"]), "payload": DECLINED}]


def offered_before(events: Sequence[Event]) -> list[str]:
    """The intents that the bot's last turn offered in "Meinten Sie …?"; empty when it did not."""
    for event in said_before(current_stretch(events)):
        if str(response_of(event)).startswith(("utter_suggest_", "utter_which_of_two")):
            buttons = (event.get("data") or {}).get("buttons") or []
            return [button["payload"].lstrip("/") for button in buttons if button["payload"] != DECLINED]
    return []


def chosen(text: str, offered: Sequence[str]) -> str | None:
    """Which of the offered intents a typed answer names, by its place or by its title."""
    plain = text.strip().strip(".!").lower()
    for intent, ordinal in zip(offered, _titles()["ordinals"], strict=False):
        if re.fullmatch(ordinal, plain):
            return intent
    return next((intent for intent in offered if plain and plain == title_of(intent).strip("?").lower()), None)


@cache
def _titles() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded
