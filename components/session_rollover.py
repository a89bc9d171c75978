"""Starts a new session of Rasa's at a quiet moment of a long conversation, so that each turn restores only what counts.

The slots are taken along, and everything that was said stays in the store: the handoff's transcript has it from the
bridge's own log. Without this, every turn costs a little more than the one before.
"""

from __future__ import annotations

from collections.abc import Iterable

from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    DEFAULT_SLOT_NAMES,
    REQUESTED_SLOT,
)
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

#: Customer messages of a session before a quiet moment is looked for.
ROLL_AFTER = 25
#: So many of the last customer messages must have been easy ones: doubts and moods are counted over them.
LOOK_BACK = 5
#: Messages after which the conversation is not quiet: what follows is weighed against them.
UNEASY = frozenset({"nlu_fallback", "out_of_scope", "negative_feedback", "insult", "complaint", "legal_threat"})
#: From this score of frustration on, a message is no easy one.
TENSE = 0.4
#: In the metadata of a session's beginning: ids of the last messages before it, should one of them come again.
ANSWERED_BEFORE = "answered_before"


def is_due(tracker: DialogueStateTracker) -> bool:
    """Whether the session is long and nothing is open: no form, no question with buttons, no doubt, no anger."""
    said = _said(tracker.events)
    if len(said) < ROLL_AFTER or tracker.active_loop_name or tracker.get_slot(REQUESTED_SLOT):
        return False
    if any(
        isinstance(event, BotUttered) and event.data.get("buttons") for event in _since_last_message(tracker.events)
    ):
        return False
    return not any(_is_uneasy(message) for message in said[-LOOK_BACK:])


def events_of_rollover(tracker: DialogueStateTracker) -> list[Event]:
    """What begins the new session: its start, the slots that hold something, and that the bot listens."""
    ids = [message.message_id for message in _said(tracker.events)[-LOOK_BACK:] if message.message_id]
    kept = [
        SlotSet(name, slot.value)
        for name, slot in tracker.slots.items()
        if slot.value is not None and name not in DEFAULT_SLOT_NAMES
    ]
    return [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(metadata={ANSWERED_BEFORE: ids}),
        *kept,
        ActionExecuted(ACTION_LISTEN_NAME),
    ]


def was_answered_before(events: Iterable[Event], message_id: str) -> bool:
    """Whether this is one of the last messages of the session before."""
    return any(
        isinstance(event, SessionStarted) and message_id in event.metadata.get(ANSWERED_BEFORE, ()) for event in events
    )


def _said(events: Iterable[Event]) -> list[UserUttered]:
    return [event for event in events if isinstance(event, UserUttered)]


def _since_last_message(events: Iterable[Event]) -> list[Event]:
    since: list[Event] = []
    for event in reversed(list(events)):
        if isinstance(event, UserUttered):
            break
        since.append(event)
    return since


def _is_uneasy(message: UserUttered) -> bool:
    frustration = (message.parse_data or {}).get("frustration") or {}
    score = frustration.get("score", 0.0) if isinstance(frustration, dict) else 0.0
    return message.intent_name in UNEASY or score >= TENSE
