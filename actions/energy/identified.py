"""Whose contract it is: the customer's or the meter's number, and the postal code of the place supplied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.clients.energy import Contract, configured_energy_system
from actions.identification import Identification
from actions.order_reference import looks_like_an_attempt, postal_code
from actions.tasks.case import Case
from actions.tasks.fields import MALFORMED, Field, NumberField
from actions.tasks.message import Message

#: A word beside it says what it is; so it is not taken for a meter reading or a phone number.
_NAMED = re.compile(
    r"(?:kunden|vertrags|z(?:ä|ae)hler)[\s-]?(?:nummer|nr\.?|konto)\D{0,12}?([A-Z0-9]*\d(?:[ -]?[A-Z0-9]*\d){4,14})",
    re.IGNORECASE,
)
_BARE = re.compile(r"\b\d?[A-Z]{0,4}(?:[ -]?\d){6,13}\b", re.IGNORECASE)


def contract_number(typed: str) -> str | None:
    """ "1EMH0012345678" for "1 emh 0012345678": letters and digits, six to fourteen; None for anything else."""
    joined = re.sub(r"[\s.-]", "", typed).upper()
    fits = re.fullmatch(r"[A-Z0-9]{6,14}", joined) and sum(character.isdigit() for character in joined) >= 6
    return joined if fits else None


@dataclass(frozen=True)
class ContractNumberField(NumberField):
    """A customer's or a meter's number: found by the pipeline, named in the message, or bare when it was asked for."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        named = [*message.values("customer_number"), *message.values("meter_number")]
        named += [found[1] for found in _NAMED.finditer(message.words)]
        waits = asked or known.get("requested_slot") == "supply_postal_code"
        if waits and not named:
            named = [found[0] for found in _BARE.finditer(message.words)]
        for value in map(self.normalise, named):
            if value is not None:
                return value
        if asked and re.search(r"\d{3}", message.words) and not message.values("postal_code"):
            return MALFORMED
        return None


@dataclass(frozen=True)
class PlaceField(NumberField):
    """The postal code; not taken from an answer to a question about something else."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if known.get("requested_slot") not in (None, self.slot, "contract_number"):
            return None
        for value in map(self.normalise, message.values("postal_code")):
            if value is not None:
                return value
        return MALFORMED if asked and looks_like_an_attempt(message.words) and not message.entities else None


PLACE = PlaceField("supply_postal_code", postal_code)
CONTRACT = Identification(
    kind="contract",
    number=ContractNumberField("contract_number", contract_number),
    proof=PLACE,
    verified="verified_contract",
    tried="tried_supply_postal_code",
)


def identified_by(*fields: Field) -> tuple[Field, ...]:
    """The fields of a request that needs the contract."""
    return (*fields, *CONTRACT.fields)


async def identified_contract(case: Case) -> Contract:
    """The contract of a customer who has given both facts, in this request or lately.

    Raises:
        Asked, Ended, SystemUnavailable: as `Identification.prove`.
    """
    system = configured_energy_system()
    if (number := CONTRACT.verified_number(case)) and (contract := await system.contract(number)) is not None:
        return contract
    return await CONTRACT.prove(case, system.find_contract)
