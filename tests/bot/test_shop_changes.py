"""What the assistant changes in the shop: once per key, and only what is still possible."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.clients import demo_shop, shop_tables
from actions.clients.shop import SqlShop, engine
from actions.clients.shop_changes import SqlShopChanges
from actions.clients.shop_records import Address
from actions.errors import ChangeUnconfirmed

TODAY = date(2026, 11, 21)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/shop.db"
    demo_shop.fill(url, TODAY)
    return url


@pytest.fixture
def changes(url: str) -> SqlShopChanges:
    return SqlShopChanges(url)


def rows(url: str, table: sa.Table) -> int:
    with engine(url).connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


async def test_an_order_in_the_house_is_cancelled(changes: SqlShopChanges, url: str) -> None:
    assert await changes.cancel("10423402", key="k")
    order = await SqlShop(url).order("10423402")
    assert order is not None
    assert order.status == "cancelled"


async def test_the_same_request_again_gives_the_first_answer(changes: SqlShopChanges) -> None:
    assert await changes.cancel("10423402", key="k")
    assert await changes.cancel("10423402", key="k"), "the turn was repeated: it did work the first time"
    assert not await changes.cancel("10423402", key="another request"), "nothing is left to cancel"


async def test_what_is_on_its_way_is_neither_cancelled_nor_redirected(changes: SqlShopChanges, url: str) -> None:
    assert not await changes.cancel("10423345", key="k1")
    assert not await changes.redirect("10423345", Address("Gartenweg 5", "04109", "Leipzig"), key="k2")
    order = await SqlShop(url).order("10423345")
    assert order is not None
    assert (order.status, order.address.postal_code) == ("shipped", "50667")


async def test_an_order_goes_to_the_new_address(changes: SqlShopChanges, url: str) -> None:
    assert await changes.redirect("10423417", Address("Gartenweg 5", "04109", "Leipzig"), key="k")
    order = await SqlShop(url).order("10423417")
    assert order is not None
    assert order.address == Address("Gartenweg 5", "04109", "Leipzig")


async def test_a_return_has_one_label_however_often_the_turn_is_repeated(changes: SqlShopChanges, url: str) -> None:
    before = rows(url, shop_tables.returns)
    labels = {await changes.open_return("B-2026-104295", "return", "Boom", None, TODAY, key="k") for _ in range(3)}
    assert len(labels) == 1
    assert rows(url, shop_tables.returns) == before + 1


async def test_a_link_goes_only_to_an_address_on_file(changes: SqlShopChanges, url: str) -> None:
    await changes.send_password_link("nobody@example.org", key="k1")
    assert rows(url, shop_tables.mail_jobs) == 0
    await changes.send_password_link("PETRA.schlueter@example.org", key="k2")
    await changes.send_password_link("petra.schlueter@example.org", key="k2")
    assert rows(url, shop_tables.mail_jobs) == 1


async def test_the_newsletter_ends_for_one_address(changes: SqlShopChanges, url: str) -> None:
    await changes.unsubscribe("petra.schlueter@example.org", key="k")
    with engine(url).connect() as connection:
        left = sa.select(shop_tables.customers.c.email).where(~shop_tables.customers.c.newsletter)
        assert connection.execute(left).scalars().all() == ["petra.schlueter@example.org"]


async def test_a_shop_that_does_not_confirm_is_said_to_be_uncertain(tmp_path: Path) -> None:
    with pytest.raises(ChangeUnconfirmed):
        await SqlShopChanges(f"sqlite:///{tmp_path}/nothing/here.db").cancel("10423402", key="k")


async def test_a_demo_shop_of_an_earlier_version_is_made_anew(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text("CREATE TABLE orders (number VARCHAR(20) PRIMARY KEY, customer_name VARCHAR(120))"))
    assert demo_shop.fill(url, TODAY) > 30
    assert await SqlShop(url).find_order("10423345", "50667") is not None
