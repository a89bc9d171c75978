"""The tables of the WhatsApp channel and of attachments."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from handoff_bridge.storage.schema import Id, UtcDateTime, metadata

#: The raw inbox: one row for each message, status and error that a webhook brought, kept before it is answered.
whatsapp_updates = Table(
    "whatsapp_updates",
    metadata,
    Column("id", Id, primary_key=True),
    # The message's id, or id and status, or a hash of the value for what has no id.
    Column("dedup_key", String(255), nullable=False, unique=True),
    # SHA-256 of what was said: tells a repeat from another message under the same id.
    Column("fingerprint", String(64), nullable=False),
    Column("phone_number_id", String(64)),
    Column("kind", String(64), nullable=False),
    # Whose turn it is: updates of one sender are worked off one after the other, in order_key's order.
    Column("sender_key", String(255), nullable=False),
    # When it was sent (s), when it came (µs), its place in the body: digits of fixed width.
    Column("order_key", String(40), nullable=False),
    Column("body", JSON(none_as_null=True), nullable=False),
    # new: to be worked off; done; foreign: for a number that is not ours; unknown: kept, but nothing was done with it;
    # failed: given up.
    Column("status", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    # While nobody holds it, the time of the next attempt; while somebody does, the lease's end.
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64)),
    Column("received_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    # Where it went, for messages that became an entry of a log.
    Column("message_id", Id),
    Column("error", Text),
    Index("ix_whatsapp_updates_due", "status", "due_at"),
    Index("ix_whatsapp_updates_order", "sender_key", "status", "order_key"),
)

#: Who writes to one of our numbers. The phone number is no key: it may be absent, and it may change hands.
whatsapp_people = Table(
    "whatsapp_people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("phone_number_id", String(64), nullable=False),
    # The business-scoped user id.
    Column("user_id", String(255)),
    Column("phone", String(64)),
    # User ids and phone numbers of before, oldest first: [{user_id?, phone?}].
    Column("previous", JSON(none_as_null=True)),
    Column("profile_name", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("phone_number_id", "user_id"),
    UniqueConstraint("phone_number_id", "phone"),
)

#: What a conversation has beside itself on WhatsApp.
whatsapp_threads = Table(
    "whatsapp_threads",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("person_id", Id, ForeignKey("whatsapp_people.id"), nullable=False, index=True),
    Column("phone_number_id", String(64), nullable=False),
    # When the customer sent their last message: 24 hours later the window closes.
    Column("last_inbound_at", UtcDateTime),
    Column("last_inbound_wamid", Text),
    # The log is planned for sending up to here.
    Column("planned_seq", Integer, nullable=False),
    # The conversation goes on elsewhere: entries after this one are not for WhatsApp.
    Column("left_seq", Integer),
    # The message up to which the customer sees that we have read, and when they last saw that somebody writes.
    Column("read_wamid", Text),
    Column("typing_at", UtcDateTime),
    # The customer wants no more messages.
    Column("stopped_at", UtcDateTime),
)

#: Files that customers sent. The bytes are in the attachment store under ``storage_key``.
attachments = Table(
    "attachments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("message_id", Id, nullable=False),
    # image, audio, video, document, sticker
    Column("kind", String(16), nullable=False),
    # As the sender says until it is stored, then as the bytes say.
    Column("mime", String(128)),
    Column("size", Integer),
    Column("name", Text),
    Column("sha256", String(64)),
    Column("storage_key", String(128)),
    # pending: to be fetched; stored; refused: not what may be kept; gone: no longer to be had.
    Column("status", String(16), nullable=False),
    # Where it is to be had, as the channel says.
    Column("source", JSON(none_as_null=True)),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("owner", String(64)),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("ix_attachments_due", "status", "due_at"),
)
