"""Invoices, guarantees and repairs of what was bought."""

from __future__ import annotations

import calendar
import re
from datetime import date

from actions.clients.shop import configured_shop
from actions.clients.shop_changes import configured_changes
from actions.clients.shop_records import LEGAL_WARRANTY_MONTHS, Order
from actions.confirmation import confirm
from actions.identification import Identification
from actions.retail.identified import ORDER, ORDER_FIELDS, identified_order
from actions.retail.words import masked_email, order_values, spoken_amount
from actions.tasks.case import Case
from actions.tasks.fields import NumberField
from actions.tasks.message import Message
from actions.tasks.task import Task
from actions.texts import spoken_day_of_year, texts

_REPAIR = re.compile(r"r[- ]?(\d{4})", re.IGNORECASE)
_REPAIR_IN_TEXT = re.compile(r"(?<![\w-])r[- ]?\d{4}(?![\w-])", re.IGNORECASE)
_ABOUT_A_REPAIR = re.compile(
    r"\b(?:fertig|status|abhol\w*|eingeschickt|eingesendet|werkstatt|reparaturauftrag|reparaturnummer|zurück|zurueck|"
    r"diagnose|kostenfreigabe|wie weit|wann krieg\w*|wann bekomm\w*)\b",
    re.IGNORECASE,
)


class RequestInvoice(Task):
    """Has the invoice sent once more, to the address on file and to no other."""

    intent = "request_invoice"
    fields = ORDER_FIELDS

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        values = {**order_values(order), "email": masked_email(order.email)}
        if order.is_in_house:
            case.end("utter_invoice_not_yet", **values)
        confirm(case, "utter_confirm_request_invoice", **values)
        await configured_changes().send_invoice(order.number, order.email, key=case.key())
        case.end("utter_invoice_sent", **values)


class AskWarranty(Task):
    """What the law and the manufacturer give; with an order, until when."""

    intent = "ask_warranty"
    fields = ORDER_FIELDS
    optional = ("order_number",)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if case.is_opening and ORDER.verified_number(case) is None and not case.get("order_number"):
            case.say("utter_warranty_rights")
            case.need("order_number", "utter_ask_order_number_for_warranty")
        order = await identified_order(case)
        if order.delivered_on is None:
            case.end("utter_warranty_not_begun", **order_values(order))
        case.end("utter_warranty_ends", guarantees=_guarantees(order, order.delivered_on), **order_values(order))


def _guarantees(order: Order, since: date) -> str:
    law = spoken_day_of_year(months_later(since, LEGAL_WARRANTY_MONTHS))
    return "\n".join(
        str(texts()["guarantee_line"]).format(
            title=item.title, law=law, maker=spoken_day_of_year(months_later(since, item.guarantee_months))
        )
        for item in order.items
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class RepairNumber(NumberField):
    """ "R-5521", found in the text: the pipeline has no entity for it."""

    def read(self, message: Message, asked: bool, known: object) -> str | None:
        """See `Field.read`."""
        named = message.values(self.slot) or _REPAIR_IN_TEXT.findall(message.words)
        if named:
            return self.normalise(named[0])
        typed = message.words.strip()
        return f"R-{typed}" if asked and re.fullmatch(r"\d{4}", typed) else None


def repair_number(typed: str) -> str | None:
    """ "R-5521" for "r 5521"; None for anything else."""
    found = _REPAIR.fullmatch(typed.strip())
    return f"R-{found[1]}" if found else None


REPAIR = Identification(
    kind="repair",
    number=RepairNumber("repair_number", repair_number),
    proof=ORDER.proof,
    verified="verified_repair",
    tried="tried_postal_code",
)


class AskRepair(Task):
    """How a repair goes and what it costs; with a repair number, how far it is."""

    intent = "ask_repair"
    fields = REPAIR.fields

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if case.is_opening and not case.get("repair_number") and not _ABOUT_A_REPAIR.search(case.message.words):
            case.end("utter_repair_advice")
        repair = await REPAIR.prove(case, configured_shop().find_repair)
        unknown = str(texts()["unknown"])
        cost = {None: unknown, 0: str(texts()["free_of_charge"])}.get(repair.cost_cents)
        case.end(
            f"utter_repair_{repair.status}",
            repair_number=repair.number,
            article=repair.article,
            ready_on=spoken_day_of_year(repair.ready_on),
            cost=cost or spoken_amount(repair.cost_cents or 0),
        )
