"""The shop, as the assistant reads it: orders, returns, repairs, products and vouchers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from actions import settings
from actions.clients.shop_records import Address, Order, OrderItem, Product, Repair, Return, Voucher
from actions.clients.shop_tables import customers as customers_table
from actions.clients.shop_tables import order_items, orders, products, repairs, returns, vouchers
from actions.errors import ShopUnavailable

TIMEOUT_S = 4.0
_SQLITE_BUSY_S = 2
_TIME_ZONE = ZoneInfo("Europe/Berlin")

Result = TypeVar("Result")


class Shop(Protocol):
    """Where orders are looked up. Every method raises `ShopUnavailable` when the shop does not answer in time."""

    async def find_order(self, number: str, postal_code: str) -> Order | None:
        """The order when number and postal code belong together, otherwise None: never which of them was wrong."""

    async def order(self, number: str) -> Order | None:
        """An order whose customer has proved that it is theirs."""

    async def find_customer(self, number: str, postal_code: str) -> str | None:
        """The customer number when it belongs to the postal code, otherwise None."""

    async def orders_of(self, customer_number: str) -> list[Order]:
        """All orders of a customer who has proved who they are, the newest first."""

    async def returns_of(self, order_number: str) -> list[Return]:
        """Returns and exchanges of an order, the newest first."""

    async def find_repair(self, number: str, postal_code: str) -> Repair | None:
        """The repair when its number and the postal code of the order belong together, otherwise None."""

    async def products(self) -> list[Product]:
        """Everything there is to buy."""

    async def voucher(self, code: str) -> Voucher | None:
        """A voucher by its code in capitals."""


class SqlShop:
    """The shop's database, read through SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def find_order(self, number: str, postal_code: str) -> Order | None:
        """See `Shop.find_order`."""
        return await self._read(
            lambda connection: _order(connection, orders.c.number == number, orders.c.postal_code == postal_code)
        )

    async def order(self, number: str) -> Order | None:
        """See `Shop.order`."""
        return await self._read(lambda connection: _order(connection, orders.c.number == number))

    async def find_customer(self, number: str, postal_code: str) -> str | None:
        """See `Shop.find_customer`."""
        column = customers_table.c
        wanted = sa.select(column.number).where(column.number == number, column.postal_code == postal_code)
        return await self._read(lambda connection: connection.execute(wanted).scalar_one_or_none())

    async def orders_of(self, customer_number: str) -> list[Order]:
        """See `Shop.orders_of`."""
        wanted = sa.select(orders.c.number).where(orders.c.customer_number == customer_number)
        newest = wanted.order_by(orders.c.ordered_on.desc(), orders.c.number.desc())

        def read(connection: Connection) -> list[Order]:
            found = [_order(connection, orders.c.number == number) for number in connection.execute(newest).scalars()]
            return [order for order in found if order is not None]

        return await self._read(read)

    async def returns_of(self, order_number: str) -> list[Return]:
        """See `Shop.returns_of`."""
        wanted = sa.select(returns).where(returns.c.order_number == order_number)
        newest = wanted.order_by(returns.c.opened_on.desc(), returns.c.label_number.desc())
        return await self._read(lambda connection: [_return(row) for row in connection.execute(newest)])

    async def find_repair(self, number: str, postal_code: str) -> Repair | None:
        """See `Shop.find_repair`."""
        joined = sa.select(repairs).join(orders, orders.c.number == repairs.c.order_number)
        wanted = joined.where(repairs.c.number == number, orders.c.postal_code == postal_code)

        def read(connection: Connection) -> Repair | None:
            row = connection.execute(wanted).one_or_none()
            return row and Repair(row.number, row.article, row.status, row.ready_on, row.cost_cents)

        return await self._read(read)

    async def products(self) -> list[Product]:
        """See `Shop.products`."""
        wanted = sa.select(products).order_by(products.c.article_number)
        return await self._read(lambda connection: [_product(row) for row in connection.execute(wanted)])

    async def voucher(self, code: str) -> Voucher | None:
        """See `Shop.voucher`."""

        def read(connection: Connection) -> Voucher | None:
            row = connection.execute(sa.select(vouchers).where(vouchers.c.code == code)).one_or_none()
            return row and Voucher(row.code, row.valid_until, row.least_basket_cents, row.value_cents, row.redeemed)

        return await self._read(read)

    async def _read(self, work: Callable[[Connection], Result]) -> Result:
        def run() -> Result:
            with engine(self._url).connect() as connection:
                return work(connection)

        try:
            # SQLAlchemy 1.4 (Rasa allows no newer one) blocks; its own thread keeps the other conversations going.
            return await asyncio.wait_for(asyncio.to_thread(run), TIMEOUT_S)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError, OSError, LookupError) as error:
            raise ShopUnavailable(f"The shop cannot be read ({type(error).__name__}).") from error


def today_in_shop() -> date:
    """The day it is where the shop is."""
    return datetime.now(_TIME_ZONE).date()


def configured_shop() -> Shop:
    """The shop the environment names."""
    return SqlShop(settings.shop_database_url())


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """The connections to a database, made once."""
    options = {"timeout": _SQLITE_BUSY_S} if url.startswith("sqlite") else {}
    return sa.create_engine(url, connect_args=options, pool_pre_ping=True)


def _order(connection: Connection, *conditions: sa.sql.ColumnElement[bool]) -> Order | None:
    joined = sa.select(orders, customers_table.c.email).join(customers_table)
    row = connection.execute(joined.where(*conditions)).one_or_none()
    if row is None:
        return None
    items = connection.execute(
        sa.select(order_items).where(order_items.c.order_number == row.number).order_by(order_items.c.position)
    ).all()
    return Order(
        number=row.number,
        customer_number=row.customer_number,
        email=row.email,
        payment_method=row.payment_method,
        status=row.status,
        ordered_on=row.ordered_on,
        expected_on=row.expected_on,
        delivered_on=row.delivered_on,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        address=Address(row.street, row.postal_code, row.city),
        items=tuple(OrderItem(item.title, item.quantity, item.price_cents, item.guarantee_months) for item in items),
    )


def _return(row: Row) -> Return:
    return Return(
        row.label_number, row.kind, row.articles, row.opened_on, row.received_on, row.refunded_on, row.refund_cents
    )


def _product(row: Row) -> Product:
    return Product(
        row.article_number,
        row.title,
        tuple(row.words.split()),
        row.price_cents,
        row.stock,
        row.restock_on,
        row.guarantee_months,
        row.features,
    )
