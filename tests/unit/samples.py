"""Ready-made parts of the model for tests that need no database."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from handoff_bridge.business import BusinessRules, OpeningHours, load_business_rules
from handoff_bridge.conversations.model import Agent, Channel, Conversation, Draft, Message, Sender, State

ROOT = Path(__file__).parents[2]
BUSINESS_FILE = ROOT / "business.yml"
#: A Saturday, 20 o'clock in Germany.
NOW = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
KIM = Agent("agent-kim", "kim@example.com", "Kim Weber")
ALI = Agent("agent-ali", "ali@example.com", "Ali Kaya")


def rules() -> BusinessRules:
    return load_business_rules(BUSINESS_FILE)


def raw_rules() -> dict[str, Any]:
    """The business rules as they stand in the file, to be spoilt by a test."""
    raw: dict[str, Any] = yaml.safe_load(BUSINESS_FILE.read_text(encoding="utf-8"))
    return raw


def hours(weekly: dict[str, list[str]], state: str = "NW") -> OpeningHours:
    """Opening hours in Germany; a day that is not named is closed."""
    return OpeningHours.model_validate({"timezone": "Europe/Berlin", "state": state, "weekly": weekly})


def conversation(state: State = State.BOT, **changes: Any) -> Conversation:
    """A conversation of five messages in its third epoch; with a person it belongs to Kim."""
    made = Conversation(
        id="7f3a0000-0000-4000-8000-000000000000",
        channel=Channel.WEBCHAT,
        state=state,
        epoch=3,
        last_seq=5,
        created_at=NOW,
    )
    if state in (State.WAITING, State.HUMAN):
        made = replace(made, handoff_id="handoff-1", handed_over_seq=4)
    if state is State.WAITING:
        made = replace(made, waiting_since=NOW)
    if state is State.HUMAN:
        made = replace(made, agent_id=KIM.id, agent_name=KIM.name)
    if state is State.CLOSED:
        made = replace(made, closed_at=NOW)
    return replace(made, **changes)


def message(sender: Sender, text: str, seq: int = 1, at: datetime = NOW, **draft: Any) -> Message:
    return Message(f"message-{seq}", "conversation-1", seq, 1, at, Draft(sender, text, **draft))
