"""Hand in a meter reading: kept when it fits what was used before, asked back when it does not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

from actions import decisions
from actions.clients.energy import Contract, configured_energy_system
from actions.confirmation import confirm
from actions.energy.identified import identified_by, identified_contract
from actions.tasks.case import Asked, Case, Sentence
from actions.tasks.message import Message
from actions.tasks.spoken import spoken_full_date, spoken_number
from actions.tasks.task import Task
from actions.tasks.values import DayField, QuantityField, YesNoField, today
from actions.texts import spoken_date

#: More than so many times, or less than that part of, the expected use is asked back, beyond a leeway in units.
MOST_TIMES = Decimal("2.5")
LEAST_PART = Decimal("0.25")
LEEWAY = Decimal(150)
#: A reading from long ago belongs to a bill that is written already.
OLDEST_DAYS = 60

_TWO_REGISTERS = re.compile(
    r"\b(?:ht|nt|hochtarif|niedertarif|doppeltarif\w*|zweitarif\w*|1\.8\.1|1\.8\.2|2\.8\.0)\b", re.I
)
_INSTEAD = re.compile(r"\b(?:nicht|statt|anstatt|sondern|falsch\w*)\b", re.IGNORECASE)


class SubmitMeterReading(Task):
    """Contract, reading and day; stated back before it is kept."""

    intent = "submit_meter_reading"
    fields = identified_by(
        QuantityField("meter_reading", "meter_reading"), YesNoField("reading_doubt"), DayField("read_on", past=True)
    )
    forgets = ("doubted_reading",)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if _names_several(case.message):
            case.end("utter_reading_several", keeps=True)
        contract = await identified_contract(case)
        reading = Decimal(case.need("meter_reading", unit=contract.unit))
        day = _day(case, contract)
        certain = _without_doubt(case, contract, reading, day)
        confirm(
            case,
            "utter_confirm_reading",
            reading=spoken_number(reading),
            unit=contract.unit,
            meter=contract.meter_number,
            read_on=spoken_date(day),
        )
        system = configured_energy_system()
        if not certain:
            details = {"reading": str(reading), "read_on": day.isoformat()}
            await system.note(contract.customer_number, "doubtful_reading", details, case.key())
            case.end("utter_reading_to_be_checked", reading=spoken_number(reading), unit=contract.unit)
        await system.store_reading(contract, reading, day, case.key())
        case.end(
            "utter_reading_stored",
            reading=spoken_number(reading),
            unit=contract.unit,
            read_on=spoken_date(day),
            used=spoken_number(reading - contract.last_reading),
            last_read_on=spoken_full_date(contract.last_read_on),
        )


def _names_several(message: Message) -> bool:
    """Whether a message names the readings of two meters or registers, and not one instead of another."""
    if _TWO_REGISTERS.search(message.words):
        return True
    return len(set(message.values("meter_reading"))) > 1 and not _INSTEAD.search(message.words)


def _day(case: Case, contract: Contract) -> date:
    """The day of the reading; today unless another one was named. One that cannot be is asked for again."""
    told = case.get("read_on")
    day = date.fromisoformat(told) if told else today()
    earliest = max(contract.last_read_on, today() - timedelta(days=OLDEST_DAYS))
    if earliest <= day <= today():
        return day
    case.set("read_on", None)
    values = {"earliest": spoken_full_date(earliest)}
    raise Asked("read_on", Sentence("utter_ask_read_on", values))


def _without_doubt(case: Case, contract: Contract, reading: Decimal, day: date) -> bool:
    """Whether the reading fits. One that does not is asked back once; one below the last goes to a person."""
    doubt = doubt_about(contract, reading, day)
    if doubt is None:
        return True
    if case.get("doubted_reading") != str(reading):
        # Another number than the one doubted before: what was said about that one no longer counts.
        case.set("doubted_reading", str(reading))
        case.set("reading_doubt", None)
    values = {
        "reading": spoken_number(reading),
        "unit": contract.unit,
        "last_reading": spoken_number(contract.last_reading),
        "last_read_on": spoken_full_date(contract.last_read_on),
        "used": spoken_number(abs(reading - contract.last_reading)),
    }
    if case.need("reading_doubt", f"utter_reading_{doubt}", **values) == "no":
        case.set("meter_reading", None)
        case.set("reading_doubt", None)
        raise Asked("meter_reading", Sentence("utter_ask_meter_reading_again", {"unit": contract.unit}))
    if doubt == "lower":
        case.say("utter_reading_lower_to_person")
        case.hand_over(decisions.complex_intent(case.task))
    return False


def doubt_about(contract: Contract, reading: Decimal, day: date) -> str | None:
    """ "lower" than the last reading, much "higher" or "smaller" use than usual; None when it fits.

    The use expected is that of a year, spread evenly over its days.
    """
    used = reading - contract.last_reading
    if used < 0:
        return "lower"
    expected = contract.yearly_use * (day - contract.last_read_on).days / 365
    if used > expected * MOST_TIMES + LEEWAY:
        return "higher"
    return "smaller" if used < expected * LEAST_PART - LEEWAY else None
