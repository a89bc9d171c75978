"""What a task is, and which there are."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache

import actions
from actions.tasks.case import Case
from actions.tasks.fields import Field


class Task:
    """A request a customer can make; `intent` is its name. One object serves all conversations."""

    intent: str = ""
    #: What is read from each message while the task goes on.
    fields: Sequence[Field] = ()
    #: Further slots that are emptied when the task is over.
    forgets: Sequence[str] = ()
    #: Whether a bare number that opens a conversation is taken for this request.
    takes_bare_number: bool = False
    #: Slots that are asked for only to be of more help: not wanting to tell them ends the request.
    optional: Sequence[str] = ()
    #: Intents that, while this request goes on, are part of it and not another one.
    own_intents: frozenset[str] = frozenset()
    #: Whether it answers at once, so that whatever was going on before goes on after it.
    is_question: bool = False

    async def play(self, case: Case) -> None:
        """The script.

        Raises:
            Asked: an answer is missing.
            Ended: it is over.
            SystemUnavailable: a system it needs does not answer.
        """
        raise NotImplementedError


@cache
def tasks() -> dict[str, Task]:
    """All tasks by intent, from the modules of `actions`."""
    for module in pkgutil.walk_packages(actions.__path__, "actions."):
        importlib.import_module(module.name)
    found: dict[str, Task] = {}
    for kind in _all_kinds(Task):
        if kind.intent:
            found[kind.intent] = kind()
    return found


def _all_kinds(kind: type[Task]) -> list[type[Task]]:
    return [below for direct in kind.__subclasses__() for below in (direct, *_all_kinds(direct))]
