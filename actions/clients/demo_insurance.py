"""Makes the demo insurer's database, with policies and claims around today.

    python -m actions.clients.demo_insurance

The data stand in `demo_insurance.yml`. Run again, it brings the demo policies back to their first state, around the new
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
from actions.clients.insurance import changes, claims, metadata, policies
from actions.tasks.values import today as today_in_germany

_DAYS_FROM_TODAY = ("due_on", "ends_on", "reported_on", "status_since")


def fill(url: str, today: date) -> int:
    """Writes the demo data to the database at `url`, making its file and tables; returns the number of policies."""
    demo = yaml.safe_load(Path(__file__).with_name("demo_insurance.yml").read_text(encoding="utf-8"))
    engine = fresh_engine(url)
    metadata.create_all(engine)
    numbers = [row["number"] for row in demo["policies"]]
    with engine.begin() as connection:
        for column in (changes.c.policy_number, claims.c.policy_number, policies.c.number):
            connection.execute(sa.delete(column.table).where(column.in_(numbers)))
        for table, name in ((policies, "policies"), (claims, "claims")):
            connection.execute(sa.insert(table), [_row(row, table, today) for row in demo[name]])
    engine.dispose()
    return len(numbers)


def _row(row: dict[str, Any], table: sa.Table, today: date) -> dict[str, Any]:
    """A row with all columns of its table; days are counted from today."""
    return {column.name: _value(column, row.get(column.name), today) for column in table.columns}


def _value(column: sa.Column, value: Any, today: date) -> Any:
    if isinstance(column.type, sa.JSON):
        return value or []
    if value is None:
        return None
    if column.name in _DAYS_FROM_TODAY:
        return today + timedelta(days=value)
    return Decimal(str(value)) if isinstance(column.type, sa.Numeric) else value


def main() -> int:
    """Command line: fills the database the environment names. Returns the exit status."""
    url = settings.insurance_database_url()
    count = fill(url, today_in_germany())
    sys.stdout.write(f"{count} policies in {make_url(url).render_as_string(hide_password=True)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
