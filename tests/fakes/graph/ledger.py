"""What was accepted, what was refused, and every breach of the contract."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    wamid: str
    user_id: str
    callback: str | None
    body: Json
    at: float


@dataclass(slots=True)
class Ledger:
    accepted: list[Accepted] = field(default_factory=list)
    #: By code of the error that was answered.
    refused: Counter[int] = field(default_factory=Counter)
    #: What the caller must never do, in words.
    breaches: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    _callbacks: set[tuple[str, str]] = field(default_factory=set)

    def accept(self, entry: Accepted) -> None:
        if entry.callback is not None:
            if (entry.user_id, entry.callback) in self._callbacks:
                self.breaches.append(f"duplicate: {entry.callback} to {entry.user_id}")
            self._callbacks.add((entry.user_id, entry.callback))
        self.accepted.append(entry)

    def refuse(self, code: int, breach: str | None, details: str) -> None:
        self.refused[code] += 1
        if breach is not None:
            self.breaches.append(f"{breach}: {details}")

    def to_wire(self) -> Json:
        return {
            "accepted": len(self.accepted),
            "refused": {str(code): count for code, count in self.refused.items()},
            "breaches": self.breaches,
            "calls": dict(self.calls),
        }
