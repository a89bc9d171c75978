"""Why is the bill that high: its parts, what has changed since the year before, and the words on it."""

from __future__ import annotations

import re
from decimal import Decimal

from actions.clients.energy import Bill, configured_energy_system
from actions.energy.identified import identified_by, identified_contract
from actions.tasks.case import Case
from actions.tasks.spoken import spoken_full_date, spoken_money, spoken_number
from actions.tasks.task import Task

#: A change below this part is none that explains a bill.
NOTICEABLE = Decimal("0.03")

#: Words on a bill that customers ask about, and the response that explains each.
_TERMS = {
    "utter_term_conversion": r"zustandszahl|brennwert|umrechn\w*",
    "utter_term_base_price": r"grundpreis\w*|grundgeb(?:ü|ue)hr\w*",
    "utter_term_network": r"netzentgelt\w*|netznutzung\w*|konzessionsabgabe\w*",
    "utter_term_levies": r"umlage\w*|stromsteuer\w*|co2\w*|energiesteuer\w*",
    "utter_term_estimated": r"gesch(?:ä|ae)tzt\w*|hochgerechnet\w*|hochrechnung\w*",
}


class ExplainBill(Task):
    """The parts of the last bill, or what one of its words means."""

    intent = "explain_bill"
    fields = identified_by()

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if (term := term_asked_for(case.message.words)) is not None:
            case.end(term)
        contract = await identified_contract(case)
        bill = await configured_energy_system().last_bill(contract.customer_number)
        if bill is None:
            case.end("utter_bill_none_yet")
        case.say(
            "utter_bill_parts",
            period_from=spoken_full_date(bill.period_from),
            period_to=spoken_full_date(bill.period_to),
            use=spoken_number(bill.use),
            unit_price=spoken_number(bill.unit_price_ct),
            base_price=spoken_money(bill.base_price),
            total=spoken_money(bill.total),
            paid=spoken_money(bill.paid),
        )
        case.say("utter_bill_to_pay" if bill.total > bill.paid else "utter_bill_money_back", **_difference(bill))
        case.end(f"utter_bill_{reason(bill)}", **_comparison(bill))


def term_asked_for(text: str) -> str | None:
    """The response about a word of the bill, when the message asks what it means."""
    if not re.search(
        r"\bwas (?:ist|sind|bedeute\w*|heißt|heisst|soll)|\berkl(?:ä|ae)r\w*|\bbedeut\w*", text, re.IGNORECASE
    ):
        return None
    return next((response for response, words in _TERMS.items() if re.search(words, text, re.IGNORECASE)), None)


def reason(bill: Bill) -> str:
    """What explains the bill best: "use_and_price", "use", "price", "payments" or "first"."""
    if bill.previous_use is None or bill.previous_unit_price_ct is None:
        return "first"
    more_use = bill.use > bill.previous_use * (1 + NOTICEABLE)
    higher_price = bill.unit_price_ct > bill.previous_unit_price_ct * (1 + NOTICEABLE)
    if more_use and higher_price:
        return "use_and_price"
    return "use" if more_use else "price" if higher_price else "payments"


def _difference(bill: Bill) -> dict[str, str]:
    return {"difference": spoken_money(abs(bill.total - bill.paid))}


def _comparison(bill: Bill) -> dict[str, str]:
    values: dict[str, str] = {"use": spoken_number(bill.use), "unit_price": spoken_number(bill.unit_price_ct)}
    if bill.previous_use is not None and bill.previous_unit_price_ct is not None:
        values |= {
            "previous_use": spoken_number(bill.previous_use),
            "previous_unit_price": spoken_number(bill.previous_unit_price_ct),
        }
    return values
