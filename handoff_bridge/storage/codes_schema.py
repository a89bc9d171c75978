"""The table of codes that take a conversation to another channel."""

from sqlalchemy import Column, ForeignKey, String, Table

from handoff_bridge.storage.schema import Id, UtcDateTime, metadata

#: The code itself is known to the customer alone.
channel_codes = Table(
    "channel_codes",
    metadata,
    # SHA-256, in hexadecimal digits.
    Column("code_hash", String(64), primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False, index=True),
    # The channel it leads to.
    Column("channel", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    # For a code used on the web: the token that opens the conversation since then.
    Column("token_hash", String(64), unique=True),
    Column("token_expires_at", UtcDateTime),
)
