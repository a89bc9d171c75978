"""`request_form`: plays the script of the customer's request, message by message.

The form has no slots of its own in the domain (Rasa calls such forms dynamic): what is asked for next is what the
script needs next. What the form does not take as an answer it leaves to the rules, and asks again after them.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection
from rasa_sdk.types import DomainDict

from actions.confirmation import CONFIRMATION
from actions.errors import SystemUnavailable
from actions.handoff import hand_over
from actions.signals import has_spoken_in_this_turn
from actions.tasks.answers import Reading, leaves_the_form, numbers_in, read, starts
from actions.tasks.case import Asked, Case, Ended, Said, Sentence
from actions.tasks.message import Message
from actions.tasks.task import Task, tasks
from actions.texts import texts

logger = logging.getLogger(__name__)

FORM = "request_form"
#: Answers that cannot be one, and answers without one, before the form ends with the offer of a person.
UNUSABLE_BEFORE_GIVING_UP = 3
WITHOUT_ANSWER_BEFORE_GIVING_UP = 3
#: So many times not having what is asked for.
DENIED_BEFORE_GIVING_UP = 2

#: The form's own slots; `requested_slot` is Rasa's.
_STATE = ("request", "paused_request", "last_told", "unusable_answers", "missing_answers")


class ValidateRequestForm(Action):
    """Takes what the present message tells, and plays the script as far as it goes."""

    def name(self) -> str:
        return "validate_request_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says what the script says.

        Raises:
            ActionExecutionRejection: the message is none for the form; the rules know what to do.
        """
        message = Message.of(tracker.latest_message)
        turn = _Turn(dispatcher, tracker, domain, message)
        active = (tracker.active_loop or {}).get("name") == FORM and tracker.get_slot("request") in tasks()
        if not active:
            return await turn.begin(starts(message, _intents(domain)))
        current = tasks()[tracker.get_slot("request")]
        if has_spoken_in_this_turn(tracker.events) or _was_left(tracker):
            return await turn.play(current, again=True)
        asked = tracker.get_slot("requested_slot")
        if leaves_the_form(message):
            raise ActionExecutionRejection(self.name(), "The message is not for the form.")
        reading = read(current, message, asked, tracker.slots)
        if (other := reading.other_task) is not None:
            return await turn.switch(current, other, declined=reading.declined)
        if not reading.told and not reading.malformed and not reading.is_attempt:
            raise ActionExecutionRejection(self.name(), "The message is no answer.")
        return await turn.go_on(current, reading, asked)


def _intents(domain: DomainDict) -> set[str]:
    """The names of the domain's intents; Rasa gives one with settings as a table of one entry."""
    return {name if isinstance(name, str) else next(iter(name)) for name in domain.get("intents") or ()}


def _was_left(tracker: Tracker) -> bool:
    """Whether the form has already left the present message to the rules."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action_execution_rejected" and event.get("name") == FORM:
            return True
    return False


def forgotten(slots: Mapping[str, Any]) -> list[EventType]:
    """Empties what was told for the request that is going on, if one is."""
    task = tasks().get(str(slots.get("request")))
    return [SlotSet(name, value) for name, value in _emptied(task, keeps=False).items()]


def _emptied(task: Task | None, *, keeps: bool) -> dict[str, Any]:
    told = () if task is None or keeps else (*(field.slot for field in task.fields), *task.forgets)
    state = {slot: 0.0 if slot.endswith("answers") else None for slot in _STATE}
    return {**state, CONFIRMATION.slot: None, **dict.fromkeys(told)}


class _Turn:
    """One run of the form."""

    def __init__(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, message: Message
    ) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self._domain = domain
        self._responses: dict[str, Any] = domain.get("responses") or {}
        self._message = message
        self._changes: dict[str, Any] = {}

    async def begin(self, task: Task | None) -> list[EventType]:
        """The form opens. What was told before, or stands in this message, is not asked for."""
        self._changes.update(paused_request=None, confirmation=None)
        if task is None:
            # "Moment, ich suche die Nummer" is no riddle, and numbers are kept for whatever they are meant for.
            told = numbers_in(self._message, _intents(self._domain))
            self._changes.update(told)
            waits = "utter_ask_rephrase" if self._message.entities else "utter_no_hurry"
            self._speak(Said(Sentence("utter_numbers_noted" if told else waits)))
            return [*self._set(), SlotSet("requested_slot", None)]
        return await self._take_up(task)

    async def switch(self, left: Task, task: Task, *, declined: bool) -> list[EventType]:
        """Another request in between. A question is answered and the first request goes on; otherwise it is dropped."""
        goes_on = not declined and (task.is_question or self._is_known())
        self._changes["paused_request"] = left.intent if goes_on else None
        self._changes["confirmation"] = None
        return await self._take_up(task)

    async def _take_up(self, task: Task) -> list[EventType]:
        reading = read(task, self._message, None, {**self._tracker.slots, "last_told": None})
        self._changes.update(request=task.intent, unusable_answers=0.0, missing_answers=0.0, **reading.told)
        if reading.told:
            self._changes["last_told"] = next(reversed(reading.told))
        return await self.play(task, opening=True)

    def _looks_for_it(self) -> bool:
        words = self._message.words.lower()
        return any(re.search(rf"\b{looking}", words) for looking in texts()["looks_for_it"])

    def _is_known(self) -> bool:
        """Whether the customer has proved who they are, so that the other request is probably a short one."""
        return bool(self._tracker.get_slot("verified_at"))

    async def go_on(self, task: Task, reading: Reading, asked: str | None) -> list[EventType]:
        """An answer, or what was meant as one."""
        if reading.told:
            self._changes.update(reading.told, unusable_answers=0.0, missing_answers=0.0)
            self._changes["last_told"] = next(reversed(reading.told))
            if CONFIRMATION.slot not in reading.told or len(reading.told) > 1:
                # Something was corrected: what was asked to be confirmed is no longer what would be done.
                self._changes[CONFIRMATION.slot] = None
            return await self.play(task)
        if reading.malformed:
            return await self._unusable(task, reading.malformed)
        return await self._without_answer(task, asked)

    async def _unusable(self, task: Task, slot: str) -> list[EventType]:
        count = float(self._tracker.get_slot("unusable_answers") or 0.0) + 1
        self._changes.update({"unusable_answers": count, slot: None})
        if count >= UNUSABLE_BEFORE_GIVING_UP:
            self._speak(Said(Sentence("utter_lookup_given_up")))
            return self._over(task)
        self._speak(Said(Sentence(f"utter_{slot}_malformed", self._told_values())))
        return self._waiting(slot)

    async def _without_answer(self, task: Task, asked: str | None) -> list[EventType]:
        """No hurry, why it is needed, the question once more; and then the offer of a person."""
        count = float(self._tracker.get_slot("missing_answers") or 0.0) + 1
        self._changes.update(request=task.intent, missing_answers=count)
        why = f"utter_why_{asked}"
        if self._message.intent == "deny" and asked in task.optional:
            self._speak(Said(Sentence("utter_denied")))
            return self._over(task)
        denied = self._message.intent == "deny" and why in self._responses
        if count >= (DENIED_BEFORE_GIVING_UP if denied else WITHOUT_ANSWER_BEFORE_GIVING_UP):
            known = why in self._responses
            self._speak(Said(Sentence("utter_lookup_without_number" if known else "utter_offer_person")))
            return self._over(task)
        if denied:
            self._speak(Said(Sentence(why)))
            return self._waiting(asked)
        # Whoever says yes, or asks the same once more, is told again what is needed; whoever looks for it has time.
        silent = why in self._responses and self._message.intent not in ("affirm", task.intent)
        if silent or self._looks_for_it():
            self._speak(Said(Sentence("utter_no_hurry")))
            return self._waiting(asked)
        if asked == CONFIRMATION.slot:
            self._speak(Said(Sentence("utter_yes_or_no")))
        return await self.play(task, again=True)

    async def play(self, task: Task, *, again: bool = False, opening: bool = False) -> list[EventType]:
        """Runs the script. `again`: the question was asked before, and something has come in between."""
        # Something is always set: a form that only asks again would count as one that was rejected.
        self._changes["request"] = task.intent
        slots = {**self._tracker.slots, **self._changes}
        case = Case(self._tracker.sender_id, self._message, slots, task.intent, opening)
        case.changes = self._changes
        try:
            await task.play(case)
        except Asked as asked:
            for said in case.says:
                self._speak(said)
            self._ask(asked, again)
            return self._waiting(asked.slot)
        except Ended as ended:
            for said in case.says:
                self._speak(said)
            return await self._end(task, ended)
        except SystemUnavailable as error:
            logger.error("The request %s cannot be dealt with: %s", task.intent, error)
            self._speak(Said(Sentence(error.response)))
            return self._over(task, keeps=True)
        raise NotImplementedError(f"The script of {task.intent} has no end.")

    async def _end(self, task: Task, ended: Ended) -> list[EventType]:
        if ended.decision is not None:
            self._tracker.slots.update(self._changes)
            events = await hand_over(self._dispatcher, self._tracker, ended.decision)
            # Kept when nobody could be reached: the next try takes it along.
            confirmed = any(event.get("name") == "handoff_id" for event in events)
            return [*self._over(task, keeps=not confirmed), *events]
        paused = self._changes.get("paused_request", self._tracker.get_slot("paused_request"))
        if paused in tasks() and (task.is_question or not self._offers_something()):
            self._changes.update(request=paused, paused_request=None)
            return await self.play(tasks()[paused], again=True)
        return self._over(task, keeps=ended.keeps)

    def _offers_something(self) -> bool:
        """Whether what was said ends with a question of its own, which a yes would answer."""
        return any(
            variation.get("metadata")
            for said in self._dispatcher.messages
            for variation in self._responses.get(str(said.get("response")), [])
        )

    def _ask(self, asked: Asked, again: bool) -> None:
        sentence = asked.sentence
        once_more = f"{sentence.response}_again"
        if again and once_more in self._responses:
            sentence = Sentence(once_more, sentence.values)
        self._speak(Said(sentence, asked.buttons))

    def _speak(self, said: Said) -> None:
        self._dispatcher.utter_message(
            response=said.sentence.response, buttons=list(said.buttons), **dict(said.sentence.values)
        )

    def _told_values(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._tracker.slots.items() if isinstance(value, str)}

    def _waiting(self, slot: str | None) -> list[EventType]:
        # Rasa itself asks for the first slot that is requested here, and the script has already asked in its own words:
        # so the first is one without a question. The last one counts for the next message.
        return [SlotSet("requested_slot", "request"), *self._set(), SlotSet("requested_slot", slot)]

    def _over(self, task: Task, *, keeps: bool = False) -> list[EventType]:
        """Ends the form; what the customer told for this request alone is forgotten unless it is kept."""
        self._changes.update(_emptied(task, keeps=keeps))
        # Named once more, so that the events tell of a request that was opened and over in the same turn.
        return [SlotSet("request", task.intent), *self._set(), SlotSet("requested_slot", None)]

    def _set(self) -> list[EventType]:
        return [SlotSet(name, value) for name, value in self._changes.items()]
