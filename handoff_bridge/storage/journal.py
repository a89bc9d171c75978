"""What a transaction has done, to be counted once it is committed."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from handoff_bridge.conversations.model import Conversation, Draft


@dataclass(slots=True)
class Journal:
    """Counts by what Prometheus tells apart."""

    #: By (sender, channel).
    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    #: By sender.
    suppressed: Counter[str] = field(default_factory=Counter)
    #: By reason.
    handoffs: Counter[str] = field(default_factory=Counter)
    #: What a channel has told about messages, by (status, code).
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)

    def logged(self, conversation: Conversation, draft: Draft) -> None:
        self.messages[draft.sender.value, conversation.channel.value] += 1


class Audience(Protocol):
    """Is told of every committed transaction."""

    def committed(self, journal: Journal) -> None: ...
