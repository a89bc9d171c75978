"""What the people of a run were promised, and what they met that nobody may meet."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.support.invariants import Acknowledged


@dataclass(slots=True)
class Ledger:
    acknowledged: dict[str, list[Acknowledged]] = field(default_factory=lambda: defaultdict(list))
    #: Whoever must be able to read a conversation to its end: conversation id → tokens.
    opened: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def operations(self) -> int:
        return self.counts["operations"]

    def keep(self, message: dict[str, object]) -> None:
        """Note a message that was answered with success."""
        ack = Acknowledged(
            str(message["sender"]),
            str(message["client_message_id"]),
            str(message["id"]),
            int(str(message["seq"])),
        )
        self.acknowledged[str(message["conversation_id"])].append(ack)
