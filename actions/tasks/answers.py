"""What a message means to the request that is going on: an answer, another request, or nothing for the form."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.confirmation import CONFIRMATION
from actions.tasks.fields import Malformed, NumberField
from actions.tasks.message import Message
from actions.tasks.task import Task, tasks
from actions.texts import texts

#: Whatever else such a message holds, the form steps back.
_LEAVES = frozenset(
    {
        "request_human",
        "stop",
        "goodbye",
        "complaint",
        "legal_threat",
        "request_data_export",
        "request_data_deletion",
        "negative_feedback",
        "insult",
    }
)
#: Intents of attempts at an answer; what they hold is read, and if it is nothing, that counts.
_ATTEMPTS = frozenset({"inform", "affirm", "deny"})
#: Other matters that the rules answer. Own words that are asked for (a description) are often taken for one of these,
#: so only a sure one counts then.
_SURE = 0.7
#: What share of all other meanings one must have to be the one beside the numbers.
_CLEARLY = 0.5


@dataclass
class Reading:
    """`told`: slots and values in the order of reading. `malformed`: the slot of an answer that cannot be one.
    `is_attempt`: an answer was tried, or the request was said once more. `other_task`: another request;
    `declined`: instead of the one that was to be confirmed ("nein, erst die Adresse ändern").
    """

    told: dict[str, Any] = field(default_factory=dict)
    malformed: str | None = None
    is_attempt: bool = False
    other_task: Task | None = None
    declined: bool = False


def leaves_the_form(message: Message) -> bool:
    """Whether the rules take over whatever was asked."""
    return message.intent in _LEAVES


def starts(message: Message, intents: Container[str]) -> Task | None:
    """The task that a message opens; a bare number opens the one that takes it. None where nothing is opened.

    `intents`: those of the sectors that are on; the others' tasks open nothing.
    """
    if message.intent in tasks():
        return tasks()[message.intent]
    if (wish := _wish_beside_numbers(message)) is not None:
        return wish
    for task in (task for task in tasks().values() if task.takes_bare_number and task.intent in intents):
        if any(each.read(message, False, {}) for each in task.fields):
            return task
    return None


def numbers_in(message: Message, intents: Container[str]) -> dict[str, Any]:
    """Slots and values of the numbers that some request of the sectors that are on may need."""
    fields = [each for task in tasks().values() if task.intent in intents for each in task.fields]
    found = {each.slot: each.read(message, False, {}) for each in fields if isinstance(each, NumberField)}
    return {slot: value for slot, value in found.items() if isinstance(value, str)}


def _wish_beside_numbers(message: Message) -> Task | None:
    """The request in "rechnung bestellung 10423345 plz 50667", which its numbers make look like an answer: what is
    clearly the likeliest meaning if it is none, in a message that has words of its own (a town is none).
    """
    text = re.sub(r"\b\d{5}\s+\w+", " ", message.words.lower())
    words = re.findall(r"[^\W\d_]{4,}", text)
    if message.intent != "inform" or not set(words) - set(texts()["number_words"]):
        return None
    others = [(name, confidence) for name, confidence in message.ranking if name not in _ATTEMPTS]
    total = sum(confidence for _, confidence in others)
    if not others or total <= 0.0 or others[0][1] / total < _CLEARLY:
        return None
    return tasks().get(others[0][0])


def read(task: Task, message: Message, asked: str | None, known: Mapping[str, Any]) -> Reading:
    """Reads every field of the task; the one that was asked for may be answered in a bare word."""
    reading = Reading(is_attempt=message.intent in {*_ATTEMPTS, task.intent, *task.own_intents})
    fields = (*task.fields, CONFIRMATION)
    other = tasks().get(message.intent)
    elsewhere = other is not None and other is not task and message.intent not in task.own_intents
    for each in fields:
        is_asked = each.slot == asked
        if is_asked and not isinstance(each, NumberField) and _is_about_something_else(message, task):
            continue
        value = each.read(message, is_asked, known)
        if isinstance(value, Malformed):
            reading.malformed = each.slot
        elif value is not None:
            reading.told[each.slot] = value
    if elsewhere and asked is not None:
        answered = asked in reading.told
        reading.declined = asked == CONFIRMATION.slot and reading.told.get(asked) == "no"
        own_words = _is_own_words(task, asked, message) and not reading.declined
        if not answered or (message.confidence >= _SURE and not own_words):
            reading.other_task = other
    return reading


def _is_about_something_else(message: Message, task: Task) -> bool:
    """Surely another matter, and a question: not what somebody writes who describes theirs."""
    if message.intent in (task.intent, *_ATTEMPTS) or message.confidence < _SURE:
        return False
    if message.text.rstrip().endswith("?"):
        return True
    opening = re.match(r"\W*(?:(?:und|ach|äh|moment|sorry|kurz\w*|frage|noch) \W*)*(\w+ \w+)", message.words.lower())
    asks = opening is not None and any(opening[1].startswith(words) for words in texts()["question_openings"])
    return asks and message.intent not in task.own_intents


def _is_own_words(task: Task, asked: str, message: Message) -> bool:
    """An answer in the customer's own words, or a choice, may sound like any other matter."""
    is_number = any(each.slot == asked and isinstance(each, NumberField) for each in task.fields)
    return message.is_payload or not is_number
