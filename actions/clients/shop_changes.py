"""What the assistant changes in the shop. A change is made once per key: the same key again gives the first result."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions import settings
from actions.clients.shop import TIMEOUT_S, engine
from actions.clients.shop_records import Address
from actions.clients.shop_tables import changes, customers, mail_jobs, orders, returns
from actions.errors import ChangeUnconfirmed

_IN_HOUSE = ("received", "in_preparation")
DONE, TOO_LATE = "done", "too_late"


class ShopChanges(Protocol):
    """Where orders are changed. Every method raises `ChangeUnconfirmed` when it is not certain what has happened."""

    async def cancel(self, order_number: str, *, key: str) -> bool:
        """Cancels an order; False when it has left the house meanwhile."""

    async def redirect(self, order_number: str, address: Address, *, key: str) -> bool:
        """Sends an order somewhere else; False when it has left the house meanwhile."""

    async def open_return(
        self, order_number: str, kind: str, articles: str, wish: str | None, today: date, *, key: str
    ) -> str:
        """Opens a return or an exchange; returns the number of its label."""

    async def send_invoice(self, order_number: str, address: str, *, key: str) -> None:
        """Has the invoice of an order sent once more to the e-mail address on file."""

    async def send_password_link(self, address: str, *, key: str) -> None:
        """Has a link for a new password sent if there is an account with this address. Nobody learns whether."""

    async def unsubscribe(self, address: str, *, key: str) -> None:
        """Takes an address off the newsletter, if it is on it. Nobody learns whether."""


class SqlShopChanges:
    """The shop's database, changed through SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def cancel(self, order_number: str, *, key: str) -> bool:
        """See `ShopChanges.cancel`."""
        changed = sa.update(orders).where(orders.c.number == order_number, orders.c.status.in_(_IN_HOUSE))
        return await self._once(key, "cancel", _if_in_house(changed.values(status="cancelled"))) == DONE

    async def redirect(self, order_number: str, address: Address, *, key: str) -> bool:
        """See `ShopChanges.redirect`."""
        changed = sa.update(orders).where(orders.c.number == order_number, orders.c.status.in_(_IN_HOUSE))
        values = {"street": address.street, "postal_code": address.postal_code, "city": address.city}
        return await self._once(key, "redirect", _if_in_house(changed.values(**values))) == DONE

    async def open_return(
        self, order_number: str, kind: str, articles: str, wish: str | None, today: date, *, key: str
    ) -> str:
        """See `ShopChanges.open_return`."""

        def work(connection: Connection) -> str:
            label = f"RS-{secrets.randbelow(900_000) + 100_000}"
            row = {"order_number": order_number, "kind": kind, "articles": articles, "wish": wish, "opened_on": today}
            connection.execute(sa.insert(returns).values(label_number=label, **row))
            return label

        return await self._once(key, kind, work)

    async def send_invoice(self, order_number: str, address: str, *, key: str) -> None:
        """See `ShopChanges.send_invoice`."""
        job = {"key": key, "kind": "invoice", "address": address, "order_number": order_number}
        await self._once(key, "invoice", lambda connection: _mail(connection, job))

    async def send_password_link(self, address: str, *, key: str) -> None:
        """See `ShopChanges.send_password_link`."""

        def work(connection: Connection) -> str:
            # The address as it is on file, not as it was typed here.
            on_file = sa.select(customers.c.email).where(sa.func.lower(customers.c.email) == address.lower())
            for found in connection.execute(on_file.distinct()).scalars().all():
                _mail(connection, {"key": key, "kind": "password_link", "address": found, "order_number": None})
            return DONE

        await self._once(key, "password_link", work)

    async def unsubscribe(self, address: str, *, key: str) -> None:
        """See `ShopChanges.unsubscribe`."""
        changed = sa.update(customers).where(sa.func.lower(customers.c.email) == address.lower())

        def work(connection: Connection) -> str:
            connection.execute(changed.values(newsletter=False))
            return DONE

        await self._once(key, "unsubscribe", work)

    async def _once(self, key: str, kind: str, work: Callable[[Connection], str]) -> str:
        def run() -> str:
            known = sa.select(changes.c.result).where(changes.c.key == key)
            with engine(self._url).connect() as connection:
                if (result := connection.execute(known).scalar_one_or_none()) is not None:
                    return str(result)
            try:
                with engine(self._url).begin() as connection:
                    result = work(connection)
                    row = {"key": key, "kind": kind, "result": result, "made_at": datetime.now(timezone.utc)}
                    connection.execute(sa.insert(changes).values(**row))
                    return result
            except sa.exc.IntegrityError:
                # The same request, made at the same moment by a turn that was repeated: theirs counts.
                with engine(self._url).connect() as connection:
                    return str(connection.execute(known).scalar_one())

        try:
            return await asyncio.wait_for(asyncio.to_thread(run), TIMEOUT_S)
        except (sa.exc.SQLAlchemyError, asyncio.TimeoutError, OSError) as error:
            raise ChangeUnconfirmed(f"The shop did not confirm: {kind} ({type(error).__name__}).") from error


def configured_changes() -> ShopChanges:
    """The shop the environment names."""
    return SqlShopChanges(settings.shop_database_url())


def _if_in_house(statement: sa.sql.Update) -> Callable[[Connection], str]:
    return lambda connection: DONE if connection.execute(statement).rowcount else TOO_LATE


def _mail(connection: Connection, job: dict[str, str | None]) -> str:
    connection.execute(sa.insert(mail_jobs).values(made_at=datetime.now(timezone.utc), **job))
    return DONE
