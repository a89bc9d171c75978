"""What changes something is stated first and done after a yes, tapped or typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.tasks.case import Case
from actions.tasks.message import Message
from actions.texts import texts

SLOT = "confirmation"
_YES, _NO = "yes", "no"


@dataclass(frozen=True)
class ConfirmationField:
    """Reads a yes or a no. A yes with a reservation ("ja, aber nur …") is none: nothing is done that was not wanted."""

    slot: str = SLOT

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if not asked:
            return None
        words, text = texts()["yes_no"], message.words.lower()
        if message.intent == "deny" or _said(words[_NO], text, first=True):
            return _NO
        reserved = _said(words[_NO] + words["reservation"], text, first=False)
        agreed = message.intent == "affirm" or _said(words[_YES], text, first=True)
        return _YES if agreed and not reserved else None


CONFIRMATION = ConfirmationField()


def confirm(case: Case, response: str, **values: str) -> None:
    """States what will be done (the response ends with the question) and lets the script go on after a yes.

    Raises:
        Asked: there is no answer yet.
        Ended: the answer was no; it is said that nothing was changed.
    """
    if case.need(SLOT, response, **values) == _NO:
        case.end("utter_nothing_changed")


def _said(expressions: list[str], text: str, *, first: bool) -> bool:
    """Whether one of the expressions stands in the text, or opens it."""
    joined = "|".join(re.escape(expression) for expression in expressions)
    opening = r"^\W*" if first else r"(?<!\w)"
    return bool(re.search(rf"{opening}(?:{joined})(?!\w)", text))
