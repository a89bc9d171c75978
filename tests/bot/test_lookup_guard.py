"""Wrong proofs of identity: counted per number, whoever sends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.clients import lookup_guard
from actions.clients.lookup_guard import WINDOW_S, SqlLookupGuard
from actions.errors import LookupGuardUnavailable


@pytest.fixture
def guard(tmp_path: Path) -> SqlLookupGuard:
    return SqlLookupGuard(f"sqlite:///{tmp_path}/deep/guard.db")


async def test_three_wrong_proofs_lock_a_number_and_no_other(guard: SqlLookupGuard) -> None:
    for count in range(3):
        assert await guard.count_wrong("order:10423345", f"m{count}") is (count == 2)
    assert await guard.is_locked("order:10423345")
    assert not await guard.is_locked("order:10423346")


async def test_the_same_message_counts_once(guard: SqlLookupGuard) -> None:
    for _ in range(5):
        assert not await guard.count_wrong("order:10423345", "the same")


async def test_the_right_proof_clears_the_count(guard: SqlLookupGuard) -> None:
    for count in range(2):
        await guard.count_wrong("order:10423345", f"m{count}")
    await guard.clear("order:10423345")
    assert not await guard.count_wrong("order:10423345", "m2")


async def test_a_lock_ends_with_its_day(guard: SqlLookupGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    for count in range(3):
        await guard.count_wrong("order:10423345", f"m{count}")
    now = lookup_guard.time.time()
    monkeypatch.setattr(lookup_guard.time, "time", lambda: now + WINDOW_S + 1)
    assert not await guard.is_locked("order:10423345")


async def test_no_number_stands_in_the_database(guard: SqlLookupGuard, tmp_path: Path) -> None:
    await guard.count_wrong("order:10423345", "m")
    assert b"10423345" not in (tmp_path / "deep/guard.db").read_bytes()


async def test_a_guard_that_does_not_answer_lets_nothing_through(tmp_path: Path) -> None:
    (tmp_path / "guard.db").write_text("no database at all, but something else")
    with pytest.raises(LookupGuardUnavailable):
        await SqlLookupGuard(f"sqlite:///{tmp_path}/guard.db").is_locked("order:10423345")
