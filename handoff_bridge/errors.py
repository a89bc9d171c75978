"""Every error the bridge raises on purpose; the docstring is the message.

BridgeError
├── InvalidBody            422  the request cannot be understood
│   ├── TextTooLong        422
│   └── UnknownPayload     422
├── BodyTooLarge           413
├── Unauthenticated        401
│   ├── TokenExpired       401
│   └── SignInFailed       401
├── Forbidden              403  (CSRF token missing or wrong)
├── InvalidSignature       403
├── WrongVerifyToken       403
├── NotFound               404
│   └── CodeUnknown        404
├── Conflict               409
│   ├── StaleEpoch         409
│   ├── AlreadyClaimed     409
│   ├── ConversationClosed 409
│   ├── AttachmentPending  409
│   ├── ElsewhereAlready   409
│   └── IllegalTransition  409
├── AttachmentNotKept      410
├── CodeSpent              410
│   ├── CodeExpired        410
│   └── CodeUsed           410
├── TooManyRequests        429
├── Unavailable            503
│   ├── ShuttingDown       503
│   └── StoreUnavailable   503
└── BotError               (inside only: never leaves as an answer)
    ├── BotUnreachable
    ├── BotTimeout
    └── BotFailed
"""

from collections.abc import Mapping

JsonDetails = Mapping[str, object]


class BridgeError(Exception):
    """Something went wrong in the bridge."""

    status = 500
    code = "internal_error"

    def __init__(self, message: str | None = None, **details: object) -> None:
        self.message = message or (self.__doc__ or "").strip()
        self.details: JsonDetails = details
        super().__init__(self.message)

    def body(self) -> dict[str, object]:
        """The error as it goes over the wire: ``{"error": {code, message, details}}``."""
        return {"error": {"code": self.code, "message": self.message, "details": dict(self.details)}}


class InvalidBody(BridgeError):
    """The request body is not what this address takes."""

    status, code = 422, "invalid_body"


class TextTooLong(InvalidBody):
    """The text is too long; please send it in parts."""

    code = "text_too_long"


class UnknownPayload(InvalidBody):
    """This choice was never offered in this conversation."""

    code = "unknown_payload"


class BodyTooLarge(BridgeError):
    """The request body is too large."""

    status, code = 413, "body_too_large"


class Unauthenticated(BridgeError):
    """A valid token or session is needed."""

    status, code = 401, "invalid_token"


class TokenExpired(Unauthenticated):
    """The token of this conversation has expired; please start a new conversation."""

    code = "token_expired"


class SignInFailed(Unauthenticated):
    """E-mail address or password is not right."""

    code = "sign_in_failed"


class Forbidden(BridgeError):
    """The X-CSRF-Token header is missing or wrong."""

    status, code = 403, "csrf_token_invalid"


class InvalidSignature(BridgeError):
    """The body is not signed with the app's secret."""

    status, code = 403, "invalid_signature"


class WrongVerifyToken(BridgeError):
    """The verify token is not the one that was set here."""

    status, code = 403, "wrong_verify_token"


class NotFound(BridgeError):
    """There is nothing at this address."""

    status, code = 404, "not_found"


class CodeUnknown(NotFound):
    """This code is none of ours."""

    code = "code_unknown"


class Conflict(BridgeError):
    """The conversation is not in a state that allows this."""

    status, code = 409, "conflict"


class StaleEpoch(Conflict):
    """The owner of the conversation has changed in the meantime."""

    code = "stale_epoch"


class AlreadyClaimed(Conflict):
    """Somebody else was faster and has this conversation."""

    code = "conflict"


class ConversationClosed(Conflict):
    """This conversation is closed."""

    code = "conversation_closed"


class AttachmentPending(Conflict):
    """This file is still being fetched; please try again in a moment."""

    code = "attachment_pending"


class ElsewhereAlready(Conflict):
    """This conversation is on that channel already."""

    code = "elsewhere_already"


class CodeSpent(BridgeError):
    """This code is no longer good; please ask for a new one."""

    status, code = 410, "code_spent"


class CodeExpired(CodeSpent):
    """This code has expired; please ask for a new one."""

    code = "code_expired"


class CodeUsed(CodeSpent):
    """This code has been used already; please ask for a new one."""

    code = "code_used"


class AttachmentNotKept(BridgeError):
    """This file was refused, or it was no longer to be had."""

    status, code = 410, "attachment_not_kept"


class IllegalTransition(Conflict):
    """This change is not possible from the state the conversation is in."""

    code = "illegal_transition"


class TooManyRequests(BridgeError):
    """Too many requests; please wait a moment."""

    status, code = 429, "too_many_requests"

    def __init__(self, retry_after_s: int, message: str | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class Unavailable(BridgeError):
    """The service cannot do this right now; please try again."""

    status, code = 503, "unavailable"


class ShuttingDown(Unavailable):
    """This server is shutting down; please connect again."""

    code = "shutting_down"


class StoreUnavailable(Unavailable):
    """The database cannot be reached right now; nothing was stored, please try again."""

    code = "store_unavailable"


class BotError(BridgeError):
    """The bot gave no usable answer."""

    status, code = 502, "bot_error"


class BotUnreachable(BotError):
    """The bot cannot be reached."""

    code = "bot_unreachable"


class BotTimeout(BotError):
    """The bot did not answer in time."""

    code = "bot_timeout"


class BotFailed(BotError):
    """The bot answered with an error or with nothing."""

    code = "bot_failed"
