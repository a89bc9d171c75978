"""What Prometheus is told. Nothing here names a person, a conversation or a text."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from handoff_bridge.storage.journal import Journal

LATENCY_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
TURN_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 45.0, 90.0)


class Metrics:
    """The process's own numbers; what stands in the database is read when Prometheus asks."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.messages = Counter(
            "handschlag_messages", "Messages committed to the log.", ("sender", "channel"), registry=registry
        )
        self.suppressed = Counter(
            "handschlag_suppressed_messages", "Messages that came too late to be shown.", ("sender",), registry=registry
        )
        self.handoffs = Counter(
            "handschlag_handoffs", "Conversations put into the queue.", ("reason",), registry=registry
        )
        self.turns = Counter("handschlag_bot_turns", "Bot turns by how they ended.", ("outcome",), registry=registry)
        self.turn_retries = Counter(
            "handschlag_bot_turn_retries", "Failed attempts that are tried again.", ("error",), registry=registry
        )
        self.turn_s = Histogram(
            "handschlag_bot_turn_seconds", "From a customer's message to its answer.", buckets=TURN_S, registry=registry
        )
        self.relay_s = Histogram(
            "handschlag_relay_seconds",
            "From the commit of a message to its writing to an event stream.",
            ("to",),
            buckets=LATENCY_S,
            registry=registry,
        )
        self.whatsapp_updates = Counter(
            "handschlag_whatsapp_updates",
            "What webhooks brought: new, done, duplicate, foreign, unknown; failed where it was given up.",
            ("kind", "outcome"),
            registry=registry,
        )
        self.whatsapp_refused = Counter(
            "handschlag_whatsapp_refused", "Webhooks of which nothing was kept.", ("reason",), registry=registry
        )
        self.whatsapp_errors = Counter(
            "handschlag_whatsapp_errors", "Errors that WhatsApp tells of, by its code.", ("code",), registry=registry
        )
        self.whatsapp_delay_s = Histogram(
            "handschlag_whatsapp_delay_seconds",
            "From the webhook to the log.",
            buckets=(*LATENCY_S, 30.0, 60.0, 300.0),
            registry=registry,
        )
        self.whatsapp_backlog = Gauge(
            "handschlag_whatsapp_backlog", "Updates that are kept and not worked off yet.", registry=registry
        )
        self.whatsapp_backlog_s = Gauge(
            "handschlag_whatsapp_backlog_oldest_seconds", "How long the oldest of them has waited.", registry=registry
        )
        self.attachments = Counter(
            "handschlag_attachments",
            "Files of customers by what became of them.",
            ("kind", "outcome"),
            registry=registry,
        )
        self.requests = Counter(
            "handschlag_http_requests", "HTTP requests by route.", ("method", "route", "status"), registry=registry
        )
        self.streams = Gauge("handschlag_event_streams", "Open event streams.", registry=registry)
        self.waiting = Gauge("handschlag_queue_length", "Conversations that wait for a person.", registry=registry)
        self.oldest_wait_s = Gauge(
            "handschlag_queue_oldest_seconds", "How long the first in the queue has waited.", registry=registry
        )
        self.with_people = Gauge("handschlag_with_people", "Conversations that a person has.", registry=registry)
        self.agents_online = Gauge("handschlag_agents_online", "Agents at the desk.", registry=registry)
        self.turns_open = Gauge(
            "handschlag_bot_turns_open", "Customer messages that have no answer yet.", registry=registry
        )
        self.oldest_turn_s = Gauge(
            "handschlag_bot_turn_oldest_seconds", "How long the oldest of them has waited.", registry=registry
        )
        self.outbox = Gauge(
            "handschlag_outbox", "Messages of other channels by what keeps them.", ("status",), registry=registry
        )
        self.outbox_oldest_s = Gauge(
            "handschlag_outbox_oldest_seconds", "How long the oldest one that may go has waited.", registry=registry
        )
        self.outbox_blocked = Gauge(
            "handschlag_outbox_blocked_accounts", "Numbers from which nothing may be sent now.", registry=registry
        )
        self.outbox_sends = Counter(
            "handschlag_outbox_sends", "Tries to send, by how they ended.", ("outcome", "code"), registry=registry
        )
        self.outbox_statuses = Counter(
            "handschlag_outbox_statuses", "What became of messages afterwards.", ("status", "code"), registry=registry
        )

    def committed(self, journal: Journal) -> None:
        """Count what a transaction has done (handoff_bridge.storage.journal.Audience)."""
        for (sender, channel), count in journal.messages.items():
            self.messages.labels(sender, channel).inc(count)
        for sender, count in journal.suppressed.items():
            self.suppressed.labels(sender).inc(count)
        for (status, code), count in journal.statuses.items():
            self.outbox_statuses.labels(status, code).inc(count)
        for reason, count in journal.handoffs.items():
            self.handoffs.labels(reason).inc(count)
