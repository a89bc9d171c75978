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
    """Reads a yes or a no, and nothing from a message that is both or neither."""

    slot: str = SLOT

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if not asked:
            return None
        words = texts()["yes_no"]
        yes, no = (_begins(words[answer], message.words) for answer in (_YES, _NO))
        if yes != no:
            return _YES if yes else _NO
        return {"affirm": _YES, "deny": _NO}.get(message.intent) if not yes else None


CONFIRMATION = ConfirmationField()


def confirm(case: Case, response: str, **values: str) -> None:
    """States what will be done (the response ends with the question) and lets the script go on after a yes.

    Raises:
        Asked: there is no answer yet.
        Ended: the answer was no; it is said that nothing was changed.
    """
    if case.need(SLOT, response, **values) == _NO:
        case.end("utter_nothing_changed")


def _begins(beginnings: list[str], text: str) -> bool:
    joined = "|".join(re.escape(beginning) for beginning in beginnings)
    return bool(re.match(rf"\W*(?:{joined})(?!\w)", text.lower()))
