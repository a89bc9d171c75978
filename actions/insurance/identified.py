"""Whose policy or claim it is: its number, and the holder's postal code or date of birth."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.clients.insurance import Claim, Policy, Proof, configured_insurance_system
from actions.identification import Identification
from actions.order_reference import postal_code
from actions.tasks.case import Case
from actions.tasks.fields import MALFORMED, Field, NumberField
from actions.tasks.message import Message

_POLICY = re.compile(r"(?<![A-Z0-9])([A-Z]{2})[\s./-]{0,2}(\d(?:[ .]?\d){6})(?!\d)", re.IGNORECASE)
_CLAIM = re.compile(r"(?<![A-Z0-9])S?[\s./-]{0,2}(20\d\d)[\s./-]{1,2}(\d(?:[ ]?\d){5})(?!\d)", re.IGNORECASE)
_FIVE_DIGITS = re.compile(r"(?<![\w.,/-])\d{5}(?![\w/-]|[.,]\d)")
#: Somebody who asks about a policy or a claim and is asked for both may give them with anything in between.
_ASKED_FOR = (None, "policy_number", "claim_number", "policy_proof")


def policy_number(typed: str) -> str | None:
    """ "KF-4820117" for "kf 4820117"; None for anything else."""
    found = _POLICY.search(typed)
    return f"{found[1].upper()}-{re.sub('[ .]', '', found[2])}" if found else None


def claim_number(typed: str) -> str | None:
    """ "S-2026-004711" for "s 2026/004711"; None for anything else."""
    found = _CLAIM.search(typed)
    return f"S-{found[1]}-{found[2].replace(' ', '')}" if found else None


@dataclass(frozen=True)
class ReferenceField(NumberField):
    """A policy's or claim's number, which its form gives away anywhere in a message."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if message.is_payload:
            return None
        if (value := self.normalise(message.text)) is not None:
            return value
        return MALFORMED if asked and re.search(r"\d(?:\D?\d){4}", message.text) and not _proof(message) else None


@dataclass(frozen=True)
class ProofField(NumberField):
    """The holder's postal code ("50667") or date of birth ("1984-03-12")."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if known.get("requested_slot") not in _ASKED_FOR:
            return None
        if (value := _proof(message)) is not None:
            return value
        return MALFORMED if asked and re.search(r"\d{3}", message.words) else None


def _proof(message: Message) -> str | None:
    named = message.values("postal_code")
    if policy_number(message.words) or claim_number(message.words):
        # Beside such a number, five digits alone are nothing else.
        named += _FIVE_DIGITS.findall(message.words)
    for code in map(postal_code, named):
        if code is not None:
            return code
    # Nobody who writes today was born in the last ten years: such a day is one of the matter.
    born = [day for day in message.days if re.fullmatch(r"(?:19\d\d|200\d|201[0-5])-\d\d-\d\d", day)]
    return born[0] if born else None


def _kept_proof(typed: str) -> str | None:
    return typed or None


PROOF = ProofField("policy_proof", _kept_proof)
POLICY = Identification(
    kind="policy",
    number=ReferenceField("policy_number", policy_number),
    proof=PROOF,
    verified="verified_policy",
    tried="tried_policy_proof",
)
CLAIM = Identification(
    kind="claim",
    number=ReferenceField("claim_number", claim_number),
    proof=PROOF,
    verified="verified_claim",
    tried="tried_policy_proof",
)


def proof_of(told: str) -> Proof:
    """A stored proof."""
    return Proof(born_on=date.fromisoformat(told)) if "-" in told else Proof(postal_code=told)


def identified_by(*fields: Field) -> tuple[Field, ...]:
    """The fields of a request that needs the policy."""
    return (*fields, *POLICY.fields)


async def identified_policy(case: Case) -> Policy:
    """The policy of a holder who has given both facts, in this request or lately.

    Raises:
        Asked, Ended, SystemUnavailable: as `Identification.prove`.
    """
    system = configured_insurance_system()
    if (number := POLICY.verified_number(case)) and (policy := await system.policy(number)) is not None:
        return policy
    return await POLICY.prove(case, lambda number, told: system.find_policy(number, proof_of(told)))


async def identified_claim(case: Case) -> Claim:
    """The claim, by its number and a proof of its policy's holder; both are asked for in every request.

    Raises:
        Asked, Ended, SystemUnavailable: as `Identification.prove`.
    """
    system = configured_insurance_system()
    return await CLAIM.prove(case, lambda number, told: system.find_claim(number, proof_of(told)))
