"""Everything that can go wrong in `actions`. Each action turns it into a sentence for the customer.

ActionError
├── BusinessFileUnusable   business.yml is missing or lacks what an answer needs
├── BridgeError            a handoff was not confirmed
│   ├── BridgeUnavailable  the bridge cannot be reached or failed
│   └── HandoffRefused     the bridge understood and said no (conversation unknown or closed, secret, body)
└── ShopUnavailable        the shop's database cannot be read in time
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


class ShopUnavailable(ActionError):
    """The shop's database cannot be read in time."""
