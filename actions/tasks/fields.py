"""What a task needs to know, and how it is read from a message."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from actions.order_reference import looks_like_an_attempt
from actions.tasks.message import Message


class Malformed:
    """An answer that was meant for the field and cannot be one."""


MALFORMED = Malformed()

#: "nein, die 12 am Ende", "hinten 45", "endet auf 12"
_TAIL = re.compile(
    r"(?<!\d)(\d{1,4})\s*(?:am ende|zum schluss|hinten|zuletzt|als letztes)\b"
    r"|\b(?:am ende|zum schluss|hinten|endet (?:auf|mit)|am schluss)\s*(?:\w+\s+){0,2}?(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"(?<!\d)(\d{1,4})\s*(?:am anfang|vorne|vorn|zuerst)\b"
    r"|\b(?:am anfang|vorne|vorn|beginnt mit)\s*(?:\w+\s+){0,2}?(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(r"\b(?:nicht|statt|anstatt|falsch\w*)\s*(?:die|der|das|mehr|war)?\s*$", re.IGNORECASE)


class Field(Protocol):
    """A slot that a task asks for. The responses are `utter_ask_<slot>` and, where they exist, `…_again` (after
    something in between), `utter_<slot>_malformed` and `utter_why_<slot>` (to a customer who does not have it).
    """

    @property
    def slot(self) -> str:
        """The slot it fills."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """The value in the message; None where there is none; `MALFORMED`.

        `asked`: it was asked for last, so that a bare answer is one to it. `known`: the slots so far.
        """


@dataclass(frozen=True)
class NumberField:
    """Something with digits that the pipeline finds as an entity of the same name. `normalise` gives its stored form,
    None for what cannot be one. `earlier` names a slot with a value that was tried and can be corrected.
    """

    slot: str
    normalise: Callable[[str], str | None]
    earlier: str | None = None

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`. A part is taken for a correction ("nein, die 12 am Ende") of the number told last."""
        named = [raw for raw in message.values(self.slot) if not self._taken_back(raw, message.text)]
        for value in map(self.normalise, named):
            if value is not None:
                return value
        if known.get("last_told") == self.slot and (corrected := self._corrected(message.words, known)):
            return corrected
        return MALFORMED if asked and looks_like_an_attempt(message.words) else None

    @staticmethod
    def _taken_back(raw: str, text: str) -> bool:
        before, found, _ = text.partition(raw)
        return bool(found and _TAKEN_BACK.search(before))

    def _corrected(self, text: str, known: Mapping[str, Any]) -> str | None:
        number = known.get(self.slot) or (known.get(self.earlier) if self.earlier else None)
        if not number:
            return None
        if found := _TAIL.search(text):
            part = found[1] or found[2]
            return self.normalise(number[: -len(part)] + part)
        if found := _HEAD.search(text):
            part = found[1] or found[2]
            return self.normalise(part + number[len(part) :])
        return None


@dataclass(frozen=True)
class TextField:
    """The customer's own words, at most `limit` characters of them; any answer is one as long as it says something."""

    slot: str
    limit: int = 500

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        text = message.words.strip()
        return text[: self.limit] if asked and re.search(r"\w{2}", text) else None


@dataclass(frozen=True)
class ChoiceField:
    """One of several answers, tapped (an entity of the slot's name) or typed. `read_words` gives the choice or None."""

    slot: str
    choices: Callable[[], frozenset[str]]
    read_words: Callable[[Message, bool], str | None]

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        for value in message.values(self.slot):
            if value in self.choices():
                return value
        return None if message.is_payload else self.read_words(message, asked)
