"""Orders, money and addresses in the words of a response."""

from __future__ import annotations

from actions.clients.shop_records import Order, OrderItem
from actions.texts import spoken_date, spoken_list, texts


def order_values(order: Order) -> dict[str, str]:
    """What the responses about an order may say."""
    unknown = str(texts()["unknown"])
    return {
        "order_number": order.number,
        "items": spoken_items(order.items),
        "ordered_on": spoken_date(order.ordered_on),
        "expected_on": spoken_date(order.expected_on),
        "delivered_on": spoken_date(order.delivered_on),
        "carrier": order.carrier or unknown,
        "tracking_number": order.tracking_number or unknown,
        "total": spoken_amount(order.total_cents),
        "payment_method": order.payment_method,
    }


def spoken_items(items: tuple[OrderItem, ...]) -> str:
    """ "2 × Monitor Visio 27 und Maus Klick"."""
    return spoken_list(_spoken_item(item) for item in items)


def spoken_amount(cents: int) -> str:
    """ "1.249,00 €"."""
    whole, rest = divmod(cents, 100)
    return str(texts()["amount"].format(euros=f"{whole:,}".replace(",", "."), cents=f"{rest:02d}"))


def masked_email(address: str) -> str:
    """ "p•••@example.org": enough for its owner, of no use to anybody else."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"


def _spoken_item(item: OrderItem) -> str:
    if item.quantity == 1:
        return item.title
    return str(texts()["item_count"].format(quantity=item.quantity, title=item.title))
