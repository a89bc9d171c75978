"""Runs on the connection that handoff_bridge.storage.migrate hands over, inside its transaction."""

from alembic import context

from handoff_bridge.storage.schema import metadata

connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("Run migrations with: python -m handoff_bridge migrate")

context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter a table in place.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
context.run_migrations()
