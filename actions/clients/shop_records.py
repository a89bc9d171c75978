"""What the shop tells about orders and articles. Dates are days in the shop's time zone; amounts are euro cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: Section 355 of the German Civil Code: fourteen days from the day the goods were received.
WITHDRAWAL_DAYS = 14
#: Section 438 of the German Civil Code: defects within two years.
LEGAL_WARRANTY_MONTHS = 24


@dataclass(frozen=True)
class Address:
    """Where something is sent. `street` with the house number, or a parcel locker with the customer's number there."""

    street: str
    postal_code: str
    city: str


@dataclass(frozen=True)
class OrderItem:
    """So many of one article at so much apiece; `guarantee_months` is what the manufacturer gives."""

    title: str
    quantity: int
    price_cents: int
    guarantee_months: int


@dataclass(frozen=True)
class Order:
    """One order as the customer may know it. None where something is not known."""

    number: str
    customer_number: str
    email: str
    payment_method: str
    status: str
    ordered_on: date
    expected_on: date | None
    delivered_on: date | None
    carrier: str | None
    tracking_number: str | None
    address: Address
    items: tuple[OrderItem, ...]

    @property
    def total_cents(self) -> int:
        """What was paid for all articles."""
        return sum(item.quantity * item.price_cents for item in self.items)

    @property
    def is_in_house(self) -> bool:
        """Still at the shop: it can be cancelled, and go somewhere else."""
        return self.status in ("received", "in_preparation")

    def is_overdue(self, today: date) -> bool:
        """Announced for a day that has passed, and still not there."""
        waiting = self.status in ("received", "in_preparation", "shipped", "out_for_delivery", "delayed")
        return waiting and self.expected_on is not None and self.expected_on < today

    @property
    def withdrawal_until(self) -> date | None:
        """The last day for a withdrawal; None while nothing has been received."""
        return self.delivered_on + timedelta(days=WITHDRAWAL_DAYS) if self.delivered_on else None


@dataclass(frozen=True)
class Return:
    """Something sent back. `kind`: return or exchange."""

    label_number: str
    kind: str
    articles: str
    opened_on: date
    received_on: date | None
    refunded_on: date | None
    refund_cents: int | None


@dataclass(frozen=True)
class Repair:
    """A repair in the workshop. `cost_cents`: None while it is not known, 0 where it is free of charge."""

    number: str
    article: str
    status: str
    ready_on: date | None
    cost_cents: int | None


@dataclass(frozen=True)
class Product:
    """An article of the catalogue. `words`: what customers call such a thing."""

    article_number: str
    title: str
    words: tuple[str, ...]
    price_cents: int
    stock: int
    restock_on: date | None
    guarantee_months: int
    features: str


@dataclass(frozen=True)
class Voucher:
    """A voucher; it counts from a basket of `least_basket_cents`."""

    code: str
    valid_until: date
    least_basket_cents: int
    value_cents: int
    redeemed: bool
