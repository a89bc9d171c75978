"""One customer message through Rasa: answered once, kept only when it was answered, and found again by its id.

Rasa's own `MessageProcessor.handle_message` saves the tracker whatever happened. Here the same steps run on a tracker
in memory, and it is saved only when the turn is whole: no custom action failed, something was said, and the bot listens
again. The answer is always read from the tracker's events, so the first answer and a repeated one cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import LockError
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.signals import TAKEN_UP
from components import address
from components.channel_bodies import BotMessage, Reply, Turn
from components.errors import NotReady, TurnFailed
from components.frustration import BOT_BEFORE
from components.human_turns import WITH_PERSON, events_of_return
from components.session_rollover import events_of_rollover, is_due, was_answered_before
from components.turn_failures import RecordingEndpoint, recorded_failures

CHANNEL_NAME = "bridge"

#: How often a message that waits for another one of its conversation looks again.
_LOCK_POLL_S = 0.05

#: What opens a command in Rasa ("/restart"); only the payload of an offered button may be one.
_COMMAND_OPENING = re.compile(r"^[\s/]+")
#: Stands for a message of nothing but slashes.
_NOTHING_LEFT = "?"


async def answer(agent: Agent, turn: Turn) -> Reply:
    """Handles a message, or returns the stored answer when the same message was handled before.

    Messages of one conversation are handled one after the other.

    Raises:
        NotReady: no model is loaded, or the conversation stayed locked.
        TurnFailed: no usable answer; the tracker is as it was.
    """
    processor = agent.processor
    if processor is None or not agent.is_ready():
        raise NotReady("No model is loaded.")
    RecordingEndpoint.install(processor)
    try:
        async with agent.lock_store.lock(turn.conversation_id, wait_time_in_seconds=_LOCK_POLL_S):
            with recorded_failures() as failures:
                return await _answer_locked(processor, turn, failures)
    except LockError as error:
        raise NotReady("Another message of this conversation takes too long.") from error


async def _answer_locked(processor: MessageProcessor, turn: Turn, failures: list[str]) -> Reply:
    output = address.output()
    metadata = {"channel": turn.channel, "locale": turn.locale, "is_payload": turn.is_payload}
    tracker = await processor.fetch_tracker_and_update_session(turn.conversation_id, output, metadata)
    _raise_if_failed(failures)

    stored = await _reply_of_before(processor, tracker, turn)
    if stored is not None:
        return stored

    if is_due(tracker):
        tracker.update_with_events(events_of_rollover(tracker), processor.domain)
    if turn.returned is not None:
        tracker.update_with_events(events_of_return(turn.returned, tracker), processor.domain)
    tracker.update(await _understand(processor, tracker, turn, metadata), processor.domain)
    tracker = await processor.run_action_extract_slots(output, tracker)
    # The only private method used: the public one around it saves the tracker unconditionally.
    await processor._run_prediction_loop(output, tracker)
    _raise_if_failed(failures)
    if tracker.latest_action_name != ACTION_LISTEN_NAME:
        raise TurnFailed("The assistant did not come to an end of its turn.")

    reply = _stored_reply(tracker.events, turn.message_id)
    if reply is None or not reply["messages"]:
        raise TurnFailed("The assistant had nothing to say.")
    await processor.save_tracker(tracker)
    _raise_if_failed(failures)
    return reply


async def _reply_of_before(processor: MessageProcessor, tracker: DialogueStateTracker, turn: Turn) -> Reply | None:
    """The stored answer when the message was handled before, in this session or at the end of the one before."""
    stored = _stored_reply(tracker.events, turn.message_id)
    if stored is None and was_answered_before(tracker.events, turn.message_id):
        whole = await processor.tracker_store.retrieve_full_tracker(turn.conversation_id)
        stored = _stored_reply(whole.events, turn.message_id) if whole is not None else None
    return stored


def _raise_if_failed(failures: list[str]) -> None:
    if failures:
        raise TurnFailed("The assistant could not finish its turn.", cause=failures[0])


async def _understand(
    processor: MessageProcessor, tracker: DialogueStateTracker, turn: Turn, metadata: dict[str, Any]
) -> UserUttered:
    hidden = 0 if turn.is_payload else _length_of_command_opening(turn.text)
    message = UserMessage(
        turn.text[hidden:] or _NOTHING_LEFT,
        sender_id=turn.conversation_id,
        message_id=turn.message_id,
        metadata={BOT_BEFORE: _said_before(tracker.events)},
    )
    parsed = await processor.parse_message(message, tracker)
    parsed["text"] = turn.text
    for entity in parsed["entities"]:
        if "start" in entity:
            entity["start"] += hidden
            entity["end"] += hidden
    return UserUttered(
        turn.text,
        parsed["intent"],
        parsed["entities"],
        parsed,
        input_channel=CHANNEL_NAME,
        message_id=turn.message_id,
        metadata=metadata,
    )


def _said_before(events: Iterable[Event]) -> str:
    """What bot or agent said since the customer's last message, in one text."""
    said: list[str] = []
    for event in reversed(list(events)):
        if isinstance(event, UserUttered) and not event.metadata.get(TAKEN_UP):
            break
        if isinstance(event, BotUttered) and event.text:
            said.insert(0, event.text)
    return " ".join(said)


def _length_of_command_opening(text: str) -> int:
    opening = _COMMAND_OPENING.match(text)
    return opening.end() if opening else 0


def _stored_reply(events: Iterable[Event], message_id: str) -> Reply | None:
    """What the bot answered to a message according to the tracker; None when it does not know the message."""
    asked: UserUttered | None = None
    messages: list[BotMessage] = []
    for event in events:
        if isinstance(event, (UserUttered, BotUttered)) and event.metadata.get(WITH_PERSON):
            continue
        if isinstance(event, UserUttered):
            if event.metadata.get(TAKEN_UP):
                # A request of an earlier message, answered in this turn: no message of its own.
                continue
            if asked is not None:
                break
            if event.message_id == message_id:
                asked = event
        elif asked is not None and isinstance(event, BotUttered):
            messages.append(_bot_message(event))
    if asked is None:
        return None
    parsed = asked.parse_data
    return {
        "messages": messages,
        "nlu": {
            "text": asked.text or "",
            "intent": {"name": asked.intent_name, "confidence": asked.intent.get("confidence", 0.0)},
            "intent_ranking": list(parsed.get("intent_ranking", [])),
            "entities": list(parsed.get("entities", [])),
            "several_intents": list(parsed.get("several_intents", [])),
        },
    }


def _bot_message(event: BotUttered) -> BotMessage:
    message: BotMessage = {}
    if event.text:
        message["text"] = event.text
    buttons = event.data.get("buttons")
    if buttons:
        message["buttons"] = [{"title": button["title"], "payload": button["payload"]} for button in buttons]
    if event.data.get("image"):
        message["image"] = event.data["image"]
    if event.data.get("custom"):
        message["custom"] = event.data["custom"]
    return message
