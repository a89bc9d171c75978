"""Agents sign in with a password; the session is a cookie, unsafe methods carry a CSRF token."""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from handoff_bridge.conversations.core import hash_token, new_token
from handoff_bridge.conversations.model import Agent
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.errors import SignInFailed, TooManyRequests, Unauthenticated
from handoff_bridge.storage.lookups import Session
from handoff_bridge.storage.store import SqlStore

#: After this many wrong passwords for one address in the window, it has to wait.
MAX_FAILURES = 5
MAX_FAILURES_ANYWHERE = 100
FAILURE_WINDOW = timedelta(minutes=5)
#: Addresses remembered for that at once.
REMEMBERED = 10_000

#: How often an agent's requests are noted as a sign of life.
LIFE_EVERY = timedelta(seconds=15)
#: How long a session that was just looked up needs no new look: an agent who writes asks many times a second.
TRUSTED_FOR = timedelta(seconds=1)

# argon2id with the library's defaults, which follow RFC 9106's low-memory profile.
hasher = PasswordHasher()
#: Checked when the address is unknown, so that the answer takes as long as for a known one.
DUMMY_HASH = hasher.hash(new_token())


@dataclass(frozen=True, slots=True)
class SignedIn:
    agent: Agent
    token: str
    csrf_token: str


class Sessions:
    """Opens, checks and ends sessions of agents."""

    def __init__(self, store: SqlStore, clock: Clock, ttl: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._ttl = ttl
        self._failures: OrderedDict[str, list[datetime]] = OrderedDict()
        self._life: dict[str, datetime] = {}
        self._trusted: OrderedDict[str, tuple[datetime, Session]] = OrderedDict()
        self._ended = 0
        # One check at a time: argon2 takes 64 MiB and a core on purpose.
        self._checking = asyncio.Lock()

    @property
    def ttl(self) -> timedelta:
        return self._ttl

    async def sign_in(self, email: str, password: str, address: str = "") -> SignedIn:
        """Raises SignInFailed, and TooManyRequests after too many wrong passwords.

        They are counted by the network ``address`` they come from, so that nobody can lock an agent out from elsewhere;
        from all addresses together a guesser gets MAX_FAILURES_ANYWHERE.
        """
        email = email.strip().lower()
        bounds = {f"{email}\n{address}": MAX_FAILURES, email: MAX_FAILURES_ANYWHERE}
        self._refuse_guessing(bounds)
        async with self._store.read() as tx:
            found = await tx.agents.by_email(email)
        password_hash = found[1] if found else DUMMY_HASH
        async with self._checking:
            # Again: others may have guessed while this one waited for its check.
            self._refuse_guessing(bounds)
            right = await asyncio.to_thread(_matches, password_hash, password)
            if not right or found is None:
                for key in bounds:
                    self._failures.setdefault(key, []).append(self._clock.now())
                while len(self._failures) > REMEMBERED:
                    self._failures.popitem(last=False)
                raise SignInFailed
        for key in bounds:
            self._failures.pop(key, None)
        token = new_token()
        now = self._clock.now()
        async with self._store.write() as tx:
            if hasher.check_needs_rehash(password_hash):
                new_hash = await asyncio.to_thread(hasher.hash, password)
                await tx.agents.set_password_hash(found[0].id, new_hash)
            await tx.agents.add_session(hash_token(token), found[0].id, now, now + self._ttl)
        return SignedIn(found[0], token, csrf_token(token))

    async def agent(self, token: str | None) -> Agent:
        """Whose session this is. Raises Unauthenticated.

        What the store said is trusted for TRUSTED_FOR: whoever signs out here is out at once, elsewhere after that.
        """
        if token:
            now, key = self._clock.now(), hash_token(token)
            seen_at, session = self._trusted.get(key, (None, None))
            if seen_at is None or not seen_at <= now < seen_at + TRUSTED_FOR:
                ended = self._ended
                session = await self._store.session(key)
                if ended == self._ended:  # nobody has signed out while the store was asked
                    self._trust(key, now, session)
            if session is not None and session.expires_at > now:
                return session.agent
        raise Unauthenticated("Please sign in.")

    def _trust(self, key: str, now: datetime, session: Session | None) -> None:
        self._trusted.pop(key, None)
        if session is not None:
            self._trusted[key] = now, session
            while len(self._trusted) > REMEMBERED:
                self._trusted.popitem(last=False)

    async def note_life(self, agent: Agent) -> None:
        """Whoever uses the desk is there, stream or not; kept at most every LIFE_EVERY."""
        now = self._clock.now()
        if (noted := self._life.get(agent.id)) is not None and now - noted < LIFE_EVERY:
            return
        self._life[agent.id] = now
        async with self._store.write() as tx:
            await tx.agents.seen(agent.id, now)

    async def sign_out(self, token: str) -> None:
        key = hash_token(token)
        async with self._store.write() as tx:
            await tx.agents.drop_session(key)
        self._ended += 1
        self._trusted.pop(key, None)

    def _refuse_guessing(self, bounds: Mapping[str, int]) -> None:
        now = self._clock.now()
        for key, most in bounds.items():
            recent = [at for at in self._failures.get(key, ()) if now - at < FAILURE_WINDOW]
            if not recent:
                self._failures.pop(key, None)
                continue
            self._failures[key] = recent
            if len(recent) >= most:
                wait = FAILURE_WINDOW - (now - recent[0])
                raise TooManyRequests(int(wait.total_seconds()) + 1, "Too many wrong passwords; please wait.")


def csrf_token(session_token: str) -> str:
    """Bound to the session and not to be guessed from outside, so it needs no storage."""
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()


def csrf_matches(session_token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token(session_token).encode(), given.encode("utf-8", "replace"))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
