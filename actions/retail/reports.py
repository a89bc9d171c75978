"""Something is wrong with what came, or with what was paid: notes what a person needs, and a person decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from actions import decisions
from actions.order_reference import looks_like_an_attempt, order_number
from actions.tasks.case import Case
from actions.tasks.fields import MALFORMED, ChoiceField, NumberField, TextField
from actions.tasks.message import Message
from actions.tasks.task import Task
from actions.texts import remedy_words, texts

#: Intents that, as an answer to "what would you like?", mean a remedy; and those that are answers but leave it open.
_REMEDY_OF_INTENT = {
    "refund_status": "refund",
    "return_item": "refund",
    "exchange_item": "replacement",
    "ask_repair": "repair",
    "ask_warranty": "advice",
    "ask_product": "advice",
}
_LEAVES_IT_OPEN = frozenset({"affirm", "deny", "inform", "nlu_fallback", "out_of_scope"})
_NEGATION = re.compile(r"\b(?:kein\w*|nicht|ohne)\s+(?:\w+\s+){0,2}$")
_WORDS_OF_A_DESCRIPTION = 4
_WORDS_OF_AN_ADDITION = 3
LIMIT = 500
#: What is added to a description sounds like any trouble with an order, or like nothing that is known.
_ADDS = frozenset(
    {"missing_item", "wrong_item", "delivery_damage", "defective_product", "payment_problem", "nlu_fallback"}
)
UNKNOWN = "unknown"


def remedy_in(text: str) -> str | None:
    """The remedy a text asks for in so many words: one of `texts.yml`'s remedies."""
    lowered = text.lower()
    for remedy, beginnings in remedy_words().items():
        for beginning in beginnings:
            found = re.search(rf"\b{re.escape(beginning)}", lowered)
            if found and not _NEGATION.search(lowered[: found.start()]):
                return remedy
    return None


def _remedy_said(message: Message, asked: bool) -> str | None:
    wish = remedy_in(message.words)
    if asked:
        open_answer = "undecided" if message.intent in _LEAVES_IT_OPEN else None
        return wish or _REMEDY_OF_INTENT.get(message.intent) or open_answer
    # Advice and doubt are what any description sounds like; only a clear wish spares the question.
    return wish if wish in ("repair", "replacement", "refund", "resend", "search") else None


REMEDY = ChoiceField("remedy", lambda: frozenset(texts()["remedies"]), _remedy_said)


@dataclass(frozen=True)
class OrderIfKnown:
    """An order number that helps the person but is not needed: not having one is an answer as well (`UNKNOWN`).

    Nothing of the order is told, so it needs no proof.
    """

    slot: str = "report_order"
    normalise: Callable[[str], str | None] = order_number

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        found = NumberField("order_number", self.normalise).read(message, False, known)
        if found or not asked or message.is_payload:
            return found
        if looks_like_an_attempt(message.text):
            return MALFORMED
        without = any(word in message.words.lower() for word in texts()["without_number"])
        return UNKNOWN if message.intent == "deny" or without else None


@dataclass(frozen=True)
class Description:
    """What is wrong, in the customer's own words: the answer when it was asked for, and what is added later on."""

    slot: str = "problem_description"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        before = known.get(self.slot)
        if message.intent in ("affirm", "deny"):
            return None
        adds = message.intent in _ADDS and len(message.words.split()) >= _WORDS_OF_AN_ADDITION
        if before and not (adds and remedy_in(message.words) is None):
            return None
        text = TextField(self.slot, LIMIT).read(message, asked or bool(before), known)
        return f"{before}\n{text}"[:LIMIT] if text and before else text


class Report(Task):
    """What is wrong, what the customer wants, which order: then a person. `first_words` is said before any question."""

    fields = (OrderIfKnown(), REMEDY, Description())
    own_intents = _ADDS | frozenset(_REMEDY_OF_INTENT)
    asks_for_wish = True
    first_words: str | None = None

    def says_it_first(self, words: str) -> bool:
        """Whether `first_words` fit what the customer wrote."""
        return True

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if case.is_opening:
            self._open(case)
        elif "problem_description" in case.changes and "\n" in str(case.get("problem_description")):
            case.say("utter_noted")
        case.need("problem_description", f"utter_ask_problem_{self.intent}")
        if self.asks_for_wish:
            case.need("remedy", f"utter_ask_remedy_{self.intent}")
        order = case.need("report_order")
        if order != UNKNOWN:
            case.set("order_number", order)
        case.hand_over(decisions.complex_intent(self.intent))

    def _open(self, case: Case) -> None:
        words = case.message.words.strip()
        if len(words.split()) >= _WORDS_OF_A_DESCRIPTION:
            case.set("problem_description", words[:LIMIT])
        known = case.get("verified_order") or order_number(str(case.get("order_number") or ""))
        if known and not case.get("report_order"):
            case.set("report_order", known)
        if self.first_words and self.says_it_first(words):
            case.say(self.first_words)


class DefectiveProduct(Report):
    """It broke, or does not work."""

    intent = "defective_product"


class MissingItem(Report):
    """Incomplete, lost, or said to be delivered and not there."""

    intent = "missing_item"
    first_words = "utter_missing_item_first"

    def says_it_first(self, words: str) -> bool:
        """See `Report.says_it_first`: neighbours are of no use to who has the parcel."""
        return any(re.search(rf"\b{lost}", words.lower()) for lost in texts()["parcel_lost"])


class WrongItem(Report):
    """Something else came."""

    intent = "wrong_item"


class DeliveryDamage(Report):
    """It came broken."""

    intent = "delivery_damage"
    first_words = "utter_delivery_damage_first"


class PaymentProblem(Report):
    """Charged twice, declined, dunned although paid."""

    intent = "payment_problem"
    asks_for_wish = False
    first_words = "utter_payment_problem_first"
