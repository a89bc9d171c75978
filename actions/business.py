"""What the company says about itself in business.yml: contact and opening hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from actions import settings
from actions.errors import BusinessFileUnusable
from actions.texts import WEEKDAYS, texts


@dataclass(frozen=True)
class Company:
    """How the company is reached."""

    name: str
    phone: str
    email: str


def company() -> Company:
    """The company's section.

    Raises:
        BusinessFileUnusable: the file or a field is missing.
    """
    section = _section("company")
    try:
        return Company(*(str(section[field]) for field in ("name", "phone", "email")))
    except KeyError as error:
        raise BusinessFileUnusable(f"company has no {error.args[0]}.") from error


def spoken_opening_hours() -> str:
    """The week in German, one line for each run of days with the same hours: "Montag bis Freitag: 8 bis 20 Uhr".

    Raises:
        BusinessFileUnusable: the file or the week is missing.
    """
    weekly = _section("opening_hours").get("weekly")
    if not isinstance(weekly, dict):
        raise BusinessFileUnusable("opening_hours has no weekly.")
    runs: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        hours = _spoken_hours(weekly.get(day) or [])
        if runs and runs[-1][1] == hours:
            runs[-1][0].append(day)
        else:
            runs.append(([day], hours))
    line = texts()["opening_hours"]["line"]
    return "\n".join(line.format(days=_spoken_days(days), hours=hours) for days, hours in runs)


def _section(name: str) -> dict[str, Any]:
    path = settings.business_file()
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BusinessFileUnusable(f"{path.name} cannot be read ({type(error).__name__}).") from error
    section = loaded.get(name) if isinstance(loaded, dict) else None
    if not isinstance(section, dict):
        raise BusinessFileUnusable(f"{path.name} has no section {name}.")
    return section


def _spoken_days(days: list[str]) -> str:
    first, last = (texts()["weekdays"][day] for day in (days[0], days[-1]))
    if len(days) == 1:
        return str(first)
    return str(texts()["opening_hours"]["two_days" if len(days) == 2 else "days"].format(first=first, last=last))


def _spoken_hours(spans: list[str]) -> str:
    words = texts()["opening_hours"]
    if not spans:
        return str(words["closed"])
    spoken = []
    for span in spans:
        opens, found, closes = str(span).partition("-")
        if not found:
            raise BusinessFileUnusable(f"{span} is not a span of time.")
        spoken.append(words["hours"].format(opens=_spoken_time(opens), closes=_spoken_time(closes)))
    return str(words["and"].join(spoken))


def _spoken_time(time: str) -> str:
    hour, _, minute = time.strip().partition(":")
    return f"{int(hour)}:{minute}" if minute.strip("0") else str(int(hour))
