"""One request of one customer while its script runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypedDict

from actions.decisions import Decision
from actions.tasks.message import Message


@dataclass(frozen=True)
class Sentence:
    """A response of the domain and what its placeholders stand for."""

    response: str
    values: Mapping[str, str] = field(default_factory=dict)


class Ended(Exception):
    """The script is over. `decision`: a person takes over, for this reason. `keeps`: what was told stays known."""

    def __init__(self, decision: Decision | None = None, keeps: bool = False) -> None:
        super().__init__()
        self.decision = decision
        self.keeps = keeps


class Button(TypedDict):
    """A choice to tap."""

    title: str
    payload: str


class Asked(Exception):
    """The script needs an answer before it can go on."""

    def __init__(self, slot: str, sentence: Sentence, buttons: Sequence[Button] = ()) -> None:
        super().__init__(slot)
        self.slot = slot
        self.sentence = sentence
        self.buttons = list(buttons)


@dataclass
class Said:
    """Something to say, with the choices that only the script knows."""

    sentence: Sentence
    buttons: list[Button] = field(default_factory=list)


class Case:
    """What a script sees and says. `slots` are the conversation's; what is set here is returned to Rasa."""

    def __init__(
        self, conversation_id: str, message: Message, slots: Mapping[str, Any], task: str, opening: bool = False
    ) -> None:
        self.conversation_id = conversation_id
        self.message = message
        self.task = task
        #: Whether the present message has opened the request: the moment for what is said once, before any question.
        self.is_opening = opening
        self.changes: dict[str, Any] = {}
        self.says: list[Said] = []
        self._slots = slots

    @property
    def slots(self) -> dict[str, Any]:
        """All slots as they are now."""
        return {**self._slots, **self.changes}

    def get(self, slot: str) -> Any:
        """A slot as it is now."""
        return self.changes[slot] if slot in self.changes else self._slots.get(slot)

    def set(self, slot: str, value: Any) -> None:
        """Fills a slot, or empties it with None."""
        self.changes[slot] = value

    def key(self) -> str:
        """Names this request of this conversation: a change made under it twice is made once.

        The message that brought the last missing answer stands for the request: a repeated turn is that message again.
        """
        return f"{self.conversation_id}:{self.message.id}:{self.task}"

    def say(self, response: str, *, buttons: list[Button] | None = None, **values: str) -> None:
        """Says a response before what comes next."""
        self.says.append(Said(Sentence(response, values), buttons or []))

    def need(self, slot: str, response: str | None = None, *, buttons: Sequence[Button] = (), **values: str) -> Any:
        """The slot's value; asks for it where there is none (with `utter_ask_<slot>` unless told otherwise).

        `buttons`: choices that only the script knows; those that never change stand in the domain.

        Raises:
            Asked: it is not known yet.
        """
        value = self.get(slot)
        if value is None:
            raise Asked(slot, Sentence(response or f"utter_ask_{slot}", values), buttons)
        return value

    def end(self, response: str | None = None, *, keeps: bool = False, **values: str) -> NoReturn:
        """Says a response and ends. `keeps`: what the customer told stays known, for the next try.

        Raises:
            Ended: always.
        """
        if response is not None:
            self.say(response, **values)
        raise Ended(keeps=keeps)

    def hand_over(self, decision: Decision) -> NoReturn:
        """Gives the matter to a person and ends.

        Raises:
            Ended: always.
        """
        raise Ended(decision)
