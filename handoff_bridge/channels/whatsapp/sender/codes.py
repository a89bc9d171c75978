"""What an error of the Graph API means for the message that met it. The code decides, not HTTP status or title.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from handoff_bridge.outbox.outcomes import NeedsOperator, NotSent, Outcome, Refused, Throttled, WindowClosed

#: Too much to this one customer; all other codes of throttling are the account's.
PAIR_LIMIT = 131056
THROTTLED = frozenset({4, 80007, 130429, 131048, PAIR_LIMIT})
TRANSIENT = frozenset({1, 2, 131000, 131016, 131057})
OPERATOR = frozenset({0, 3, 10, 190, 368, 131005, 131031, 131042, 131045})
#: Permissions: 200 to 299.
PERMISSIONS = range(200, 300)
WINDOW_CLOSED = 131047
#: This person cannot be reached with this message, whoever is to blame.
UNDELIVERABLE = frozenset({131026, 131049, 131050, 130472})


def outcome_of(code: int, error: str) -> Outcome:
    """For an error that the API itself has answered: the message was surely not accepted."""
    if code == WINDOW_CLOSED:
        return WindowClosed(code, error)
    if code in THROTTLED:
        return Throttled(code, error, whole_account=code != PAIR_LIMIT)
    if code in TRANSIENT:
        return NotSent(code, error)
    if code in OPERATOR or code in PERMISSIONS:
        return NeedsOperator(code, error)
    return Refused(code, error)


def outcome_without_code(status: int) -> Outcome | None:
    """For a refusal that the API has not worded; None where the message may have been accepted all the same."""
    error = f"HTTP {status}"
    if status == 429:
        return Throttled(None, error, whole_account=True)
    if status in (401, 403, 404, 407):
        return NeedsOperator(None, error)
    if 400 <= status < 500 and status != 408:
        return Refused(None, error)
    return None
