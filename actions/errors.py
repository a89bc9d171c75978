"""Everything that can go wrong in `actions`. Each action turns it into a sentence for the customer.

ActionError
├── BusinessFileUnusable   business.yml is missing or lacks what an answer needs
├── BridgeError            a handoff was not confirmed
│   ├── BridgeUnavailable  the bridge cannot be reached or failed
│   └── HandoffRefused     the bridge understood and said no (conversation unknown or closed, secret, body)
└── SystemUnavailable      a system behind a task does not answer in time; names what the customer reads
    ├── LookupGuardUnavailable  wrong proofs cannot be counted, so nothing may be told
    ├── ChangeUnconfirmed       it is not certain whether a change was made
    ├── ShopUnavailable         the shop's database cannot be read in time
    ├── EnergySystemUnavailable     the energy supplier's contracts cannot be read in time
    └── InsuranceSystemUnavailable  the insurer's policies cannot be read in time
"""


class ActionError(Exception):
    """Something in the custom actions failed."""


class BusinessFileUnusable(ActionError):
    """business.yml is missing or lacks what an answer needs."""


class BridgeError(ActionError):
    """A handoff was not confirmed."""


class BridgeUnavailable(BridgeError):
    """The bridge cannot be reached, took too long or failed."""


class HandoffRefused(BridgeError):
    """The bridge refused the handoff."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"The bridge refused the handoff: {status} {code}.")
        self.status = status
        self.code = code


class SystemUnavailable(ActionError):
    """A system behind a task does not answer in time. Each sector's client has its own kind, with its own sentence."""

    #: What the customer reads: what does not work, and the way on.
    response = "utter_system_unavailable"


class LookupGuardUnavailable(SystemUnavailable):
    """Wrong proofs of identity cannot be counted, so nothing may be told."""


class ChangeUnconfirmed(SystemUnavailable):
    """A system did not say in time whether it made a change. The same change under the same key may be tried again."""

    response = "utter_change_unconfirmed"


class ShopUnavailable(SystemUnavailable):
    """The shop's database cannot be read in time."""

    response = "utter_shop_unavailable"


class EnergySystemUnavailable(SystemUnavailable):
    """The energy supplier's contracts cannot be read in time."""

    response = "utter_contracts_unavailable"


class InsuranceSystemUnavailable(SystemUnavailable):
    """The insurer's policies cannot be read in time."""

    response = "utter_policies_unavailable"
