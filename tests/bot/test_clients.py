"""Shop, bridge client and business file: what they give and how they fail."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from actions.business import company, spoken_opening_hours
from actions.clients import demo_shop
from actions.clients.bridge import Handoff, HandoffRequest, HttpBridge
from actions.clients.shop import SqlShop
from actions.clients.shop_tables import STATUSES
from actions.errors import BridgeUnavailable, BusinessFileUnusable, HandoffRefused, ShopUnavailable
from actions.texts import spoken_date, spoken_list
from tests.bot.support.bridge import FakeBridge
from tests.support.ports import free_port

TODAY = date(2026, 11, 21)


@pytest.fixture
def shop(tmp_path: Path) -> SqlShop:
    url = f"sqlite:///{tmp_path}/deep/shop.db"
    demo_shop.fill(url, TODAY)
    return SqlShop(url)


@pytest.fixture
def request_body() -> HandoffRequest:
    return {
        "conversation_id": "c",
        "message_id": "m",
        "reason": "customer_request",
        "decision": {"reason": "customer_request", "score": None, "threshold": None, "cues": []},
        "summary": None,
        "slots": {},
        "latest_intent": None,
        "transcript": [],
    }


async def test_an_order_is_found_only_with_its_postal_code(shop: SqlShop) -> None:
    order = await shop.find_order("10423345", "50667")
    assert order is not None
    assert (order.status, order.ordered_on, order.carrier) == ("shipped", TODAY - timedelta(days=4), "DHL")
    assert [item.title for item in order.items] == ["Bluetooth-Kopfhörer Aurora 40"]
    assert await shop.find_order("10423345", "50668") is None
    assert await shop.find_order("10423344", "50667") is None


async def test_a_text_is_never_taken_for_sql(shop: SqlShop) -> None:
    assert await shop.find_order("' OR 1=1 --", "50667") is None


async def test_an_order_is_overdue_when_its_day_has_passed_and_it_is_not_there(shop: SqlShop) -> None:
    waiting = await shop.find_order("10423345", "50667")
    delivered = await shop.find_order("B-2026-104233", "20095")
    assert waiting is not None
    assert delivered is not None
    assert waiting.expected_on is not None
    assert not waiting.is_overdue(waiting.expected_on)
    assert waiting.is_overdue(waiting.expected_on + timedelta(days=1))
    assert not delivered.is_overdue(TODAY + timedelta(days=100))


def test_the_demo_shop_has_orders_in_every_state_and_can_be_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    count = demo_shop.fill(url, TODAY)
    assert demo_shop.fill(url, TODAY + timedelta(days=1)) == count >= 30
    rows = yaml.safe_load((Path(demo_shop.__file__).parent / "demo_orders.yml").read_text(encoding="utf-8"))
    assert {row[3] for row in rows} == set(STATUSES)
    assert len({str(row[0]) for row in rows}) == count


async def test_a_shop_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ShopUnavailable):
        await SqlShop(f"sqlite:///{tmp_path}/nothing/here.db").find_order("10423345", "50667")
    with pytest.raises(ShopUnavailable):
        await SqlShop(f"sqlite:///{tmp_path}/empty.db").find_order("10423345", "50667")


async def test_the_bridge_confirms_a_handoff(
    bridge: FakeBridge, request_body: HandoffRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.reset()
    monkeypatch.setenv("HANDSCHLAG_BRIDGE_URL", f"{bridge.url}/")
    monkeypatch.setenv("HANDSCHLAG_INTERNAL_SECRET", bridge.secret)
    for status in (202, 200):
        bridge.status = status
        assert await HttpBridge().request_handoff(request_body) == Handoff("h-m", "queued")


@pytest.mark.parametrize(
    ("status", "error"), [(401, HandoffRefused), (404, HandoffRefused), (409, HandoffRefused), (503, BridgeUnavailable)]
)
async def test_a_bridge_that_does_not_confirm_is_an_error(
    bridge: FakeBridge,
    request_body: HandoffRequest,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: type[Exception],
) -> None:
    bridge.reset()
    bridge.status = status
    monkeypatch.setenv("HANDSCHLAG_BRIDGE_URL", bridge.url)
    monkeypatch.setenv("HANDSCHLAG_INTERNAL_SECRET", bridge.secret)
    with pytest.raises(error):
        await HttpBridge().request_handoff(request_body)


async def test_a_bridge_that_is_away_is_unavailable(
    request_body: HandoffRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDSCHLAG_BRIDGE_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(BridgeUnavailable):
        await HttpBridge().request_handoff(request_body)


@pytest.fixture
def business(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "business.yml"
    monkeypatch.setenv("HANDSCHLAG_BUSINESS_FILE", str(path))
    return path


def test_opening_hours_are_told_in_runs_of_days(business: Path) -> None:
    weekly = {
        **{day: ["08:00-12:30", "13:00-18:00"] for day in ("mon", "tue", "wed")},
        **{day: ["09:00-20:00"] for day in ("thu", "fri")},
        "sat": [],
        "sun": [],
    }
    business.write_text(yaml.safe_dump({"opening_hours": {"weekly": weekly}}), encoding="utf-8")
    assert spoken_opening_hours().splitlines() == [
        "Montag bis Mittwoch: 8 bis 12:30 Uhr und 13 bis 18 Uhr",
        "Donnerstag und Freitag: 9 bis 20 Uhr",
        "Samstag und Sonntag: geschlossen",
    ]


@pytest.mark.parametrize("content", [None, "", "opening_hours: 7", "{", "opening_hours: {weekly: {mon: [immer]}}"])
def test_a_business_file_without_what_is_needed_is_unusable(business: Path, content: str | None) -> None:
    if content is not None:
        business.write_text(content, encoding="utf-8")
    with pytest.raises(BusinessFileUnusable):
        spoken_opening_hours()
    with pytest.raises(BusinessFileUnusable):
        company()


def test_dates_and_lists_are_spoken_in_german() -> None:
    assert spoken_date(date(2026, 11, 24)) == "Dienstag, 24. November"
    assert spoken_date(None) == "nicht bekannt"
    assert spoken_list(["A", "B", "C"]) == "A, B und C"
    assert spoken_list(["A"]) == "A"
    assert spoken_list([]) == "nicht bekannt"
