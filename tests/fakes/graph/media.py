"""Files that were uploaded or sent by customers; an address to one lives for five minutes."""

import hashlib
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: How long an address works, and how long an id is known, in seconds.
URL_S, ID_S = 300.0, 7 * 24 * 3600.0
_ids = itertools.count(10**14)


@dataclass(frozen=True, slots=True)
class Medium:
    id: str
    content: bytes
    mime_type: str
    filename: str | None
    at: float

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Media:
    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._media: dict[str, Medium] = {}
        self._addresses: dict[str, tuple[str, float]] = {}
        self.url_s = URL_S

    def add(self, content: bytes, mime_type: str, filename: str | None = None) -> Medium:
        medium = Medium(str(next(_ids)), content, mime_type, filename, self._now())
        self._media[medium.id] = medium
        return medium

    def get(self, media_id: str) -> Medium | None:
        medium = self._media.get(media_id)
        return medium if medium is not None and self._now() - medium.at < ID_S else None

    def address(self, medium: Medium, base_url: str) -> str:
        """A new address to fetch it from, with the bearer token."""
        token = secrets.token_urlsafe(16)
        self._addresses[token] = (medium.id, self._now() + self.url_s)
        return f"{base_url}whatsapp_business/attachments/?mid={medium.id}&hash={token}"

    def at_address(self, token: str) -> Medium | None:
        media_id, until = self._addresses.get(token, ("", 0.0))
        return self.get(media_id) if self._now() < until else None

    def describe(self, medium: Medium, base_url: str) -> dict[str, Any]:
        return {
            "messaging_product": "whatsapp",
            "url": self.address(medium, base_url),
            "mime_type": medium.mime_type,
            "sha256": medium.sha256,
            "file_size": len(medium.content),
            "id": medium.id,
        }
