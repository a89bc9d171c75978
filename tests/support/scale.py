"""How much is tried: a short form for every run of the tests, the full one for ``make chaos``.

HANDSCHLAG_CHAOS=full chooses the full form, HANDSCHLAG_CHAOS_SEED plays a run again that was printed.
"""

import os
import random
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    full: bool
    seed: int

    @classmethod
    def chosen(cls) -> "Scale":
        full = os.environ.get("HANDSCHLAG_CHAOS") == "full"
        return cls(full, int(os.environ.get("HANDSCHLAG_CHAOS_SEED") or secrets.randbelow(10**6)))

    def random(self, name: str) -> random.Random:
        """A source of chance for one part of a run: adding a part changes no other."""
        return random.Random(f"{self.seed}/{name}")
