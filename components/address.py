"""How customers are addressed: with Sie as the domains say it, or with du where business.yml says `address: du`.

The domains are written in Sie. What addresses the customer has its other form under the same name in
`data/<part>/du.yml`, a text for each variation; buttons and notes stay those of the domain. The model holds both: the
other form is a variation for the channel "du" (https://rasa.com/docs/rasa/responses#channel-specific-response-variations),
and a turn is answered on that channel where the company says du. So a change of the setting needs no training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel

from actions.address import INFORMAL, is_informal
from components.errors import SectorsInvalid

Responses = Mapping[str, Sequence[Mapping[str, Any]]]


class InformalOutput(CollectingOutputChannel):
    """Collects what is said, in the variations for du."""

    @classmethod
    def name(cls) -> str:
        """The channel that Rasa chooses variations for."""
        return INFORMAL


def output() -> CollectingOutputChannel:
    """Where a turn's answer is collected, for the address that holds now."""
    return InformalOutput() if is_informal() else CollectingOutputChannel()


def with_informal(formal: Responses, informal: Responses) -> dict[str, list[dict[str, Any]]]:
    """The responses with the variations for du behind those for Sie.

    Raises:
        SectorsInvalid: du.yml names a response that there is not, or has another number of variations.
    """
    both = {name: [dict(variation) for variation in variations] for name, variations in formal.items()}
    for name, variations in informal.items():
        if len(variations) != len(both.get(name, [])):
            raise SectorsInvalid(f"du.yml has {len(variations)} variations of {name}, not as many as the domain.")
        both[name] += [
            {**said, **in_du, "channel": INFORMAL} for said, in_du in zip(both[name], variations, strict=True)
        ]
    return both
