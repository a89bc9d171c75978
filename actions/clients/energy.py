"""The energy supplier's customer system: contracts, readings, bills, tariffs, and what customers ask to be changed.

A contract belongs to one meter. Money is in euros, use in the contract's unit (kWh, or m³ for gas meters), both as
`Decimal`; dates are days in Germany. Changes carry a key: the same key again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions import settings
from actions.clients import database
from actions.errors import EnergySystemUnavailable

KINDS = ("electricity", "gas")

metadata = sa.MetaData()
contracts = sa.Table(
    "contracts",
    metadata,
    sa.Column("customer_number", sa.String(20), primary_key=True),
    sa.Column("meter_number", sa.String(20), nullable=False, unique=True),
    sa.Column("postal_code", sa.String(5), nullable=False),
    sa.Column("customer_name", sa.String(120), nullable=False),
    sa.Column("kind", sa.Enum(*KINDS, name="energy_kind", native_enum=False), nullable=False),
    sa.Column("tariff", sa.String(60), nullable=False),
    sa.Column("unit", sa.String(4), nullable=False),
    sa.Column("yearly_use", sa.Numeric(12, 1), nullable=False),
    sa.Column("last_reading", sa.Numeric(12, 1), nullable=False),
    sa.Column("last_read_on", sa.Date, nullable=False),
    sa.Column("monthly_payment", sa.Numeric(10, 2), nullable=False),
    sa.Column("lowest_payment", sa.Numeric(10, 2), nullable=False),
    sa.Column("highest_payment", sa.Numeric(10, 2), nullable=False),
    # None: no fixed term (basic supply).
    sa.Column("term_ends_on", sa.Date),
    sa.Column("notice_weeks", sa.Integer, nullable=False),
)
bills = sa.Table(
    "bills",
    metadata,
    sa.Column("customer_number", sa.ForeignKey(contracts.c.customer_number, ondelete="CASCADE"), primary_key=True),
    sa.Column("period_from", sa.Date, nullable=False),
    sa.Column("period_to", sa.Date, primary_key=True),
    sa.Column("use", sa.Numeric(12, 1), nullable=False),
    sa.Column("previous_use", sa.Numeric(12, 1)),
    sa.Column("unit_price_ct", sa.Numeric(8, 2), nullable=False),
    sa.Column("previous_unit_price_ct", sa.Numeric(8, 2)),
    sa.Column("base_price", sa.Numeric(10, 2), nullable=False),
    sa.Column("total", sa.Numeric(10, 2), nullable=False),
    sa.Column("paid", sa.Numeric(10, 2), nullable=False),
)
tariffs = sa.Table(
    "tariffs",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("kind", sa.Enum(*KINDS, name="tariff_kind", native_enum=False), nullable=False),
    sa.Column("unit_price_ct", sa.Numeric(8, 2), nullable=False),
    sa.Column("base_price", sa.Numeric(10, 2), nullable=False),
    sa.Column("term_months", sa.Integer, nullable=False),
    sa.Column("note", sa.String(120), nullable=False),
)
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("customer_number", sa.String(20), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
)


@dataclass(frozen=True)
class Contract:
    """A supply contract as its customer may know it. `term_ends_on`: None without a fixed term."""

    customer_number: str
    meter_number: str
    kind: str
    tariff: str
    unit: str
    yearly_use: Decimal
    last_reading: Decimal
    last_read_on: date
    monthly_payment: Decimal
    lowest_payment: Decimal
    highest_payment: Decimal
    term_ends_on: date | None
    notice_weeks: int


@dataclass(frozen=True)
class Bill:
    """A yearly bill. `base_price` and `total` are for the period; `previous_…` is None for the first bill."""

    period_from: date
    period_to: date
    use: Decimal
    previous_use: Decimal | None
    unit_price_ct: Decimal
    previous_unit_price_ct: Decimal | None
    base_price: Decimal
    total: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Tariff:
    """An offer: price of a kilowatt-hour in cents, base price a month in euros. `term_months` 0: none."""

    name: str
    kind: str
    unit_price_ct: Decimal
    base_price: Decimal
    term_months: int
    note: str


class EnergySystem(Protocol):
    """Where contracts are kept. Looking up raises `EnergySystemUnavailable`, changing raises `ChangeUnconfirmed`."""

    async def find_contract(self, number: str, postal_code: str) -> Contract | None:
        """The contract when number (customer's or meter's, letters and digits only) and postal code belong together."""

    async def contract(self, number: str) -> Contract | None:
        """The contract of a customer who has proved it before; None when it is gone."""

    async def last_bill(self, customer_number: str) -> Bill | None:
        """The latest yearly bill, None before the first."""

    async def tariffs(self, kind: str | None = None) -> list[Tariff]:
        """What is offered now, the cheapest kilowatt-hour first."""

    async def store_reading(self, contract: Contract, reading: Decimal, read_on: date, key: str) -> None:
        """Keeps a reading that was checked."""

    async def set_monthly_payment(self, contract: Contract, amount: Decimal, key: str) -> None:
        """Sets the monthly payment from the next month on."""

    async def note(self, customer_number: str, kind: str, details: dict[str, Any], key: str) -> None:
        """Leaves a request for the back office."""


class SqlEnergySystem:
    """The system's database, through SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def find_contract(self, number: str, postal_code: str) -> Contract | None:
        """See `EnergySystem.find_contract`."""
        return await self._contract(_has(number), contracts.c.postal_code == postal_code)

    async def contract(self, number: str) -> Contract | None:
        """See `EnergySystem.contract`."""
        return await self._contract(_has(number))

    async def _contract(self, *conditions: Any) -> Contract | None:
        columns = [contracts.c[name] for name in Contract.__dataclass_fields__]
        rows = await self._read(lambda connection: connection.execute(sa.select(*columns).where(*conditions)).all())
        return Contract(**rows[0]._mapping) if len(rows) == 1 else None

    async def last_bill(self, customer_number: str) -> Bill | None:
        """See `EnergySystem.last_bill`."""
        columns = [bills.c[name] for name in Bill.__dataclass_fields__]
        latest = (
            sa.select(*columns).where(bills.c.customer_number == customer_number).order_by(bills.c.period_to.desc())
        )
        row = await self._read(lambda connection: connection.execute(latest).first())
        return None if row is None else Bill(**row._mapping)

    async def tariffs(self, kind: str | None = None) -> list[Tariff]:
        """See `EnergySystem.tariffs`."""
        offered = sa.select(tariffs).order_by(tariffs.c.unit_price_ct)
        if kind is not None:
            offered = offered.where(tariffs.c.kind == kind)
        rows = await self._read(lambda connection: connection.execute(offered).all())
        return [Tariff(**row._mapping) for row in rows]

    async def store_reading(self, contract: Contract, reading: Decimal, read_on: date, key: str) -> None:
        """See `EnergySystem.store_reading`."""
        details = {"reading": str(reading), "read_on": read_on.isoformat()}
        values = {"last_reading": reading, "last_read_on": read_on}
        await self._change(contract.customer_number, "reading", details, key, values)

    async def set_monthly_payment(self, contract: Contract, amount: Decimal, key: str) -> None:
        """See `EnergySystem.set_monthly_payment`."""
        values = {"monthly_payment": amount}
        await self._change(contract.customer_number, "monthly_payment", {"amount": str(amount)}, key, values)

    async def note(self, customer_number: str, kind: str, details: dict[str, Any], key: str) -> None:
        """See `EnergySystem.note`."""
        await self._change(customer_number, kind, details, key, {})

    async def _read(self, work: Any) -> Any:
        return await database.look_up(self._url, work, EnergySystemUnavailable)

    async def _change(
        self, customer_number: str, kind: str, details: dict[str, Any], key: str, values: dict[str, Any]
    ) -> None:
        def work(connection: Connection) -> None:
            if connection.execute(sa.select(changes.c.key).where(changes.c.key == key)).first() is not None:
                return
            row = {"key": key, "customer_number": customer_number, "kind": kind, "details": details}
            connection.execute(sa.insert(changes).values(**row))
            if values:
                own = contracts.c.customer_number == customer_number
                connection.execute(sa.update(contracts).where(own).values(**values))

        await database.change(self._url, work)


def _has(number: str) -> Any:
    return sa.or_(contracts.c.customer_number == number, contracts.c.meter_number == number)


def configured_energy_system() -> EnergySystem:
    """The system the environment names."""
    return SqlEnergySystem(settings.energy_database_url())
