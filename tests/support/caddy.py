"""A real Caddy with the real Caddyfile, on free ports of the loopback address."""

import asyncio
import os
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from yarl import URL

from runner import caddy
from tests.support.people import PATIENCE_S
from tests.support.ports import free_ports

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "docker/Caddyfile"


class CaddyMissing(Exception):
    """Caddy is not on this machine; ``make test-unit`` brings it."""


class CaddyEnded(Exception):
    """Caddy did not start; its last words follow."""

    def __init__(self, log: Path) -> None:
        super().__init__(f"{self.__doc__}\n{log.read_text(encoding='utf-8')}")


@dataclass(frozen=True)
class Proxy:
    """A running Caddy: where it listens, whom it is trusted by, what it has said so far."""

    url: str
    https_port: int
    http_port: int
    trust: ssl.SSLContext
    log: Path


def program() -> Path:
    found = caddy.find(os.environ, ROOT / ".tools")
    if found is None:
        raise CaddyMissing(CaddyMissing.__doc__)
    return found


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of Caddy's commands to its end; it keeps what it writes in ``folder``."""
    return subprocess.run(
        [program(), *arguments], env=_environment(folder, environment), capture_output=True, text=True, check=False
    )


@asynccontextmanager
async def running_proxy(folder: Path, bridges: Sequence[str]) -> AsyncIterator[Proxy]:
    """Yield Caddy in front of the bridges with these addresses; certificates, keys and log lie in ``folder``."""
    http_port, https_port, health_port = free_ports(3)
    log = folder / "caddy.log"
    environment = {
        "HANDSCHLAG_SITE": "localhost",
        "HANDSCHLAG_BRIDGES": " ".join(f"{url.host}:{url.port}" for url in map(URL, bridges)),
        "HANDSCHLAG_LISTEN": "127.0.0.1",
        "HANDSCHLAG_HTTP_PORT": str(http_port),
        "HANDSCHLAG_HTTPS_PORT": str(https_port),
        "HANDSCHLAG_HEALTH_PORT": str(health_port),
    }
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(program(), "run", "--config", CADDYFILE, "--adapter", "caddyfile"),
            env=_environment(folder, environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        trust = await _until_trusted(process, folder / "data/caddy/pki/authorities/local/root.crt", https_port, log)
        yield Proxy(f"https://localhost:{https_port}/", https_port, http_port, trust, log)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_trusted(process: asyncio.subprocess.Process, root: Path, port: int, log: Path) -> ssl.SSLContext:
    """Wait until Caddy serves with a certificate of its own authority."""
    async with asyncio.timeout(PATIENCE_S):
        while process.returncode is None:
            try:
                trust = ssl.create_default_context(cafile=str(root))
                _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname="localhost")
            except OSError:
                # No certificate yet, or nobody listens.
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return trust
    raise CaddyEnded(log)


def _environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        **settings,
    }
