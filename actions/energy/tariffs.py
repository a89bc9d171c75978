"""Tariffs: what there is, changing to another one, and a higher price."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions import decisions
from actions.clients.energy import Tariff, configured_energy_system
from actions.confirmation import confirm
from actions.energy.identified import identified_by, identified_contract
from actions.tasks.case import Case
from actions.tasks.message import Message
from actions.tasks.spoken import sector_words, spoken_money, spoken_number
from actions.tasks.task import Task

_GAS = re.compile(r"\bgas|erdgas|biogas|gasheizung", re.IGNORECASE)
_ELECTRICITY = re.compile(r"strom|wallbox|wärmepumpe|waermepumpe|nachtspeicher", re.IGNORECASE)


def kind_named(text: str) -> str | None:
    """ "electricity" or "gas" when a text names one of them and not both."""
    electricity, gas = _ELECTRICITY.search(text), _GAS.search(text)
    if bool(electricity) == bool(gas):
        return None
    return "electricity" if electricity else "gas"


def spoken_tariffs(offered: list[Tariff]) -> str:
    """A line for each tariff."""
    line = sector_words("energy")["tariffs"]
    return "\n".join(
        line["fixed" if tariff.term_months else "free"].format(
            name=tariff.name,
            unit_price=spoken_number(tariff.unit_price_ct),
            base_price=spoken_money(tariff.base_price),
            months=tariff.term_months,
            note=tariff.note,
        )
        for tariff in offered
    )


class AskTariff(Task):
    """What is offered now."""

    intent = "ask_tariff"
    is_question = True

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        offered = await configured_energy_system().tariffs(kind_named(case.message.words))
        case.end("utter_tariffs", tariffs=spoken_tariffs(offered))


@dataclass(frozen=True)
class TariffField:
    """The name of a tariff, or enough of it; "cheapest" where the customer says so."""

    slot: str = "tariff"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        words = message.words.lower()
        if re.search(r"billigst|günstigst|guenstigst", words):
            return "cheapest"
        found = re.findall(r"\b(?:natur 10|natur|fix 24|fix|flex|basis|komfort|öko\w*|oeko\w*)\b", words)
        return found[-1] if found else None


class ChangeTariff(Task):
    """The tariff wished for; a person makes the contract."""

    intent = "change_tariff"
    fields = identified_by(TariffField())

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        contract = await identified_contract(case)
        system = configured_energy_system()
        offered = [each for each in await system.tariffs(contract.kind) if each.name != contract.tariff]
        wish = case.need("tariff", present=contract.tariff, tariffs=spoken_tariffs(offered))
        chosen = tariff_called(wish, offered)
        if chosen is None:
            case.set("tariff", None)
            case.need("tariff", "utter_tariff_unknown", tariffs=spoken_tariffs(offered))
        else:
            confirm(
                case,
                "utter_confirm_tariff",
                tariff=chosen.name,
                unit_price=spoken_number(chosen.unit_price_ct),
                base_price=spoken_money(chosen.base_price),
            )
            details = {"tariff": chosen.name}
            await system.note(contract.customer_number, "tariff", details, case.key())
            case.say("utter_tariff_wish_noted", tariff=chosen.name)
            case.hand_over(decisions.complex_intent(self.intent))


def tariff_called(wish: str, offered: list[Tariff]) -> Tariff | None:
    """The tariff a wish means; `offered` has the cheapest kilowatt-hour first."""
    if wish == "cheapest":
        return offered[0] if offered else None
    name = "natur" if wish.startswith(("öko", "oeko")) else wish
    return next((tariff for tariff in offered if name in tariff.name.lower()), None)


class PriceIncrease(Task):
    """What a customer may do about a higher price; a person looks at the letter."""

    intent = "price_increase"
    is_question = True

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.end("utter_price_increase")
