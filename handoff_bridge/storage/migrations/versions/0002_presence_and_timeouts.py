"""Who is there, and who has been told that it takes longer."""

import sqlalchemy as sa
from alembic import op

from handoff_bridge.storage.schema import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("wait_reminded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("customer_seen_at", UtcDateTime(), nullable=True))
    op.add_column("agents", sa.Column("at_desk", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("agents") as agents:
        agents.drop_column("at_desk")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("customer_seen_at")
        conversations.drop_column("wait_reminded")
