"""Somebody needs help now, or somebody has died: no form, a person."""

from __future__ import annotations

import re

from actions import decisions
from actions.insurance.claims import HURT
from actions.tasks.case import Case
from actions.tasks.task import Task

_BURGLARY = re.compile(
    r"einbrech\w*|eingebrochen\w*|einbruch\w*|überf\w*|ueberf\w*|bedroh\w*|jemand in (?:der|meiner)", re.I
)
_BREAKDOWN = re.compile(
    r"panne\w*|abschlepp\w*|liegen ?geblieben|springt nicht an|batterie|reifen|schlüsseldienst|ausgesperrt|schutzbrief",
    re.I,
)
#: Smoke, not "brauche".
_DANGER = re.compile(r"brenn\w*|feuer|(?<!b)rauch\w*|qualm\w*|eingesperrt|atmet|gas\b|unfall", re.I)


def danger(text: str) -> str:
    """ "life", "burglary" or "breakdown": which number the customer must read first. In doubt it is life."""
    if HURT.search(text) or _DANGER.search(text):
        return "life"
    if _BURGLARY.search(text):
        return "burglary"
    return "breakdown" if _BREAKDOWN.search(text) else "life"


class EmergencyAssistance(Task):
    """The emergency number in the first sentence, then a person."""

    intent = "emergency_assistance"

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.say(f"utter_emergency_{danger(case.message.words)}")
        case.hand_over(decisions.emergency(self.intent))


class Bereavement(Task):
    """Condolence once, nothing is asked, a person."""

    intent = "bereavement"

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.say("utter_bereavement")
        case.hand_over(decisions.complex_intent(self.intent))
