"""Brings a database to the newest layout; safe when several bridges start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from handoff_bridge.storage import codes_schema, outbox_schema, whatsapp_schema  # noqa: F401  their tables are part of the layout
from handoff_bridge.storage.database import Database

#: The key of PostgreSQL's advisory lock around migrations: the letters "HSCH".
ADVISORY_LOCK = 0x48534348


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration without an ini file; runs on ``connection`` where one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


class UnknownLayout(Exception):
    """This database has the layout of a newer version of the bridge; start that version, or restore an older backup."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to ``revision`` in one transaction; whoever comes second waits and finds nothing to do.

    Raises UnknownLayout for a database that a newer version has migrated; nothing is changed then.
    """
    async with database.write() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        try:
            await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), revision))
        except CommandError as error:
            # Alembic meets a revision in the database that this version has no file for.
            raise UnknownLayout from error


async def downgrade(database: Database, revision: str) -> None:
    """Go back to ``revision`` in one transaction; data of newer columns is lost."""
    async with database.write() as connection:
        await connection.run_sync(lambda sync: command.downgrade(alembic_config(sync), revision))
