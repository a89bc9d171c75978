"""The German words of `texts.yml` and `remedies.yml`, and dates and lists made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent
#: In the order of `date.weekday()`.
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@cache
def texts() -> dict[str, Any]:
    """`texts.yml`, read once."""
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / "texts.yml").read_text(encoding="utf-8"))
    return loaded


@cache
def remedy_words() -> dict[str, list[str]]:
    """`remedies.yml`, read once: the remedy and the beginnings of words that mean it."""
    loaded: dict[str, list[str]] = yaml.safe_load((_FOLDER / "remedies.yml").read_text(encoding="utf-8"))
    return loaded


def spoken_date(day: date | None) -> str:
    """ "Dienstag, 24. November"; that it is not known when there is none."""
    if day is None:
        return str(texts()["unknown"])
    weekday = texts()["weekdays"][WEEKDAYS[day.weekday()]]
    return str(texts()["date"].format(weekday=weekday, day=day.day, month=texts()["months"][day.month - 1]))


def spoken_day_of_year(day: date | None) -> str:
    """ "24. November 2026", for days that are not near; that it is not known when there is none."""
    if day is None:
        return str(texts()["unknown"])
    return str(texts()["date_with_year"].format(day=day.day, month=texts()["months"][day.month - 1], year=day.year))


def spoken_list(parts: Iterable[str]) -> str:
    """ "A, B und C"."""
    *most, last = list(parts) or [texts()["unknown"]]
    return f"{', '.join(most)}{texts()['items_and']}{last}" if most else str(last)
