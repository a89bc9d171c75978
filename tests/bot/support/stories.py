"""The conversations of a `test_*.yml`, tried in two ways.

Rasa's own test predicts every step and executes none (`mispredicted`). Then the story is a conversation: its messages
are sent to the assistant with the real actions behind it, and what it did and said is compared with what is written
(`deviations`).

A story's `metadata` holds `says`, the responses to each message (one name, or several in the order they are said), and
`handoff`, the reason with which its last message hands over; without it nobody may be called.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rasa.core.test
import yaml
from rasa.core.agent import Agent
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.nlu.training_data import entities_parser

from actions.tasks.task import tasks
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

#: Whether a person is offered beside an answer depends on the mood, which escalations.yml is about.
_BESIDE = ("action_offer_beside", "utter_person_beside", "utter_person_beside_again")


@dataclass
class Turn:
    """A message and what followed. `loop_before` and `loop`: the active form before and after it. `slots`: those that
    are named, as they are after it. `says`: names of responses; None where a story does not tell them.
    """

    message: str
    intent: str
    loop_before: str | None = None
    loop: str | None = None
    actions: list[str] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    says: list[str] | None = None


@dataclass(frozen=True)
class Story:
    """`handoff`: the reason a person is called for with the last message; None where nobody is."""

    name: str
    turns: list[Turn]
    handoff: str | None = None

    def __str__(self) -> str:
        return self.name


def stories(folder: Path) -> list[Story]:
    """Those of all files `test_*.yml` right in a folder."""
    return [story for path in sorted(folder.glob("test_*.yml")) for story in _read(path)]


def _read(path: Path) -> Iterator[Story]:
    for written in yaml.safe_load(path.read_text(encoding="utf-8"))["stories"]:
        about = written.get("metadata") or {}
        turns = _turns(written["steps"])
        says = about.get("says")
        if says is not None:
            for turn, names in zip(turns, says, strict=True):
                turn.says = [names] if isinstance(names, str) else list(names)
        yield Story(written["story"], turns, about.get("handoff"))


def _turns(steps: list[dict[str, Any]]) -> list[Turn]:
    turns: list[Turn] = []
    for step in steps:
        if "user" in step:
            loop = turns[-1].loop if turns else None
            text = entities_parser.replace_entities(step["user"])
            turns.append(Turn(text, step["intent"], loop_before=loop, loop=loop))
        elif "action" in step:
            turns[-1].actions.append(step["action"])
        elif "active_loop" in step:
            turns[-1].loop = step["active_loop"]
        else:
            for slot in step["slot_was_set"]:
                turns[-1].slots.update(slot)
    return turns


async def mispredicted(agent: Agent, file: Path, folder: Path) -> str:
    """The stories of a file that Rasa's own test finds wrong, as it writes them down; empty where there is none."""
    await rasa.core.test.test(str(file), agent, out_directory=str(folder), e2e=True, disable_plotting=True)
    counts = json.loads((folder / "story_report.json").read_text(encoding="utf-8"))["conversation_accuracy"]
    if counts["correct"] == counts["total"]:
        return ""
    return (folder / "failed_test_stories.yml").read_text(encoding="utf-8")


async def deviations(talk: Talk, bridge: FakeBridge, story: Story) -> list[str]:
    """Plays a story and tells, message by message, what came otherwise than written."""
    found: list[str] = []
    for turn in story.turns:
        if bridge.requests:
            found.append(f"{turn.message}: a person was called before")
        done = await _play(talk, turn)
        found += [f"{turn.message}: {one}" for one in _differences(turn, done)]
    reasons = [request["reason"] for request in bridge.requests]
    if reasons != ([story.handoff] if story.handoff else []):
        found.append(f"handoff: {story.handoff!r} is written, {reasons!r} came")
    return found


async def _play(talk: Talk, turn: Turn) -> Turn:
    """Sends the message (a tap when it is a payload) and returns what really followed, with every slot."""
    before = await talk.agent.tracker_store.retrieve_full_tracker(talk.conversation_id)
    started = len(before.events) if before else 0
    await (talk.tap(turn.message) if turn.message.startswith("/") else talk.say(turn.message))
    after = await talk.tracker()
    done = Turn(turn.message, "", loop=after.active_loop_name, slots=after.current_slot_values(), says=[])
    for event in list(after.events)[started:]:
        if isinstance(event, UserUttered):
            done.intent = str(event.intent_name)
        elif isinstance(event, ActionExecuted):
            done.actions.append(str(event.action_name))
        elif isinstance(event, BotUttered) and done.says is not None:
            done.says.append(str(event.metadata.get("utter_action")))
    return done


def _differences(wanted: Turn, done: Turn) -> list[str]:
    passive = (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, *_BESIDE)
    pairs: dict[str, tuple[Any, Any]] = {
        "intent": (wanted.intent, done.intent),
        "actions": (wanted.actions, [name for name in done.actions if name not in passive]),
        "active_loop": (wanted.loop, done.loop),
        "says": (wanted.says, [name for name in done.says or () if name not in _BESIDE]),
        **{name: (value, done.slots.get(name)) for name, value in wanted.slots.items()},
    }
    if wanted.actions == ["action_stop"]:
        told = {field.slot for task in tasks().values() for field in task.fields}
        pairs["kept"] = ([], sorted(slot for slot in told if done.slots.get(slot)))
    return [f"{name}: {asked!r} is written, {was!r} came" for name, (asked, was) in pairs.items() if asked != was]
