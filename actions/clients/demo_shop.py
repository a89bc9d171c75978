"""Makes the demo shop's database, with orders in every state around today.

    python -m actions.clients.demo_shop

The orders stand in `demo_orders.yml`. Run again, it brings the demo orders back to
their first state, around the new today.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, make_url

from actions import settings
from actions.clients.shop import metadata, order_items, orders, today_in_shop

_FIELDS = (
    "number",
    "postal_code",
    "customer_name",
    "status",
    "ordered_on",
    "expected_on",
    "delivered_on",
    "carrier",
    "tracking_number",
)
_DATES = ("ordered_on", "expected_on", "delivered_on")


def fill(url: str, today: date) -> int:
    """Writes the demo orders to the database at `url`, making its file and tables; returns how many there are."""
    database = make_url(url).database
    if url.startswith("sqlite") and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    demo = yaml.safe_load(Path(__file__).with_name("demo_orders.yml").read_text(encoding="utf-8"))
    engine = sa.create_engine(url)
    metadata.create_all(engine)
    with engine.begin() as connection:
        for *fields, titles in demo:
            _replace(connection, dict(zip(_FIELDS, fields, strict=True)), titles, today)
    engine.dispose()
    return len(demo)


def _replace(connection: Connection, row: dict[str, Any], titles: list[str], today: date) -> None:
    row["number"] = str(row["number"])
    for field in _DATES:
        if row[field] is not None:
            row[field] = today + timedelta(days=row[field])
    connection.execute(sa.delete(order_items).where(order_items.c.order_number == row["number"]))
    connection.execute(sa.delete(orders).where(orders.c.number == row["number"]))
    connection.execute(sa.insert(orders).values(**row))
    items = [
        {"order_number": row["number"], "position": position, "title": title, "quantity": 1}
        for position, title in enumerate(titles)
    ]
    connection.execute(sa.insert(order_items), items)


def main() -> int:
    """Command line: fills the database the environment names. Returns the exit status."""
    url = settings.shop_database_url()
    count = fill(url, today_in_shop())
    sys.stdout.write(f"{count} orders in {make_url(url).render_as_string(hide_password=True)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
