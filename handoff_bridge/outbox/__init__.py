"""What is to go out through a channel that is not ours: kept, sent at most once, never blindly again.

The log is the source: a planner writes deliveries for its entries, leased senders send them in order, and statuses that
come in say what became of them. Nothing here knows a channel's HTTP.
"""
