"""The tables of the outbox: what is to be sent through a channel, what became of it, and how much may be sent."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from handoff_bridge.storage.schema import Id, UtcDateTime, metadata

#: One message of the channel each; several for a long entry of the log, one for several short ones.
deliveries = Table(
    "deliveries",
    metadata,
    # Goes with the message and comes back in its statuses.
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    # From which of our accounts (a phone number's id) it goes, and to whom. What goes to one receiver keeps its order.
    Column("account", String(64), nullable=False),
    Column("lane", String(64), nullable=False),
    Column("position", BigInteger, nullable=False),
    # The entries of the log that it carries; the parts of a long one are numbered from 0.
    Column("from_seq", Integer, nullable=False),
    Column("to_seq", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    # 0 for the first; higher for what somebody has decided to send again.
    Column("copy", Integer, nullable=False),
    # Who wrote it: bot, agent, system.
    Column("sender", String(16), nullable=False),
    # message, template, or reopen: the template that asks for an answer while a reply is held.
    Column("kind", String(16), nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
    # planned; sending: under way, or its sender died; sent: accepted; held: for an open window or an operator;
    # indeterminate: nobody knows whether it was accepted; dead: refused for good; cancelled: not wanted any more.
    Column("status", String(16), nullable=False),
    # Why it is held: window, operator.
    Column("hold", String(16)),
    Column("attempts", Integer, nullable=False),
    # The time of the next attempt; while it is being sent, the lease's end.
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64)),
    Column("external_id", Text, index=True),
    # The best that the channel has told: sent, delivered, read, played.
    Column("reached", String(16)),
    Column("error_code", Integer),
    Column("error", Text),
    # The agent who had it sent again or dropped.
    Column("decided_by", Id),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("conversation_id", "from_seq", "part", "copy"),
    Index("ix_deliveries_due", "status", "due_at"),
    Index("ix_deliveries_lane", "lane", "position"),
)

#: What the channel has told about messages, each status once; also of messages that are not ours.
delivery_statuses = Table(
    "delivery_statuses",
    metadata,
    Column("external_id", Text, primary_key=True),
    Column("status", String(16), primary_key=True),
    Column("delivery_id", Id, index=True),
    Column("account", String(64)),
    Column("at", UtcDateTime, nullable=False),
    Column("error_code", Integer),
    Column("error", Text),
    Column("received_at", UtcDateTime, nullable=False),
)

#: Token buckets by what they are for: they outlive the process, and all processes draw from the same ones.
send_budgets = Table(
    "send_budgets",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Nothing is sent before this time, because the channel said so.
    Column("blocked_until", UtcDateTime),
    # How often in a row it has said so, and with which code.
    Column("strikes", Integer, nullable=False),
    Column("error_code", Integer),
)
