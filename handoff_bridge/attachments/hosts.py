"""From where files may be fetched: named hosts on the internet, and never an inner address.

A name that is allowed may lead to any address, by mistake or on purpose; so the address is looked at as well, at the
moment of connecting (https://owasp.org/www-community/attacks/Server_Side_Request_Forgery).
"""

import ipaddress
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from yarl import URL


class NotPublic(OSError):
    """This name leads to an address that is not on the internet."""


class Hosts:
    """``trusted`` is an origin that the operator has set; it may be anywhere."""

    def __init__(self, patterns: Sequence[str], trusted: URL) -> None:
        self._names = frozenset(pattern for pattern in patterns if not pattern.startswith("*."))
        self._endings = tuple(pattern[1:] for pattern in patterns if pattern.startswith("*."))
        self._trusted = trusted.origin()

    def may_ask(self, url: URL) -> bool:
        if not url.absolute or url.user is not None or url.password is not None:
            return False
        if url.scheme in ("http", "https") and url.origin() == self._trusted:
            return True
        host = (url.host or "").lower().rstrip(".")
        named = host in self._names or host.endswith(self._endings) if self._endings else host in self._names
        return url.scheme == "https" and url.port == 443 and named

    def is_trusted(self, host: str) -> bool:
        return host == self._trusted.host


class PublicResolver(AbstractResolver):
    """Resolves names to addresses on the internet only. Raises NotPublic when one of a name's addresses is not."""

    def __init__(self, hosts: Hosts, inner: AbstractResolver | None = None) -> None:
        self._hosts = hosts
        self._inner = inner or DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not self._hosts.is_trusted(host) and not all(_is_public(result["host"]) for result in found):
            raise NotPublic("the name leads to an inner address")
        return found

    async def close(self) -> None:
        await self._inner.close()


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return parsed.is_global and not parsed.is_multicast and (mapped is None or mapped.is_global)
