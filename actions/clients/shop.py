"""The shop: looks up one order by its number and postal code."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from actions import settings
from actions.errors import ShopUnavailable

TIMEOUT_S = 4.0
_SQLITE_BUSY_S = 2
_TIME_ZONE = ZoneInfo("Europe/Berlin")

#: All states an order can be in; each has its own response `utter_order_<status>`.
STATUSES = (
    "received",
    "in_preparation",
    "shipped",
    "out_for_delivery",
    "ready_for_pickup",
    "delayed",
    "delivered",
    "cancelled",
    "returned",
    "refunded",
)

metadata = sa.MetaData()
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("postal_code", sa.String(5), nullable=False),
    sa.Column("customer_name", sa.String(120), nullable=False),
    sa.Column("status", sa.Enum(*STATUSES, name="order_status", native_enum=False), nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
    sa.Column("expected_on", sa.Date),
    sa.Column("delivered_on", sa.Date),
    sa.Column("carrier", sa.String(60)),
    sa.Column("tracking_number", sa.String(40)),
)
order_items = sa.Table(
    "order_items",
    metadata,
    sa.Column("order_number", sa.ForeignKey(orders.c.number, ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
)


@dataclass(frozen=True)
class OrderItem:
    """So many of one article."""

    title: str
    quantity: int


@dataclass(frozen=True)
class Order:
    """One order as the customer may know it. Dates are days in the shop's time zone; None where not known."""

    number: str
    status: str
    ordered_on: date
    expected_on: date | None
    delivered_on: date | None
    carrier: str | None
    tracking_number: str | None
    items: tuple[OrderItem, ...]

    def is_overdue(self, today: date) -> bool:
        """Announced for a day that has passed, and still not there."""
        waiting = self.status in ("received", "in_preparation", "shipped", "out_for_delivery", "delayed")
        return waiting and self.expected_on is not None and self.expected_on < today


class Shop(Protocol):
    """Where orders are looked up."""

    async def find_order(self, number: str, postal_code: str) -> Order | None:
        """The order when number and postal code belong together, otherwise None: never which of them was wrong.

        Raises:
            ShopUnavailable: the shop did not answer in time.
        """


class SqlShop:
    """The shop's database, read through SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def find_order(self, number: str, postal_code: str) -> Order | None:
        """See `Shop.find_order`."""
        try:
            # SQLAlchemy 1.4 (Rasa allows no newer one) blocks; its own thread keeps the other conversations going.
            return await asyncio.wait_for(asyncio.to_thread(self._find, number, postal_code), TIMEOUT_S)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError, OSError, LookupError) as error:
            raise ShopUnavailable(f"The shop cannot be read ({type(error).__name__}).") from error

    def _find(self, number: str, postal_code: str) -> Order | None:
        with _engine(self._url).connect() as connection:
            row = connection.execute(
                sa.select(orders).where(orders.c.number == number, orders.c.postal_code == postal_code)
            ).one_or_none()
            if row is None:
                return None
            items = connection.execute(
                sa.select(order_items.c.title, order_items.c.quantity)
                .where(order_items.c.order_number == number)
                .order_by(order_items.c.position)
            ).all()
        return Order(
            number=row.number,
            status=row.status,
            ordered_on=row.ordered_on,
            expected_on=row.expected_on,
            delivered_on=row.delivered_on,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            items=tuple(OrderItem(item.title, item.quantity) for item in items),
        )


def today_in_shop() -> date:
    """The day it is where the shop is."""
    return datetime.now(_TIME_ZONE).date()


def configured_shop() -> Shop:
    """The shop the environment names."""
    return SqlShop(settings.shop_database_url())


@lru_cache(maxsize=4)
def _engine(url: str) -> Engine:
    options = {"timeout": _SQLITE_BUSY_S} if url.startswith("sqlite") else {}
    return sa.create_engine(url, connect_args=options, pool_pre_ping=True)
