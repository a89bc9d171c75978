"""Meta signs every webhook: HMAC-SHA256 of the raw body under the app secret.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started (Validating Payloads). The body is hashed as it
was sent, with its escapes: made again from JSON it would have another signature.
"""

import hashlib
import hmac

HEADER = "X-Hub-Signature-256"


def signature_of(app_secret: str, body: bytes) -> str:
    """The header's value for this body: ``sha256=`` and 64 hex digits."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def is_signed(app_secret: str, body: bytes, given: str | None) -> bool:
    """Compared as bytes and in constant time; a header may hold anything, also what is no ASCII."""
    expected = signature_of(app_secret, body).encode()
    return hmac.compare_digest(expected, (given or "").encode("utf-8", "surrogateescape"))
