"""No power, or the smell of gas: the emergency number first, at once, and then a person."""

from __future__ import annotations

import re

from actions import decisions
from actions.tasks.case import Case
from actions.tasks.task import Task

_GAS = re.compile(r"gas(?!t|s(?:e|en)?\b)|faule\w* ei|zischt|schwefel", re.IGNORECASE)
#: Without "brauche", "Verbrauch" and "funktioniert".
_FIRE = re.compile(
    r"qualm|(?<!b)rauch|brenn|feuer|funk(?:en|t)(?!i)|schmor|verschmort|knister|kokel|stromschlag|blitzt|sirrt|spr(?:ü|ue)h",
    re.IGNORECASE,
)
_HURT = re.compile(r"verletz|bewusstlos|ohnm(?:ä|ae)chtig|atmet nicht|blut", re.IGNORECASE)


def danger(text: str) -> str:
    """ "gas", "fire" or "power": what the customer must be told first."""
    if _GAS.search(text):
        return "gas"
    return "fire" if _FIRE.search(text) or _HURT.search(text) else "power"


class ReportOutage(Task):
    """Never a question before the emergency number."""

    intent = "report_outage"

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.say(f"utter_outage_{danger(case.message.words)}")
        case.hand_over(decisions.emergency(self.intent))
