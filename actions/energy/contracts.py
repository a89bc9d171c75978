"""Beginning, moving and ending a supply contract. A person makes and ends contracts; here is what they need for it."""

from __future__ import annotations

from decimal import Decimal

from actions import decisions
from actions.clients.energy import configured_energy_system
from actions.confirmation import confirm
from actions.energy.identified import identified_by, identified_contract
from actions.tasks.case import Case
from actions.tasks.spoken import sector_words, spoken_full_date, spoken_number
from actions.tasks.task import Task
from actions.tasks.values import NOT_KNOWN, DayField, OwnWordsField, QuantityField, YesNoField, day_of
from actions.texts import spoken_date


class MoveHouse(Task):
    """Day, new address and whether the contract comes along; the back office does the rest."""

    intent = "move_house"
    fields = identified_by(
        DayField("moving_on", optional=True),
        OwnWordsField("moving_to"),
        YesNoField("takes_contract", optional=True),
        QuantityField("meter_reading", "meter_reading"),
    )

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        contract = await identified_contract(case)
        moving_on = case.need("moving_on")
        address = case.need("moving_to")
        takes_contract = case.need("takes_contract")
        words = sector_words("energy")["moving"]
        reading = case.get("meter_reading")
        confirm(
            case,
            "utter_confirm_move",
            moving_on=spoken_day(moving_on),
            address=address,
            contract_wish=str(words[takes_contract]),
            reading=f"{spoken_number_of(reading)} {contract.unit}" if reading else str(words["reading_later"]),
        )
        details = {"on": moving_on, "to": address, "takes_contract": takes_contract, "reading": reading}
        await configured_energy_system().note(contract.customer_number, "move", details, case.key())
        case.end("utter_move_noted" if reading else "utter_move_noted_reading_missing")


def spoken_day(told: str) -> str:
    """A day that was told, in words; that it is open when the customer does not know it."""
    words = sector_words("energy")["moving"]
    day = None if told == NOT_KNOWN else day_of(told, past=False)
    return str(words["day_open"] if day is None else words["day"].format(day=spoken_date(day)))


def spoken_number_of(told: str) -> str:
    """A stored quantity in German."""
    return spoken_number(Decimal(told))


class StartSupply(Task):
    """A new customer: where and from when, then a person makes the offer."""

    intent = "start_supply"
    fields = (OwnWordsField("supply_address"), DayField("supply_from", optional=True))

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.need("supply_address")
        case.need("supply_from")
        case.say("utter_supply_to_person")
        case.hand_over(decisions.complex_intent(self.intent))


class CancelContract(Task):
    """The terms of the contract are told; the notice itself a person takes."""

    intent = "cancel_contract"
    fields = identified_by()

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        contract = await identified_contract(case)
        if contract.term_ends_on is None:
            case.end("utter_cancel_basic_supply", weeks=str(contract.notice_weeks))
        case.end(
            "utter_cancel_terms",
            tariff=contract.tariff,
            term_ends_on=spoken_full_date(contract.term_ends_on),
            weeks=str(contract.notice_weeks),
        )
