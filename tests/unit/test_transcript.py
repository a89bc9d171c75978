"""The transcript that a customer takes away."""

from datetime import UTC, datetime

from handoff_bridge.channels.webchat.transcript import transcript_text
from handoff_bridge.conversations.model import Kind, Notice, Sender
from tests.unit.samples import conversation, message, rules


def test_every_message_says_when_and_who() -> None:
    joined = Notice(type="human_joined", actor="agent:1", epoch=2, agent="Kim Weber")
    text = transcript_text(
        conversation(created_at=datetime(2026, 7, 1, 10, 5, tzinfo=UTC)),
        [
            message(Sender.CUSTOMER, "Grüß Gott\nzweite Zeile", 1, datetime(2026, 7, 1, 10, 5, tzinfo=UTC)),
            message(Sender.BOT, "Guten Tag", 2, datetime(2026, 7, 1, 22, 30, tzinfo=UTC)),
            message(Sender.SYSTEM, "Kim ist da", 3, kind=Kind.NOTICE, notice=joined),
            message(Sender.AGENT, "Ich helfe.", 4, datetime(2026, 12, 1, 10, 5, tzinfo=UTC), sender_name="Kim Weber"),
        ],
        rules(),
    )
    assert text.split("\n\n") == [
        "Ihr Gespräch mit Muster Elektronik, begonnen am 1. Juli 2026, 12:05 Uhr",
        "[1. Juli 2026, 12:05 Uhr] Sie:\nGrüß Gott\nzweite Zeile",
        "[2. Juli 2026, 00:30 Uhr] Assistent (Maschine):\nGuten Tag",
        "[21. November 2026, 20:00 Uhr] Hinweis:\nKim ist da",
        "[1. Dezember 2026, 11:05 Uhr] Kim Weber (Mensch):\nIch helfe.\n",
    ]


def test_a_conversation_without_messages_has_a_heading() -> None:
    assert transcript_text(conversation(), [], rules()).startswith("Ihr Gespräch mit Muster Elektronik")


def test_what_somebody_writes_is_never_taken_for_a_template() -> None:
    text = transcript_text(conversation(), [message(Sender.CUSTOMER, "{agent} {0}")], rules())
    assert "{agent} {0}" in text
