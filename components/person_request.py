"""Finds a wish for a person beside another concern, clause by clause.

The classifier gives a message one meaning, and "Wo ist mein Paket? Und ich will einen Menschen" has two. A wish for a
person is never less urgent than the other one, so it wins. The expressions stand in `person_request.yml`.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.intent_classifier import SEVERAL_INTENTS

REQUEST = "request_human"

_FILE = Path(__file__).with_suffix(".yml")
_INTENT_RANKING = "intent_ranking"
_NEGATION = re.compile(r"\b(?:nicht|nie|niemals|kein\w*)\b")
_DENIAL = "nicht|nie|niemals"
#: A word of an expression; what stands in brackets is one.
_PART = re.compile(r"\[[^\]]*\]|\([^()]*\)|\S+")
_GAP = r"(?: \w+){0,6}?"


class Stance(Enum):
    """What a message says about a person: asked for; expressly not wanted, or only told about; nothing certain."""

    WANTED = "wanted"
    DECLINED = "declined"
    OPEN = "open"


class _Expressions:
    """`person_request.yml`, ready to be compared with clauses."""

    def __init__(self, source: dict[str, Any]) -> None:
        self._lists: dict[str, list[str]] = source["lists"]
        self._tail = f"(?: {source['tail']})?"
        self.cuts = re.compile(rf"[.!?;:,\n()–—/]+|\b(?:{'|'.join(source['cuts'])})\b")
        self.fillers = _words(source["fillers"])
        self.urging = _words(source["urging"])
        self.vetoes = _words(source["vetoes"])
        self.told = _words(source["told"])
        self.wanting = _words(source["wanting"])
        self.person = re.compile(rf"\b{self._filled('{noun}')}\b")
        self.wishes = [self._compiled(line) for line in source["wishes"]]
        self.questions = [self._compiled(line) for line in source["questions"]]
        self.bare = [self._compiled(line) for line in source["bare"]]

    def _filled(self, expression: str) -> str:
        while found := re.search(r"\{([a-z]+)\}", expression):
            expression = expression.replace(found[0], f"(?:{'|'.join(self._lists[found[1]])})")
        return expression

    def _compiled(self, line: str) -> re.Pattern[str]:
        start = rf"^(?:(?:{_DENIAL}) )?" if line.startswith("^") else r"\b"
        pattern = ""
        for part in _PART.findall(line.lstrip("^")):
            if part == "~":
                pattern += _GAP
                continue
            optional = part.startswith("[")
            filled = self._filled(part.strip("[]"))
            # Between any two words somebody may say "nicht"; it decides what the whole means.
            piece = rf"(?: (?:{_DENIAL}))? (?:{filled})" if pattern else f"(?:{filled})"
            pattern += f"(?:{piece})?" if optional else piece
        return re.compile(rf"{start}{pattern}(?: (?:{_DENIAL}))?{self._tail}$")


def _words(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


@cache
def _expressions() -> _Expressions:
    return _Expressions(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def stance(text: str) -> Stance:
    """What a message says about a person; one clause that asks for one outweighs all others."""
    joined = re.sub(r",\s*(dass|daß)\b", " dass", text.lower())
    known = _expressions()
    # A person told of in one clause may be asked for in the next one in words that are not known here.
    only_told = not known.wanting.search(joined)
    found = {_stance_of_clause(clause, only_told) for clause in known.cuts.split(joined)}
    if Stance.WANTED in found:
        return Stance.WANTED
    return Stance.DECLINED if Stance.DECLINED in found else Stance.OPEN


def _stance_of_clause(clause: str, only_told: bool) -> Stance:
    known = _expressions()
    plain = " ".join(word for word in re.findall(r"[\w'-]+", clause) if not re.search(r"\d", word) and word != "-")
    if known.vetoes.search(known.fillers.sub(" ", plain)):
        return Stance.DECLINED if known.person.search(plain) else Stance.OPEN
    stripped = " ".join(known.fillers.sub(" ", plain).split())
    for expression in known.questions:
        if found := expression.search(stripped):
            return Stance.OPEN if _NEGATION.search(found[0]) else Stance.WANTED
    wishes = known.wishes + (known.bare if known.urging.search(plain) else [])
    for expression in wishes:
        if found := expression.search(stripped):
            return Stance.DECLINED if _NEGATION.search(found[0]) else Stance.WANTED
    told = only_told and known.person.search(plain) and known.told.search(plain)
    return Stance.DECLINED if told else Stance.OPEN


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class PersonRequestRule(GraphComponent, IntentClassifier):
    """Puts `request_human` first where a person is asked for, and takes it away where none is wanted."""

    @classmethod
    def required_components(cls) -> list[type]:
        """A classifier stands before it."""
        return [IntentClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PersonRequestRule:
        """For Rasa's graph; there is nothing to configure."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Changes `intent` and `intent_ranking` where a stance is certain, and the several requests; entities stay."""
        for message in messages:
            ranking = message.get(_INTENT_RANKING) or []
            said = stance(message.get(TEXT) or "")
            several = message.get(SEVERAL_INTENTS) or []
            if said is not Stance.WANTED and any(entry["name"] == REQUEST for entry in several):
                # Told of beside the matter ("gestern mit einem Mitarbeiter gesprochen, wo …"), or not wanted.
                left = _others(several)
                message.set(SEVERAL_INTENTS, left if len(left) > 1 else [], add_to_output=True)
            if said is Stance.WANTED:
                # The others keep their order, not their confidence: nothing is ambiguous about it any more.
                others = [{**entry, "confidence": 0.0} for entry in _others(ranking)]
                ranking = [{"name": REQUEST, "confidence": 1.0}, *others]
            elif said is Stance.DECLINED and ranking and ranking[0]["name"] == REQUEST and len(ranking) > 1:
                ranking = _shared_out(ranking)
            else:
                continue
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(_INTENT_RANKING, ranking, add_to_output=True)
        return messages


def _others(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in ranking if entry["name"] != REQUEST]


def _shared_out(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ranking without the request; its confidence goes to the others in proportion."""
    others = _others(ranking)
    left = 1.0 - float(ranking[0]["confidence"])
    if left <= 0.0:
        return others
    return [{**entry, "confidence": min(1.0, float(entry["confidence"]) / left)} for entry in others]
