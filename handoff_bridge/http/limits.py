"""Bounds on what one address, one conversation or one token may ask, as token buckets in this process.

With several bridges each has buckets of its own: the bounds are there to stop floods, not to count to the last request.
"""

import ipaddress
import math
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from handoff_bridge.errors import TooManyRequests

#: Buckets kept at once; the longest unused are forgotten, and they would be full again anyway.
MAX_BUCKETS = 50_000

_WITH_PORT = re.compile(r"\[(?P<ipv6>[^\]]+)\](?::\d+)?|(?P<ipv4>[\d.]+):\d+")
#: RFC 6052.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` requests at once, ``per_s`` of them again each second."""

    burst: int
    per_s: float


class Buckets:
    """One token bucket per key."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Take one token. Raises TooManyRequests with the seconds until there is one again."""
        now = self._clock()
        level, at = self._levels.get(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + (now - at) * self._rate.per_s)
        if level < 1:
            raise TooManyRequests(max(1, math.ceil((1 - level) / self._rate.per_s)))
        self._levels[key] = (level - 1, now)
        self._levels.move_to_end(key)
        if len(self._levels) > MAX_BUCKETS:
            self._levels.popitem(last=False)


class OpenStreams:
    """Counts open streams per key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one(self, key: str) -> Iterator[None]:
        """Hold one stream open. Raises TooManyRequests when there are too many already."""
        if self._open[key] >= self._most:
            raise TooManyRequests(10, "Too many open event streams.")
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            if not self._open[key]:
                del self._open[key]


class Limits:
    """All bounds of the bridge; ``scale`` multiplies every one (for load tests), 0 switches them off."""

    def __init__(self, scale: float, clock: Callable[[], float]) -> None:
        self.on = scale > 0

        def buckets(burst: int, per_s: float) -> Buckets:
            return Buckets(Rate(max(1, round(burst * scale)), max(per_s * scale, 0.001)), clock)

        # A customer writes in bursts of short lines; nobody writes sixty at once.
        self.messages = buckets(60, 2.0)
        # Asking for a person, leaving the queue, rating: each stirs the desk or the log. Not counted with the messages:
        # who has written too much can still ask for a person.
        self.changes = buckets(20, 0.5)
        # Said again every few seconds, and each goes to every desk.
        self.typing = buckets(30, 1.0)
        # Whole offices share one address.
        self.conversations = buckets(100, 1.0)
        self.requests = buckets(1000, 200.0)
        self.sign_ins = buckets(20, 0.2)
        self.streams_per_token = OpenStreams(max(1, round(8 * scale)))
        self.streams_per_agent = OpenStreams(max(1, round(8 * scale)))
        self.streams_per_address = OpenStreams(max(1, round(400 * scale)))


def client_address(request: web.Request, trusted_hops: int) -> str:
    """The address a request comes from; of IPv6 its /64, which is what one customer gets (RFC 6177).

    Each trusted proxy appends the address it saw to X-Forwarded-For, so with n of them the n-th entry from the right
    was written by the outermost one; everything left of it may be invented.
    """
    peer = request.remote or "unknown"
    if trusted_hops < 1:
        return _one_customer(peer)
    hops = [hop.strip() for value in request.headers.getall("X-Forwarded-For", []) for hop in value.split(",")]
    hops = [hop for hop in hops if hop]
    return _one_customer(hops[-trusted_hops] if len(hops) >= trusted_hops else peer)


def _one_customer(address: str) -> str:
    if ":" not in address:
        return address
    if (with_port := _WITH_PORT.fullmatch(address)) is not None:
        # Some proxies write the port as well, and each connection has another one.
        address = with_port["ipv6"] or with_port["ipv4"]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed in _NAT64:
        # The whole of IPv4 behind a translator; the last four bytes are the customer's own.
        return str(ipaddress.IPv4Address(parsed.packed[-4:]))
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False))
