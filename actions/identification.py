"""Two facts that belong together before anything personal is told: a number and a proof.

`IDENTIFIED_FOR_MIN` after it, both are asked for again: a conversation may stay open on a shared screen for days.
Wrong pairs are counted in the conversation (`lookup_failures`) and per number across conversations (`LookupGuard`). A
number that does not exist is treated as one with a wrong proof: nobody learns which numbers there are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from actions import decisions
from actions.clients.lookup_guard import LookupGuard, configured_guard
from actions.tasks.case import Asked, Case, Sentence
from actions.tasks.fields import NumberField

logger = logging.getLogger(__name__)

WRONG_PAIRS_BEFORE_LOCK = 3
#: Questions after the lock before a person is got without asking.
QUESTIONS_AFTER_LOCK_BEFORE_HANDOFF = 2
IDENTIFIED_FOR_MIN = 60

Found = TypeVar("Found")


@dataclass(frozen=True)
class Identification:
    """How one kind of thing is identified, by the slots of its number and its proof.

    `kind` names it in the guard and in `utter_<kind>_not_found`. `verified` is the slot that keeps a number whose proof
    fitted, `tried` the one that keeps the proof of the last pair that did not.
    """

    kind: str
    number: NumberField
    proof: NumberField
    verified: str
    tried: str
    #: The question for the proof, where it may name the number; otherwise `utter_ask_<proof>`.
    ask_proof: str | None = None

    @property
    def fields(self) -> tuple[NumberField, NumberField]:
        """What a task reads from each message for it."""
        return self.number, self.proof

    def verified_number(self, case: Case) -> str | None:
        """The number this conversation has proved, unless that is long ago or the customer has named another one."""
        verified = case.get(self.verified)
        fresh = time.time() - float(case.get("verified_at") or 0.0) < IDENTIFIED_FOR_MIN * 60
        return verified if verified and fresh and case.get(self.number.slot) in (None, verified) else None

    async def prove(
        self, case: Case, look_up: Callable[[str, str], Awaitable[Found | None]], guard: LookupGuard | None = None
    ) -> Found:
        """What the pair opens, asking for what is missing of it.

        Raises:
            Asked: number or proof are missing, or did not fit together.
            Ended: too many wrong pairs; a person is offered, or comes.
            SystemUnavailable: the system, or the guard, does not answer.
        """
        self.refuse_when_locked(case)
        watch = guard or configured_guard()
        number = case.get(self.number.slot)
        tried = case.get(self.tried)
        if tried and case.get(self.proof.slot) is None and self.number.slot in case.changes:
            # The number was the wrong half of the pair: nobody gives the same proof twice.
            case.set(self.proof.slot, tried)
        told = case.get(self.number.slot)
        # Kept from wherever it was said, it may be no number of ours.
        if told is not None and told != (normal := self.number.normalise(str(told))):
            case.set(self.number.slot, normal)
        number = case.need(self.number.slot)
        proof = case.need(self.proof.slot, self.ask_proof, **{self.number.slot: number})
        subject = f"{self.kind}:{number}"
        found = None if await watch.is_locked(subject) else await look_up(number, proof)
        if found is None:
            await self._count(case, subject, watch)
            case.set(self.tried, proof)
            case.set(self.proof.slot, None)
            # People know their postal code better than a number: a part that is corrected now belongs to the number.
            case.set("last_told", self.number.slot)
            raise Asked(self.proof.slot, Sentence(f"utter_{self.kind}_not_found"))
        await watch.clear(subject)
        for slot, value in ((self.verified, number), ("verified_at", time.time()), (self.tried, None)):
            case.set(slot, value)
        return found

    async def _count(self, case: Case, subject: str, guard: LookupGuard) -> None:
        locked = await guard.count_wrong(subject, case.message.id)
        failures = float(case.get("lookup_failures") or 0.0) + 1
        case.set("lookup_failures", failures)
        if failures >= WRONG_PAIRS_BEFORE_LOCK:
            case.set("lookup_locked", True)
            # What was told stays known: it helps the person who takes over, and nothing is looked up with it any more.
            case.end("utter_lookup_locked", keeps=True)
        if locked:
            # Whether the pair was right now must not show: the number is locked for everybody.
            case.end("utter_number_locked", keeps=True)

    @staticmethod
    def refuse_when_locked(case: Case) -> None:
        """Lets nothing through in a conversation with too many wrong pairs, whatever it has proved before.

        Raises:
            Ended: it is locked.
        """
        if not case.get("lookup_locked"):
            return
        count = float(case.get("questions_after_lock") or 0.0) + 1
        case.set("questions_after_lock", count)
        if count >= QUESTIONS_AFTER_LOCK_BEFORE_HANDOFF:
            case.hand_over(decisions.complex_intent(case.task))
        case.end("utter_lookup_still_locked", keeps=True)
