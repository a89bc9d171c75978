"""Codes with which a customer takes a conversation along to another channel.

A code is easy to type and to read out: ``HS-7K3M-9QXA-…``, half of it random, half of it a signature over that half and
the channel it is good for. So a made-up code is refused before anything is looked up.
"""

import hashlib
import hmac
import re
import secrets

from handoff_bridge.conversations.model import Channel

#: Crockford's Base32: no letter that could be taken for another sign. https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "HS"
#: Signs of the random half and of the signature, five bits each.
HALF = 8
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE = re.compile(r"(?<![0-9A-Z])HS-((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})(?![0-9A-Z])", re.IGNORECASE)


class CodeSigner:
    """Makes codes and finds them in what people write. ``secret`` is one that all bridges share."""

    def __init__(self, secret: str) -> None:
        # A key of its own: a code says nothing about the other uses of the secret.
        self._key = hmac.digest(secret.encode(), b"handschlag: codes for another channel", "sha256")

    def make(self, to: Channel) -> str:
        nonce = "".join(secrets.choice(ALPHABET) for _ in range(HALF))
        return _shown(nonce + self._signature(nonce, to))

    def is_genuine(self, code: str, to: Channel) -> bool:
        """Whether one of our bridges has made this code for this channel."""
        signs = code.removeprefix(PREFIX).replace("-", "")
        nonce, signature = signs[:HALF], signs[HALF:]
        return code.isascii() and hmac.compare_digest(signature, self._signature(nonce, to))

    def _signature(self, nonce: str, to: Channel) -> str:
        digest = hmac.digest(self._key, f"{to.value}:{nonce}".encode(), "sha256")
        number = int.from_bytes(digest[:5])
        return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(HALF))


def find_code(text: str) -> str | None:
    """The first thing in a text that looks like a code, in the form in which codes are made."""
    found = _CODE.search(text)
    return None if found is None else _shown(found[1].upper().translate(_READ_AS).replace("-", ""))


def hash_code(code: str) -> str:
    """What the database knows of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _shown(signs: str) -> str:
    return "-".join([PREFIX, *(signs[place : place + 4] for place in range(0, len(signs), 4))])
