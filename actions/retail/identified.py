"""Which order a request is about, and that it is the customer's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.clients.shop import Shop, configured_shop
from actions.clients.shop_records import Order
from actions.identification import Identification
from actions.order_reference import customer_number, order_number, postal_code
from actions.retail.words import spoken_items
from actions.tasks.case import Button, Case
from actions.tasks.fields import NumberField
from actions.tasks.message import Message
from actions.texts import texts

_PURCHASE = r"\w*\s+(?:\w+\s+){0,2}?(?:bestellung|order|auftrag|kauf|paket|lieferung)"
_LAST = re.compile(rf"\b(?:letzt|neuest|neust|jüngst|juengst|aktuell){_PURCHASE}", re.IGNORECASE)
_OTHER = re.compile(rf"\b(?:ander|zweit|weiter){_PURCHASE}", re.IGNORECASE)
_CUSTOMER_NUMBER = re.compile(r"(?<![\w-])k[- ]?\d{6}(?![\w-])", re.IGNORECASE)
_CHOICES = 3


@dataclass(frozen=True)
class OrderWanted:
    """ "meine letzte Bestellung" or "die andere Bestellung": which one of a customer's orders is meant."""

    slot: str = "order_wanted"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`: last or other."""
        if _LAST.search(message.words):
            return "last"
        return "other" if _OTHER.search(message.words) else None


class CustomerNumber(NumberField):
    """ "K-204511", also where nothing says that it is a customer number."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        bare = _CUSTOMER_NUMBER.search(message.words)
        return self.normalise(bare[0]) if bare else super().read(message, asked, known)


_POSTAL_CODE = NumberField("postal_code", postal_code, earlier="tried_postal_code")
ORDER = Identification(
    kind="order",
    number=NumberField("order_number", order_number),
    proof=_POSTAL_CODE,
    verified="verified_order",
    tried="tried_postal_code",
    ask_proof="utter_ask_postal_code_of_order",
)
CUSTOMER = Identification(
    kind="customer",
    number=CustomerNumber("customer_number", customer_number),
    proof=_POSTAL_CODE,
    verified="verified_customer",
    tried="tried_postal_code",
)
ORDER_FIELDS = (ORDER.number, CUSTOMER.number, _POSTAL_CODE, OrderWanted())


async def identified_order(case: Case, shop: Shop | None = None) -> Order:
    """The order the request is about. Order number and postal code prove it, or customer number and postal code; who
    has proved one order in this conversation need not prove their other ones.

    Raises:
        Asked: a number or the postal code are missing, or do not fit together; or several orders could be meant.
        Ended: too many wrong pairs.
        SystemUnavailable: the shop or the guard does not answer.
    """
    ORDER.refuse_when_locked(case)
    at = shop or configured_shop()
    customer = CUSTOMER.verified_number(case)
    if customer is None and case.get("customer_number") and not case.get("order_number"):
        customer = await CUSTOMER.prove(case, at.find_customer)
    if customer is not None:
        own = await at.orders_of(customer)
        named = ORDER.number.normalise(str(case.get("order_number") or ""))
        if named is None or any(order.number == named for order in own):
            return _taken(case, _chosen(case, own, named))
    return _taken(case, await ORDER.prove(case, at.find_order))


def _taken(case: Case, order: Order) -> Order:
    case.set("verified_order", order.number)
    case.set("verified_customer", order.customer_number)
    return order


def _chosen(case: Case, own: Sequence[Order], named: str | None) -> Order:
    known = {order.number: order for order in own}
    if named is not None:
        return known[named]
    wanted, last_told = case.get("order_wanted"), case.get("verified_order")
    if wanted == "last":
        return own[0]
    if wanted is None and last_told in known:
        return known[last_told]
    possible = [order for order in own if not (wanted == "other" and order.number == last_told)]
    if len(possible) == 1:
        return possible[0]
    buttons = [_button(order) for order in possible[:_CHOICES]]
    return known[case.need("order_number", "utter_ask_which_order", buttons=buttons)]


def _button(order: Order) -> Button:
    title = texts()["order_choice"].format(items=spoken_items(order.items), order_number=order.number)
    return {"title": str(title), "payload": f'/inform{{"order_number": "{order.number}"}}'}
