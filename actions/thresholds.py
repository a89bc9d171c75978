"""When the assistant steps back: the section `escalation` of business.yml, which the bridge checks at its start too."""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions import settings
from actions.errors import BusinessFileUnusable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Thresholds:
    """Numbers of messages, confidences and scores between 0 and 1, and weights. docs/escalation.md tells each one."""

    misunderstandings: int = 3
    not_content: int = 2
    same_question: int = 3
    open_requests: int = 4
    suggest_from: float = 0.1
    frustrated_from: float = 0.7
    offer_person: float = 0.85
    hand_over: float = 1.5
    weight_message_before: float = 0.6
    weight_two_before: float = 0.3
    weight_misunderstood: float = 0.3
    weight_asked_again: float = 0.5
    weight_not_content: float = 0.4
    weight_outburst: float = 0.6


def read_thresholds(path: Path) -> Thresholds:
    """The section as it stands; what is left out keeps its default, as does a file without the section.

    Raises:
        BusinessFileUnusable: the file cannot be read, or a number is none or has no sense.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BusinessFileUnusable(f"{path.name} cannot be read ({type(error).__name__}).") from error
    section = loaded.get("escalation", {}) if isinstance(loaded, dict) else {}
    if not isinstance(section, dict):
        raise BusinessFileUnusable("escalation is no section.")
    kinds = {field.name: type(field.default) for field in fields(Thresholds)}
    for name, value in section.items():
        if name not in kinds:
            raise BusinessFileUnusable(f"escalation.{name} is not known.")
        _check(name, value, kinds[name])
    thresholds = Thresholds(**section)
    if thresholds.offer_person > thresholds.hand_over:
        raise BusinessFileUnusable("escalation.offer_person is higher than hand_over.")
    return thresholds


def _check(name: str, value: Any, kind: type) -> None:
    whole = kind is int
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        raise BusinessFileUnusable(f"escalation.{name} must be a {'whole ' if whole else ''}number.")
    least, most = (1, 20) if whole else (0.0, 10.0 if name in ("offer_person", "hand_over") else 1.0)
    if not least <= value <= most:
        raise BusinessFileUnusable(f"escalation.{name} must lie between {least} and {most}.")


def thresholds() -> Thresholds:
    """Those of the business file; the defaults where it cannot be used, for a customer must not wait for its repair."""
    path = settings.business_file()
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError:
        changed_at = 0
    return _cached(path, changed_at)


@lru_cache(maxsize=4)
def _cached(path: Path, changed_at: int) -> Thresholds:
    try:
        return read_thresholds(path)
    except BusinessFileUnusable as error:
        logger.error("The thresholds of the business file are not used: %s", error)
        return Thresholds()
