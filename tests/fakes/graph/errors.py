"""Errors as the Graph API words them. https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes"""

from dataclasses import dataclass
from typing import Any

#: Title and HTTP status by code; whoever handles them is told to go by the code alone.
KNOWN: dict[int, tuple[str, int]] = {
    0: ("AuthException", 401),
    2: ("API Service", 503),
    3: ("API Method", 500),
    4: ("API Too Many Calls", 400),
    10: ("Permission Denied", 403),
    100: ("Invalid parameter", 400),
    190: ("Access token has expired", 401),
    200: ("API Permission", 403),
    368: ("Temporarily blocked for policies violations", 403),
    80007: ("Rate limit issues", 400),
    130429: ("Rate limit hit", 400),
    130472: ("User's number is part of an experiment", 400),
    131000: ("Something went wrong", 500),
    131005: ("Access denied", 403),
    131008: ("Required parameter is missing", 400),
    131009: ("Parameter value is not valid", 400),
    131016: ("Service unavailable", 500),
    131021: ("Recipient cannot be sender", 400),
    131026: ("Message undeliverable", 400),
    131031: ("Account has been locked", 403),
    131042: ("Business eligibility payment issue", 400),
    131045: ("Incorrect certificate", 500),
    131047: ("Re-engagement message", 400),
    131048: ("Spam rate limit hit", 400),
    131049: ("Meta chose not to deliver", 400),
    131050: ("User has stopped marketing messages", 400),
    131051: ("Unsupported message type", 400),
    131052: ("Media download error", 400),
    131053: ("Media upload error", 400),
    131056: ("(Business account, consumer account) pair rate limit hit", 400),
    131057: ("Account in maintenance mode", 500),
    131062: ("Business-scoped user id is not supported for this message", 400),
    132000: ("Template param count mismatch", 400),
    132001: ("Template does not exist", 404),
}


@dataclass
class GraphError(Exception):
    """A refusal; ``details`` says what the caller did."""

    code: int
    details: str
    #: What kind of breach this is, when the caller could have known better; None for an error of this side.
    breach: str | None = None

    @property
    def title(self) -> str:
        return KNOWN.get(self.code, ("Unknown error", 400))[0]

    @property
    def status(self) -> int:
        return KNOWN.get(self.code, ("", 400))[1]

    def body(self) -> dict[str, Any]:
        return {
            "error": {
                "message": f"(#{self.code}) {self.title}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "AFakeTraceId0000000000x",
            }
        }

    def in_webhook(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details},
            "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        }
