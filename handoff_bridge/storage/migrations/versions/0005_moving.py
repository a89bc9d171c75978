"""Codes that take a conversation to another channel, and where WhatsApp was left."""

import sqlalchemy as sa
from alembic import op

from handoff_bridge.storage.schema import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("whatsapp_threads", sa.Column("left_seq", sa.Integer(), nullable=True))
    op.create_table(
        "channel_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("token_expires_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_channel_codes_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_channel_codes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_channel_codes_token_hash")),
    )
    op.create_index(op.f("ix_channel_codes_conversation_id"), "channel_codes", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("channel_codes")
    with op.batch_alter_table("whatsapp_threads") as threads:
        threads.drop_column("left_seq")
