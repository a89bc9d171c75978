"""A token opens one conversation and expires."""

from collections import OrderedDict
from datetime import datetime

from aiohttp import web

from handoff_bridge.conversations.core import hash_token
from handoff_bridge.errors import TokenExpired, Unauthenticated
from handoff_bridge.http import keys

#: Known tokens kept in memory, so that a message costs no extra query. A token never changes.
REMEMBERED = 10_000


class TokenMemory:
    """The most recently used tokens' hashes and when they expire."""

    def __init__(self) -> None:
        self._expiry: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    def get(self, key: tuple[str, str]) -> datetime | None:
        if key in self._expiry:
            self._expiry.move_to_end(key)
        return self._expiry.get(key)

    def put(self, key: tuple[str, str], expires_at: datetime) -> None:
        self._expiry[key] = expires_at
        if len(self._expiry) > REMEMBERED:
            self._expiry.popitem(last=False)


MEMORY = web.AppKey("token_memory", TokenMemory)


def bearer(request: web.Request) -> str:
    """The token of the Authorization header. Raises Unauthenticated without one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("An Authorization header with a bearer token is needed.")
    return token.strip()


async def customer_conversation(request: web.Request) -> str:
    """The id of the conversation in the address, once its token is checked.

    Raises Unauthenticated for a foreign or unknown token, TokenExpired.
    """
    conversation_id = request.match_info["conversation_id"]
    key = (conversation_id, hash_token(bearer(request)))
    memory = request.app[MEMORY]
    expires_at = memory.get(key)
    if expires_at is None:
        expires_at = await request.app[keys.store].token_expiry(*key)
        if expires_at is None:
            raise Unauthenticated("This token does not open this conversation.")
        memory.put(key, expires_at)
    if expires_at <= request.app[keys.core].clock.now():
        raise TokenExpired
    return conversation_id
