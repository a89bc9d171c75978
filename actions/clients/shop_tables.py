"""The shop's tables, as the assistant reads and changes them."""

from __future__ import annotations

import sqlalchemy as sa

#: All states an order can be in; each has its own response `utter_order_<status>`.
STATUSES = (
    "received",
    "in_preparation",
    "shipped",
    "out_for_delivery",
    "ready_for_pickup",
    "delayed",
    "delivered",
    "cancelled",
    "returned",
    "refunded",
)
#: Each has its own response `utter_repair_<status>`.
REPAIR_STATUSES = ("diagnosis", "waiting_for_approval", "in_repair", "ready")

metadata = sa.MetaData()
customers = sa.Table(
    "customers",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("email", sa.String(254), nullable=False, index=True),
    sa.Column("street", sa.String(120), nullable=False),
    sa.Column("postal_code", sa.String(5), nullable=False),
    sa.Column("city", sa.String(80), nullable=False),
    sa.Column("newsletter", sa.Boolean, nullable=False),
)
products = sa.Table(
    "products",
    metadata,
    sa.Column("article_number", sa.String(20), primary_key=True),
    sa.Column("title", sa.String(120), nullable=False, unique=True),
    # Words it is asked for by, blanks between them.
    sa.Column("words", sa.String(200), nullable=False),
    sa.Column("price_cents", sa.Integer, nullable=False),
    sa.Column("stock", sa.Integer, nullable=False),
    sa.Column("restock_on", sa.Date),
    sa.Column("guarantee_months", sa.Integer, nullable=False),
    sa.Column("features", sa.String(300), nullable=False),
)
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("customer_number", sa.ForeignKey(customers.c.number), nullable=False, index=True),
    sa.Column("payment_method", sa.String(40), nullable=False),
    sa.Column("status", sa.Enum(*STATUSES, name="order_status", native_enum=False), nullable=False),
    sa.Column("ordered_on", sa.Date, nullable=False),
    sa.Column("expected_on", sa.Date),
    sa.Column("delivered_on", sa.Date),
    sa.Column("carrier", sa.String(60)),
    sa.Column("tracking_number", sa.String(40)),
    # Where it goes. The postal code is the one that proves whose order it is.
    sa.Column("street", sa.String(120), nullable=False),
    sa.Column("postal_code", sa.String(5), nullable=False),
    sa.Column("city", sa.String(80), nullable=False),
)
order_items = sa.Table(
    "order_items",
    metadata,
    sa.Column("order_number", sa.ForeignKey(orders.c.number, ondelete="CASCADE"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("price_cents", sa.Integer, nullable=False),
    sa.Column("guarantee_months", sa.Integer, nullable=False),
)
returns = sa.Table(
    "returns",
    metadata,
    sa.Column("label_number", sa.String(20), primary_key=True),
    sa.Column("order_number", sa.ForeignKey(orders.c.number, ondelete="CASCADE"), nullable=False, index=True),
    # "return" or "exchange"
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("articles", sa.String(500), nullable=False),
    # What the customer wants instead, in their words.
    sa.Column("wish", sa.String(500)),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("received_on", sa.Date),
    sa.Column("refunded_on", sa.Date),
    sa.Column("refund_cents", sa.Integer),
)
repairs = sa.Table(
    "repairs",
    metadata,
    sa.Column("number", sa.String(20), primary_key=True),
    sa.Column("order_number", sa.ForeignKey(orders.c.number, ondelete="CASCADE"), nullable=False),
    sa.Column("article", sa.String(120), nullable=False),
    sa.Column("status", sa.Enum(*REPAIR_STATUSES, name="repair_status", native_enum=False), nullable=False),
    sa.Column("ready_on", sa.Date),
    # None: not known yet; 0: free of charge.
    sa.Column("cost_cents", sa.Integer),
)
vouchers = sa.Table(
    "vouchers",
    metadata,
    sa.Column("code", sa.String(30), primary_key=True),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("least_basket_cents", sa.Integer, nullable=False),
    sa.Column("value_cents", sa.Integer, nullable=False),
    sa.Column("redeemed", sa.Boolean, nullable=False),
)
# What the assistant has changed, by the key of the request: the same key again gives the first result.
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("result", sa.String(200), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
)
# E-mails that the shop's mailer sends: invoices, links to a new password.
mail_jobs = sa.Table(
    "mail_jobs",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("order_number", sa.String(20)),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
)
