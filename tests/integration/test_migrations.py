"""The layout of the database: every step leads up and down again, and its end is what the code works with."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import ADVISORY_LOCK as KEY
from handoff_bridge.storage.migrate import UnknownLayout, alembic_config, downgrade, migrate
from handoff_bridge.storage.schema import metadata
from tests.support.databases import fresh_postgres_database

REVISIONS = [step.revision for step in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def revision(database: Database) -> str | None:
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


async def differences(database: Database) -> list[object]:
    """What alembic would have to change to make the database into what the code describes."""

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.read() as connection:
        return await connection.run_sync(compare)


async def test_every_step_leads_up_down_and_up_again(database: Database) -> None:
    for before, step in zip([None, *REVISIONS], REVISIONS, strict=False):
        await migrate(database, step)
        assert await revision(database) == step
        await downgrade(database, before or "base")
        assert await revision(database) == before
        await migrate(database, step)
        assert await revision(database) == step


async def test_down_to_the_beginning_nothing_is_left(database: Database) -> None:
    await migrate(database)
    await downgrade(database, "base")
    async with database.read() as connection:
        left = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert left == ["alembic_version"]


async def test_after_all_steps_the_database_is_what_the_code_describes(database: Database) -> None:
    await migrate(database)
    assert await differences(database) == []


async def test_a_missing_step_would_be_noticed(database: Database) -> None:
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("ALTER TABLE ratings DROP COLUMN comment"))
    assert await differences(database) != []


async def test_migrating_what_is_up_to_date_changes_nothing(database: Database) -> None:
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO agents (id, email, name, password_hash, disabled, at_desk, created_at)"
                " VALUES ('a', 'a@example.com', 'A', 'x', false, false, '2026-01-01 00:00:00+00')"
            )
        )
    await migrate(database)
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM agents"))).scalar_one() == 1


async def test_bridges_that_start_at_the_same_moment_migrate_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    assert await revision(databases[0]) == REVISIONS[-1]
    assert await differences(databases[0]) == []
    for database in databases:
        await database.close()


async def second_start_during_the_first(server: str, *, locked: bool) -> None:
    """Start a second migration while the first has made its tables but not committed; raises what the second does."""
    async with fresh_postgres_database(server) as url:
        first, second, watcher = Database(url), Database(url), Database(url)
        try:
            async with asyncio.TaskGroup() as tasks, first.write() as connection:
                if locked:
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": KEY})
                await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "head"))
                tasks.create_task(migrate(second))
                await until_somebody_waits_for_a_lock(watcher)
        finally:
            for database in (first, second, watcher):
                await database.close()


async def until_somebody_waits_for_a_lock(watcher: Database) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(20):
        while True:
            async with watcher.read() as connection:
                if (await connection.execute(waiting)).scalar_one():
                    return
            await asyncio.sleep(0.02)


async def test_a_bridge_that_starts_while_another_migrates_waits_for_it(postgres_server: str) -> None:
    await second_start_during_the_first(postgres_server, locked=True)


async def test_without_the_lock_the_second_start_would_fail(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff_bridge.storage.migrate.text", lambda _: text("SELECT CAST(:key AS integer)"))
    with pytest.raises(ExceptionGroup) as failed:
        await second_start_during_the_first(postgres_server, locked=False)
    assert isinstance(failed.value.exceptions[0], IntegrityError)


async def test_a_database_of_a_newer_version_is_left_as_it_is_and_said_so(database: Database) -> None:
    await migrate(database)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_of_tomorrow'"))
    with pytest.raises(UnknownLayout, match="newer version"):
        await migrate(database)
    async with database.read() as connection:
        kept = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert kept == "9999_of_tomorrow"
