"""The tables. Times are aware UTC in code; ids are UUID strings of 36 characters."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC; SQLite has no time zones, so there the naive UTC value is stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone does not go into the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(naming_convention=NAMING)
Id = String(36)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("page_url", Text),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("token_expires_at", UtcDateTime, nullable=False),
    Column("agent_id", Id, ForeignKey("agents.id")),
    Column("agent_name", Text),
    Column("reserved_for", Id, ForeignKey("agents.id")),
    Column("waiting_since", UtcDateTime),
    Column("wait_reminded", Boolean, nullable=False),
    # Kept while a person is asked for or there; none when the customer has no chat open.
    Column("customer_seen_at", UtcDateTime),
    Column("handoff_id", Id),
    Column("handed_over_seq", Integer),
    Column("returned", JSON(none_as_null=True)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    # The queue, an agent's own conversations and the newest of each state. No index holds a column that every
    # message changes, and pages have room: so PostgreSQL updates a row in place (HOT).
    Index("ix_conversations_queue", "state", "waiting_since", "id"),
    Index("ix_conversations_agent", "agent_id", "state"),
    Index("ix_conversations_newest", "state", "created_at"),
    postgresql_with={"fillfactor": "70"},
)

messages = Table(
    "messages",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", Id, nullable=False, unique=True),
    Column("epoch", Integer, nullable=False),
    Column("sender", String(16), nullable=False),
    Column("sender_name", Text),
    Column("agent_id", Id),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON(none_as_null=True)),
    Column("client_message_id", String(128)),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "sender", "client_message_id"),
    # What was written lately, for the sweep; costs next to nothing on an append-only table.
    Index("ix_messages_lately", "created_at", postgresql_using="brin"),
)

turns = Table(
    "turns",
    metadata,
    Column("message_id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    # open: owed; done: answered or handed over; superseded: a person had the conversation.
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    # While nobody holds the turn, the time of the next attempt; while somebody does, the lease's end.
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64)),
    Column("epoch", Integer),
    Column("nlu", JSON(none_as_null=True)),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index("ix_turns_due", "status", "due_at"),
    Index("ix_turns_order", "conversation_id", "status", "seq"),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("message_id", String(128)),
    Column("reason", String(32), nullable=False),
    Column("status", String(16), nullable=False),
    Column("details", JSON(none_as_null=True)),
    Column("note", Text),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("conversation_id", "message_id"),
    Index("ix_handoffs_latest", "conversation_id", "requested_at"),
)

suppressed_messages = Table(
    "suppressed_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("sender", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON(none_as_null=True)),
    Column("made_for_epoch", Integer, nullable=False),
    Column("met_epoch", Integer, nullable=False),
    Column("met_state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    # The last sign of life; at_desk says whether an event stream is open.
    Column("last_seen_at", UtcDateTime),
    Column("at_desk", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", Id, ForeignKey("agents.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

ratings = Table(
    "ratings",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("comment", Text),
    Column("created_at", UtcDateTime, nullable=False),
)
