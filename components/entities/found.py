"""What a recogniser finds, and which of two findings that overlap is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """One finding; `start` and `end` count characters of the text that was searched.

    `value` is the normal form. `certainty` decides between findings that overlap: the higher one stays. An `entity`
    of None only keeps its characters from being taken for something else.
    """

    start: int
    end: int
    entity: str | None
    value: str
    certainty: int
    #: For dates that depend on the day of writing: the day meant, as YYYY-MM-DD.
    resolved: str | None = None


#: A checksum, an @ or a form that nothing else has.
CHECKED = 50
#: A word beside it says what it is ("Zählernummer …", "… kWh").
NAMED = 40
#: The form is usual for this and hardly for anything else.
TYPICAL = 30
#: Taken for this if nothing else lays claim to it.
LIKELY = 20
POSSIBLE = 10


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """The findings that stay, in the order of the text: the surer one, then the longer one, then the first."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (-each.certainty, each.start - each.end, each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted((one for one in kept if one.entity is not None), key=lambda each: each.start)
