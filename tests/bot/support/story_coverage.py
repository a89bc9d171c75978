"""What no story tells: computed from the rules, intents and requests that a set of sectors really loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from rasa.shared.core.constants import ACTION_LISTEN_NAME, DEFAULT_INTENTS, RULE_SNIPPET_ACTION_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, UserUttered
from rasa.shared.core.training_data.structures import RuleStep

from actions.tasks.form import FORM
from actions.tasks.task import Task, tasks
from components.sector_importer import SectorImporter
from tests.bot.support.stories import Story, Turn

_PERSON_ACTIONS = ("action_handoff", "action_handoff_complex")


@dataclass
class Rule:
    """`intent`: None where the rule goes on without a message. `loop`: the form it holds in, None for anywhere."""

    name: str
    loop: str | None = None
    intent: str | None = None
    actions: list[str] = field(default_factory=list)
    ends_loop: bool = False

    def is_followed_in(self, turn: Turn) -> bool:
        """Whether a turn takes this way."""
        return (
            self.intent in (None, turn.intent)
            and self.loop in (None, turn.loop_before)
            and turn.actions[: len(self.actions)] == self.actions
            and not (self.ends_loop and turn.loop)
        )


def untold(root: Path, sectors: Sequence[str], stories: Sequence[Story]) -> list[str]:
    """One line for each thing of general and the sectors that no story shows."""
    importer = SectorImporter("config.yml", "domain.yml", ["data"], list(sectors))
    domain = importer.get_domain()
    turns = [turn for story in stories for turn in story.turns]
    rules = list(_rules(importer))
    missing = [f"rule {rule.name} ({rule.intent})" for rule in rules if not any(map(rule.is_followed_in, turns))]
    intents = set(domain.intents) - set(DEFAULT_INTENTS)
    missing += [f"intent {name}" for name in sorted(intents - {turn.intent for turn in turns if turn.actions})]
    on = {name: task for name, task in tasks().items() if name in intents}
    for name in sorted(_for_a_person(rules, on)):
        if not any(story.handoff and story.turns[-1].intent == name for story in stories):
            missing.append(f"{name}: a person")
    own = set().union(*(_responses(root / f"data/{sector}/domain.yml") for sector in sectors))
    requests = [request for story in stories for request in _requests(story)]
    for name in sorted(name for name, task in on.items() if task.fields):
        of_it = [request for request in requests if request.name == name]
        missing += [f"{name}: {kind}" for kind, holds in _kinds(own).items() if not any(map(holds, of_it))]
    return missing


@dataclass
class Request:
    """The turns of a story that are about one request, and whether it ended with a person."""

    name: str
    turns: list[Turn]
    handed_over: bool


def _requests(story: Story) -> Iterator[Request]:
    """Inside a form another request is another one only where the story sets the slot `request`: an answer ("Reparatur
    bitte") may sound like a request.
    """
    found: list[Request] = []
    for turn in story.turns:
        name = turn.slots.get("request") or (turn.intent if turn.loop_before is None else None)
        if name in tasks() and FORM in turn.actions:
            found.append(Request(str(name), [], False))
        if found and (turn.loop_before == FORM or turn.loop == FORM or FORM in turn.actions):
            found[-1].turns.append(turn)
    if found and story.handoff and found[-1].turns[-1:] == story.turns[-1:]:
        found[-1].handed_over = True
    yield from found


def _kinds(own: set[str]) -> dict[str, Callable[[Request], bool]]:
    """What every request that asks for something must be seen doing. `own`: the responses of its sector."""

    def is_done(request: Request) -> bool:
        last = request.turns[-1]
        told = own.intersection(last.says or ())
        return last.actions == [FORM] and last.loop is None and bool(told or request.handed_over)

    def is_put_right(request: Request) -> bool:
        asked: list[object] = []
        for turn in request.turns:
            slot = turn.slots.get("requested_slot")
            looked = any(said == "utter_no_hurry" or said.startswith("utter_why_") for said in turn.says or ())
            if asked and turn.actions == [FORM] and slot in asked and not looked:
                return True
            asked += [slot] if slot else []
        return False

    def happens(*actions: str) -> Callable[[Request], bool]:
        return lambda request: any(
            turn.loop_before == FORM and turn.actions[: len(actions)] == list(actions) for turn in request.turns
        )

    def is_interrupted(request: Request) -> bool:
        return any(
            turn.loop_before == FORM and len(turn.actions) > 1 and turn.actions[-1] == FORM for turn in request.turns
        )

    return {
        "done": is_done,
        "an answer put right": is_put_right,
        "something else in between": is_interrupted,
        "dropped": happens("action_stop"),
        "a person instead": happens("action_handoff"),
    }


def _for_a_person(rules: Sequence[Rule], on: dict[str, Task]) -> set[str]:
    """Intents that belong to a person: a rule hands over, or a request that asks nothing and is no question."""
    by_rule = {rule.intent for rule in rules if rule.intent and rule.actions[:1] and rule.actions[0] in _PERSON_ACTIONS}
    return by_rule | {name for name, task in on.items() if not task.fields and not task.is_question}


def _rules(importer: SectorImporter) -> Iterator[Rule]:
    for step in importer.get_stories().story_steps:
        if not isinstance(step, RuleStep):
            continue
        rule = Rule(str(step.block_name))
        for event in step.events:
            if isinstance(event, UserUttered):
                rule.intent = event.intent_name
            elif isinstance(event, ActiveLoop):
                if not rule.actions and rule.intent is None:
                    rule.loop = event.name
                rule.ends_loop = event.name is None
            elif isinstance(event, ActionExecuted) and event.action_name not in (
                ACTION_LISTEN_NAME,
                RULE_SNIPPET_ACTION_NAME,
            ):
                rule.actions.append(str(event.action_name))
        yield rule


def _responses(path: Path) -> set[str]:
    return set(yaml.safe_load(path.read_text(encoding="utf-8"))["responses"])
