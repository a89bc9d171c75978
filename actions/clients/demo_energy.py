"""Makes the demo energy supplier's database, with contracts, bills and tariffs around today.

    python -m actions.clients.demo_energy

The data stand in `demo_energy.yml`. Run again, it brings the demo contracts back to their first state, around the new
today.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import make_url

from actions import settings
from actions.clients.database import fresh_engine
from actions.clients.energy import bills, changes, contracts, metadata, tariffs
from actions.tasks.values import today as today_in_germany

_DATES = ("last_read_on", "term_ends_on", "period_from", "period_to")
_TEXTS = ("customer_number", "meter_number", "postal_code")


def fill(url: str, today: date) -> int:
    """Writes the demo data to the database at `url`, making its file and tables; returns the number of contracts."""
    demo = yaml.safe_load(Path(__file__).with_name("demo_energy.yml").read_text(encoding="utf-8"))
    engine = fresh_engine(url)
    metadata.create_all(engine)
    numbers = [str(row["customer_number"]) for row in demo["contracts"]]
    with engine.begin() as connection:
        for table in (changes, bills, contracts):
            connection.execute(sa.delete(table).where(table.c.customer_number.in_(numbers)))
        connection.execute(sa.delete(tariffs))
        for table, name in ((contracts, "contracts"), (bills, "bills"), (tariffs, "tariffs")):
            connection.execute(sa.insert(table), [_row(row, table, today) for row in demo[name]])
    engine.dispose()
    return len(numbers)


def _row(row: dict[str, Any], table: sa.Table, today: date) -> dict[str, Any]:
    """A row with all columns of its table; days are counted from today."""
    return {column.name: _value(column, row.get(column.name), today) for column in table.columns}


def _value(column: sa.Column, value: Any, today: date) -> Any:
    if value is None:
        return None
    if column.name in _DATES:
        return today + timedelta(days=value)
    if column.name in _TEXTS:
        return str(value)
    return Decimal(str(value)) if isinstance(column.type, sa.Numeric) else value


def main() -> int:
    """Command line: fills the database the environment names. Returns the exit status."""
    url = settings.energy_database_url()
    count = fill(url, today_in_germany())
    sys.stdout.write(f"{count} contracts in {make_url(url).render_as_string(hide_password=True)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
