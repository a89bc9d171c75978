"""Makes the demo shop's database, with orders in every state around today.

    python -m actions.clients.demo_shop

Its content stands in `demo_*.yml`. Run again, it brings the demo shop back to its first state, around the new today;
orders and customers of other numbers stay as they are.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml
from sqlalchemy.engine import Connection, Engine, make_url

from actions import settings
from actions.clients import shop_tables as tables
from actions.clients.shop import today_in_shop

Row = dict[str, Any]
_RETURN_DAYS = ("opened_on", "received_on", "refunded_on")


def fill(url: str, today: date) -> int:
    """Writes the demo shop to the database at `url`, making its file and tables; returns how many orders there are."""
    database = make_url(url).database
    if url.startswith("sqlite") and database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)
    _drop_outdated(engine)
    tables.metadata.create_all(engine)
    with engine.begin() as connection:
        count = _write(connection, today)
    engine.dispose()
    return count


def _drop_outdated(engine: Engine) -> None:
    """Tables of an earlier version of the demo shop lack columns; they hold nothing but demo orders."""
    found = sa.inspect(engine)
    for table in reversed(tables.metadata.sorted_tables):
        if found.has_table(table.name):
            columns = {column["name"] for column in found.get_columns(table.name)}
            if not {column.name for column in table.columns} <= columns:
                tables.metadata.drop_all(engine)
                return


def _write(connection: Connection, today: date) -> int:
    people = {row["number"]: row for row in _people()}
    goods = {row["title"]: row for row in _goods(today)}
    orders, items = _orders(people, goods, today)
    service: dict[str, list[list[Any]]] = _load("demo_service")
    numbers = [row["number"] for row in orders]
    for table, column in ((tables.returns, "order_number"), (tables.repairs, "order_number")):
        connection.execute(sa.delete(table).where(table.c[column].in_(numbers)))
    connection.execute(sa.delete(tables.order_items).where(tables.order_items.c.order_number.in_(numbers)))
    connection.execute(sa.delete(tables.orders).where(tables.orders.c.number.in_(numbers)))
    _replace(connection, tables.customers, "number", list(people.values()))
    _replace(connection, tables.products, "article_number", list(goods.values()))
    connection.execute(sa.insert(tables.orders), orders)
    connection.execute(sa.insert(tables.order_items), items)
    for name in ("returns", "repairs", "vouchers"):
        table = tables.metadata.tables[name]
        _replace(connection, table, table.primary_key.columns.keys()[0], _service(name, service[name], today))
    return len(orders)


def _replace(connection: Connection, table: sa.Table, key: str, rows: list[Row]) -> None:
    connection.execute(sa.delete(table).where(table.c[key].in_([row[key] for row in rows])))
    connection.execute(sa.insert(table), rows)


def _people() -> list[Row]:
    fields = ("number", "name", "email", "street", "postal_code", "city")
    return [{**dict(zip(fields, person, strict=True)), "newsletter": True} for person in _load("demo_customers")]


def _goods(today: date) -> list[Row]:
    fields = ("article_number", "title", "words", "price_cents", "stock", "restock_on", "guarantee_months", "features")
    rows = [dict(zip(fields, product, strict=True)) for product in _load("demo_products")]
    return [{**row, "words": " ".join(row["words"]), "restock_on": _day(row["restock_on"], today)} for row in rows]


def _orders(people: dict[str, Row], goods: dict[str, Row], today: date) -> tuple[list[Row], list[Row]]:
    fields = ("number", "customer_number", "payment_method", "status", "ordered_on", "expected_on", "delivered_on")
    orders: list[Row] = []
    items: list[Row] = []
    for *values, carrier, tracking_number, titles in _load("demo_orders"):
        row = {**dict(zip(fields, values, strict=True)), "carrier": carrier, "tracking_number": tracking_number}
        row["number"] = str(row["number"])
        row |= {field: _day(row[field], today) for field in ("ordered_on", "expected_on", "delivered_on")}
        row |= {field: people[row["customer_number"]][field] for field in ("street", "postal_code", "city")}
        orders.append(row)
        for position, title in enumerate(titles):
            known = {field: goods[title][field] for field in ("price_cents", "guarantee_months")}
            items.append({"order_number": row["number"], "position": position, "title": title, "quantity": 1, **known})
    return orders, items


def _service(name: str, rows: list[list[Any]], today: date) -> list[Row]:
    fields = {
        "returns": ("label_number", "order_number", "kind", "articles", *_RETURN_DAYS, "refund_cents"),
        "repairs": ("number", "order_number", "article", "status", "ready_on", "cost_cents"),
        "vouchers": ("code", "valid_until", "least_basket_cents", "value_cents", "redeemed"),
    }[name]
    made = [dict(zip(fields, row, strict=True)) for row in rows]
    for row in made:
        for field in row:
            if field.endswith(("_on", "_until")):
                row[field] = _day(row[field], today)
        if "order_number" in row:
            row["order_number"] = str(row["order_number"])
        if "articles" in row:
            row["articles"] = ", ".join(row["articles"])
    return made


def _day(days: int | None, today: date) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _load(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(f"{name}.yml").read_text(encoding="utf-8"))


def main() -> int:
    """Command line: fills the database the environment names. Returns the exit status."""
    url = settings.shop_database_url()
    count = fill(url, today_in_shop())
    sys.stdout.write(f"{count} orders in {make_url(url).render_as_string(hide_password=True)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
