"""The rules, with two looks at the customer's mood around them: before the first step of a turn, and before its end.

Before any rule or form: is a person needed now (`actions.step_back`)? Before the bot listens again: does another
request of the message wait (`actions.open_requests`), or should a person be offered beside the answer? What is decided
is done by custom actions; here only the next action is chosen, within the process, so a calm turn costs no further
call.
"""

from __future__ import annotations

import warnings
from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from actions.open_requests import open_requests
from actions.signals import current_stretch, marks_of, said_in_this_turn
from actions.step_back import offers_beside, weigh
from actions.suggestions import has_title
from actions.thresholds import thresholds
from actions.transcript import Event

# Rasa looks for its own class by identity and would warn that there are no rules.
warnings.filterwarnings("ignore", message="'RulePolicy' is not included")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SteppingBackRulePolicy(RulePolicy):
    """Rasa's rules, stepping back where a person is needed. Configured as `RulePolicy` is."""

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The next action; see `RulePolicy`."""
        events = _events(tracker)
        if tracker.latest_action_name == ACTION_LISTEN_NAME and weigh(events, thresholds()) is not None:
            return self._certain("action_step_back", tracker, domain)
        prediction = super().predict_action_probabilities(tracker, domain, rule_only_data, **kwargs)
        if _ends_turn(prediction, domain) and (closing := _closing(tracker, events)):
            return self._certain(closing, tracker, domain)
        return prediction

    def _certain(self, action: str, tracker: DialogueStateTracker, domain: Domain) -> PolicyPrediction:
        return self._prediction(self._prediction_result(action, tracker, domain))


def _events(tracker: DialogueStateTracker) -> list[Event]:
    """What signals are read from, in the form in which the action server gets it."""
    return [event.as_dict() for event in tracker.events if isinstance(event, (UserUttered, BotUttered, SlotSet))]


def _ends_turn(prediction: PolicyPrediction, domain: Domain) -> bool:
    return prediction.probabilities[domain.index_for_action(ACTION_LISTEN_NAME)] >= 1.0


def _closing(tracker: DialogueStateTracker, events: list[Event]) -> str | None:
    """What is still to be said in this turn."""
    said = said_in_this_turn(current_stretch(events))
    if not said:
        return None
    asks = any(marks_of(event).get("offers") for event in said)
    if tracker.active_loop_name is None and not asks and any(map(has_title, open_requests(events)[:1])):
        return "action_take_up"
    return "action_offer_beside" if offers_beside(events, thresholds()) else None
