"""WhatsApp's inbox, its people and threads, and attachments."""

import sqlalchemy as sa
from alembic import op

from handoff_bridge.storage.schema import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "whatsapp_updates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("dedup_key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("phone_number_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sender_key", sa.String(length=255), nullable=False),
        sa.Column("order_key", sa.String(length=40), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_updates")),
        sa.UniqueConstraint("dedup_key", name=op.f("uq_whatsapp_updates_dedup_key")),
    )
    op.create_index("ix_whatsapp_updates_due", "whatsapp_updates", ["status", "due_at"])
    op.create_index("ix_whatsapp_updates_order", "whatsapp_updates", ["sender_key", "status", "order_key"])

    op.create_table(
        "whatsapp_people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("phone_number_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=255), nullable=True),
        sa.Column("phone", sa.String(length=64), nullable=True),
        sa.Column("previous", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("profile_name", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whatsapp_people")),
        sa.UniqueConstraint("phone_number_id", "user_id", name=op.f("uq_whatsapp_people_phone_number_id_user_id")),
        sa.UniqueConstraint("phone_number_id", "phone", name=op.f("uq_whatsapp_people_phone_number_id_phone")),
    )

    op.create_table(
        "whatsapp_threads",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("phone_number_id", sa.String(length=64), nullable=False),
        sa.Column("last_inbound_at", UtcDateTime(), nullable=True),
        sa.Column("last_inbound_wamid", sa.Text(), nullable=True),
        sa.Column("planned_seq", sa.Integer(), nullable=False),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_whatsapp_threads_conversation_id_conversations")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["whatsapp_people.id"], name=op.f("fk_whatsapp_threads_person_id_whatsapp_people")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_whatsapp_threads")),
    )
    op.create_index("ix_whatsapp_threads_person_id", "whatsapp_threads", ["person_id"])

    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("mime", sa.String(length=128), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("storage_key", sa.String(length=128), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("source", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_attachments_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_conversation_id", "attachments", ["conversation_id"])
    op.create_index("ix_attachments_due", "attachments", ["status", "due_at"])


def downgrade() -> None:
    op.drop_table("attachments")
    op.drop_table("whatsapp_threads")
    op.drop_table("whatsapp_people")
    op.drop_table("whatsapp_updates")
