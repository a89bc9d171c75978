"""Statuses are read as they come: anything may be missing, and nothing odd gets in the way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handoff_bridge.channels.whatsapp.sender.statuses import read_status

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ID = "5f3a0000-0000-4000-8000-000000000000"


def test_a_status_names_message_delivery_and_time() -> None:
    told = read_status(
        "1", {"id": "wamid.1", "status": "read", "timestamp": "1698266945", "biz_opaque_callback_data": ID}, NOW
    )
    assert told is not None
    assert (told.external_id, told.status, told.callback_id, told.window_closed) == ("wamid.1", "read", ID, False)
    assert told.at == datetime.fromtimestamp(1698266945, UTC)


def test_a_failure_names_its_code_and_what_was_said_of_it() -> None:
    error = {"code": 131047, "title": "Re-engagement message", "error_data": {"details": "More than 24 hours"}}
    told = read_status("1", {"id": "wamid.1", "status": "failed", "errors": [error]}, NOW)
    assert told is not None
    assert (told.error_code, told.error, told.window_closed) == (131047, "More than 24 hours", True)
    assert told.at == NOW


@pytest.mark.parametrize(
    "status", [{}, {"id": "wamid.1"}, {"status": "sent"}, {"id": 5, "status": "sent"}, {"id": "", "status": "sent"}]
)
def test_without_an_id_or_a_status_there_is_nothing_to_read(status: dict[str, Any]) -> None:
    assert read_status("1", status, NOW) is None


@pytest.mark.parametrize(
    "odd",
    [
        {"timestamp": "bald"},
        {"timestamp": "9" * 40},
        {"errors": "alle"},
        {"errors": [{"code": "131047"}]},
        {"errors": []},
        {"errors": [{"code": 2**31, "title": "x" * 1000}]},
        {"biz_opaque_callback_data": "some data"},
        {"biz_opaque_callback_data": {"id": ID}},
    ],
)
def test_an_odd_part_is_left_aside(odd: dict[str, Any]) -> None:
    told = read_status(None, {"id": "wamid.1", "status": "delivered", **odd}, NOW)
    assert told is not None
    assert (told.at, told.callback_id, told.error_code) == (NOW, None, None)
