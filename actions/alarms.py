"""Danger and words of the law in a message, whatever its intent: `alarms.yml`, clause by clause."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_suffix(".yml")

_CLAUSES = re.compile(r"[.!?;:\n()–—]+|,\s+|\b(?:aber|sondern|denn|weil|obwohl)\b")


@dataclass(frozen=True)
class Emergency:
    """`kind`: gas, fire, injury or crime. `response` says the emergency number first. `found`: what stood there."""

    kind: str
    response: str
    found: str


@dataclass(frozen=True)
class _Kind:
    name: str
    response: str
    patterns: tuple[re.Pattern[str], ...]
    needs: re.Pattern[str] | None
    vetoes: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class _Alarms:
    kinds: tuple[_Kind, ...]
    legal: tuple[re.Pattern[str], ...]
    legal_vetoes: tuple[re.Pattern[str], ...]
    handled: frozenset[str]
    legal_handled: frozenset[str]


def emergency_in(text: str, intent: str | None) -> Emergency | None:
    """Somebody or something is in danger now; None where the intent's own script says so."""
    known = _alarms()
    if intent in known.handled:
        return None
    clauses = _clauses(text)
    for kind in known.kinds:
        for clause in clauses:
            found = _first(kind.patterns, clause)
            if found and not _first(kind.vetoes, clause) and (kind.needs is None or kind.needs.search(clause)):
                return Emergency(kind.name, kind.response, found)
    return None


def legal_words_in(text: str, intent: str | None) -> str | None:
    """A threat with lawyer, court, authority or press, as it stands there; None where the intent says so already."""
    known = _alarms()
    if intent in known.legal_handled:
        return None
    for clause in _clauses(text):
        found = _first(known.legal, clause)
        if found and not _first(known.legal_vetoes, clause):
            return found
    return None


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSES.split(text.lower()) if clause.strip()]


def _first(patterns: tuple[re.Pattern[str], ...], clause: str) -> str | None:
    return next((found[0].strip() for pattern in patterns if (found := pattern.search(clause))), None)


@cache
def _alarms() -> _Alarms:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    vetoes = loaded["vetoes"]
    kinds = tuple(
        _Kind(
            name,
            kind["response"],
            _compiled(kind["patterns"]),
            re.compile(kind["needs"]) if "needs" in kind else None,
            _compiled([*vetoes, *kind.get("vetoes", [])]),
        )
        for name, kind in loaded["emergencies"].items()
    )
    legal = loaded["legal"]
    return _Alarms(
        kinds,
        _compiled(legal["patterns"]),
        _compiled(legal["vetoes"]),
        frozenset(loaded["handled"]),
        frozenset(legal["handled"]),
    )


def _compiled(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
