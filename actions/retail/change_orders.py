"""Changes to an order that has not left the house: cancelling it, sending it somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from actions.clients.shop import configured_shop, today_in_shop
from actions.clients.shop_changes import configured_changes
from actions.clients.shop_records import Order
from actions.confirmation import confirm
from actions.order_reference import postal_code
from actions.retail.addresses import AddressField, address_in, from_line, one_line
from actions.retail.identified import ORDER_FIELDS, identified_order
from actions.retail.words import order_values
from actions.tasks.case import Case
from actions.tasks.fields import NumberField
from actions.tasks.message import Message
from actions.tasks.task import Task


class CancelOrder(Task):
    """Cancels what is still at the shop; what is not may be sent back."""

    intent = "cancel_order"
    fields = ORDER_FIELDS

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        if order.status == "cancelled":
            case.end("utter_cancelled_already", **order_values(order))
        if not order.is_in_house:
            _too_late(case, order)
        confirm(case, "utter_confirm_cancel_order", **order_values(order))
        if not await configured_changes().cancel(order.number, key=case.key()):
            _too_late(case, await _as_it_is_now(order))
        case.end("utter_cancelled_now", **order_values(order))


def _too_late(case: Case, order: Order) -> NoReturn:
    if order.status in ("returned", "refunded"):
        case.end(f"utter_order_{order.status}", **order_values(order))
    if order.status == "delivered":
        until = order.withdrawal_until
        over = until is not None and until < today_in_shop()
        case.end("utter_cancel_too_late_for_all" if over else "utter_cancel_delivered", **order_values(order))
    case.end("utter_cancel_on_its_way", **order_values(order))


async def _as_it_is_now(order: Order) -> Order:
    return await configured_shop().order(order.number) or order


class ProofBesideAddress(NumberField):
    """A postal code as proof, in messages that may hold a new address with another one."""

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`: asked for, any postal code is an answer; otherwise only one outside of an address."""
        address = address_in(message.words)
        if address is None or asked:
            return super().read(message, asked, known)
        codes = [code for code in map(self.normalise, message.values(self.slot)) if code]
        if address.postal_code in codes:
            codes.remove(address.postal_code)
        return codes[0] if codes else None


class ChangeDeliveryAddress(Task):
    """Sends an order that is still at the shop somewhere else."""

    intent = "change_delivery_address"
    fields = (
        *(field for field in ORDER_FIELDS if field.slot != "postal_code"),
        ProofBesideAddress("postal_code", postal_code, earlier="tried_postal_code"),
        AddressField(),
    )

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        if not order.is_in_house:
            known = order.status in ("shipped", "out_for_delivery") and order.tracking_number
            case.end("utter_redirect_by_carrier" if known else "utter_redirect_too_late", **order_values(order))
        address = from_line(case.need("new_address", **order_values(order)))
        values = {**order_values(order), "new_address": one_line(address)}
        confirm(case, "utter_confirm_change_delivery_address", **values)
        if not await configured_changes().redirect(order.number, address, key=case.key()):
            case.end("utter_redirect_too_late", **order_values(order))
        # The proof of this order is another one from now on; in this conversation it stays proved.
        case.end("utter_redirected", **values)
