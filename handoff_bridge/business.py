"""The company's own rules, read from one YAML file and checked before anything starts."""

import re
from datetime import UTC, datetime, time
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_datetime
from holidays import list_supported_countries
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PositiveInt,
    ValidationError,
    model_validator,
)

from handoff_bridge.business_escalation import Escalation
from handoff_bridge.business_moving import Moving
from handoff_bridge.business_whatsapp import WhatsAppRules

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BusinessRulesError(Exception):
    """The business rules cannot be used; says which file and what to change."""


#: How customers are addressed.
Address = Literal["sie", "du"]
#: What the section `du` may say anew.
_IN_DU = ("texts", "whatsapp")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Strict):
    name: str
    assistant_name: str
    phone: str
    email: str


def _span(value: object) -> object:
    """Turn ``"08:00-20:00"`` into its two times; ``24:00`` is midnight at the day's end."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", value.strip())
    if not match:
        raise ValueError(f"'{value}' is not of the form 08:00-20:00")
    start_h, start_min, end_h, end_min = (int(part) for part in match.groups())
    end = time.max if (end_h, end_min) == (24, 0) else time(end_h, end_min)
    span = (time(start_h, start_min), end)
    if span[0] >= span[1]:
        raise ValueError(f"'{value}' ends before it starts")
    return span


Span = Annotated[tuple[time, time], BeforeValidator(_span)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{name}' is not a time zone") from None
    return name


def _known_state(state: str) -> str:
    states = list_supported_countries()["DE"]
    if state not in states:
        raise ValueError(f"'{state}' is not one of {', '.join(states)}")
    return state


class OpeningHours(_Strict):
    timezone: Annotated[str, AfterValidator(_known_zone)]
    state: Annotated[str, AfterValidator(_known_state)]
    weekly: dict[Weekday, list[Span]]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Desk(_Strict):
    conversations_per_agent: PositiveInt
    handling_time_min: PositiveInt


class Timeouts(_Strict):
    agent_gone_after_s: PositiveInt
    nobody_claims_after_min: PositiveInt
    abandoned_after_h: PositiveInt
    customer_gone_after_s: PositiveInt


def _date_pattern(pattern: str) -> str:
    """Raises ValueError where it is not one (https://unicode.org/reports/tr35/tr35-dates.html)."""
    format_datetime(datetime(2026, 1, 1, tzinfo=UTC), pattern, locale="de_DE")
    return pattern


DatePattern = Annotated[str, AfterValidator(_date_pattern)]


class HandoffTexts(_Strict):
    agent_available: str
    queued: str
    queued_unknown_wait: str
    out_of_hours: str
    bot_failure: str


class Texts(_Strict):
    bot_disclosure: str
    handoff_requested: HandoffTexts
    out_of_hours: str
    out_of_hours_without_opening: str
    waiting_after_transfer: str
    waiting_after_drop_out: str
    still_waiting: str
    human_joined: str
    human_left: str
    returned_to_bot: str
    wait_cancelled: str
    closed_by_agent: str
    closed_by_customer: str
    closed_as_abandoned: str
    cue_bot_failure: str
    wait_minutes: str
    wait_one_minute: str
    opening_pattern: DatePattern
    transcript_heading: str
    transcript_date_pattern: DatePattern
    transcript_customer: str
    transcript_bot: str
    transcript_agent: str
    transcript_system: str

    @model_validator(mode="after")
    def _placeholders_are_known(self) -> "Texts":
        for key, allowed in PLACEHOLDERS.items():
            text: object = self
            for part in key.split("."):
                text = getattr(text, part)
            if unknown := _placeholders(key, str(text)) - allowed:
                raise ValueError(f"{key}: unknown placeholder {{{'}, {'.join(sorted(unknown))}}}")
        return self


def _placeholders(key: str, text: str) -> set[str]:
    """The names in braces; what follows a name after ``:`` or ``!`` belongs to it, so it is unknown."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in parts
        if name is not None
    }


#: Which placeholders the code fills in each text; a text without an entry is used as it stands.
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "bot_disclosure": frozenset({"company"}),
    "handoff_requested.agent_available": frozenset({"company"}),
    "handoff_requested.queued": frozenset({"company", "position", "wait"}),
    "handoff_requested.queued_unknown_wait": frozenset({"company", "position"}),
    "handoff_requested.out_of_hours": frozenset({"company"}),
    "handoff_requested.bot_failure": frozenset({"company"}),
    "out_of_hours": frozenset({"company", "opening"}),
    "out_of_hours_without_opening": frozenset({"company"}),
    "waiting_after_transfer": frozenset({"agent"}),
    "waiting_after_drop_out": frozenset({"agent"}),
    "still_waiting": frozenset({"company", "phone"}),
    "closed_as_abandoned": frozenset({"company"}),
    "human_joined": frozenset({"agent"}),
    "human_left": frozenset({"agent"}),
    "returned_to_bot": frozenset({"company"}),
    "wait_cancelled": frozenset({"company"}),
    "closed_by_agent": frozenset({"agent"}),
    "closed_by_customer": frozenset({"company"}),
    "cue_bot_failure": frozenset({"attempts"}),
    "wait_minutes": frozenset({"minutes"}),
    "wait_one_minute": frozenset(),
    "transcript_heading": frozenset({"company", "date"}),
    "transcript_agent": frozenset({"agent"}),
}


class BusinessRules(_Strict):
    company: Company
    address: Address = "sie"
    opening_hours: OpeningHours
    desk: Desk
    timeouts: Timeouts
    texts: Texts
    escalation: Escalation = Escalation()
    whatsapp: WhatsAppRules | None = None

    @property
    def moving(self) -> Moving | None:
        """The words for going from the website to WhatsApp and back; None where nobody is led across."""
        return self.whatsapp.moving if self.whatsapp is not None and self.whatsapp.numbers else None

    @property
    def whatsapp_is_on(self) -> bool:
        return self.whatsapp is not None and bool(self.whatsapp.numbers)


def load_business_rules(path: Path) -> BusinessRules:
    """Read and check the business rules; texts are those of the address that the file names.

    Raises:
        BusinessRulesError: every mistake is named, also one in the section `du` while it is not used.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BusinessRulesError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BusinessRulesError(f"{path} is not valid YAML: {error}") from error
    try:
        informal = raw.pop("du", None) if isinstance(raw, dict) else None
        rules = BusinessRules.model_validate(raw)
        in_du = rules if informal is None else BusinessRules.model_validate(_in_du(raw, informal, path))
        return in_du if rules.address == "du" else rules
    except ValidationError as error:
        mistakes = "; ".join(f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors())
        raise BusinessRulesError(f"{path}: {mistakes}") from error


def _in_du(raw: dict[str, Any], informal: object, path: Path) -> dict[str, Any]:
    """The rules with the texts of the section `du`."""
    if not isinstance(informal, dict):
        raise BusinessRulesError(f"{path}: du: must be a section")
    if unknown := sorted(str(key) for key in informal if key not in _IN_DU):
        raise BusinessRulesError(f"{path}: du.{unknown[0]}: only {' and '.join(_IN_DU)} may stand there")
    return _joined(raw, informal)


def _joined(values: dict[str, Any], anew: dict[str, Any]) -> dict[str, Any]:
    """The values, section by section, with those that are said anew."""
    both = dict(values)
    for key, value in anew.items():
        known = both.get(key)
        both[key] = _joined(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return both
