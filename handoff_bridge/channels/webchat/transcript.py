"""The conversation as a text that the customer can keep."""

from collections.abc import Sequence

from babel.dates import format_datetime

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.model import Conversation, Message, Sender


def transcript_text(conversation: Conversation, messages: Sequence[Message], rules: BusinessRules) -> str:
    """One paragraph a message: time, who, text. Who wrote is always said."""
    texts = rules.texts
    zone = rules.opening_hours.zone

    def when(message: Message) -> str:
        return format_datetime(message.created_at, texts.transcript_date_pattern, zone, "de_DE")

    names = {
        Sender.CUSTOMER: texts.transcript_customer,
        Sender.BOT: texts.transcript_bot,
        Sender.SYSTEM: texts.transcript_system,
    }

    def who(message: Message) -> str:
        if message.draft.sender is Sender.AGENT:
            return texts.transcript_agent.format(agent=message.draft.sender_name or "")
        return names[message.draft.sender]

    begun = format_datetime(conversation.created_at, texts.transcript_date_pattern, zone, "de_DE")
    heading = texts.transcript_heading.format(company=rules.company.name, date=begun)
    parts = [f"[{when(m)}] {who(m)}:\n{m.draft.text}" for m in messages]
    return "\n\n".join([heading, *parts]) + "\n"
