"""What is measured: a PostgreSQL of the bench's own, bridges as they run in earnest, a scripted Rasa."""

import asyncio
import secrets
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.children import ROOT, Child, running
from bench.cpu import parent_of
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import migrate
from tests.support.postgres import running_postgres

#: How long a bridge may take until it answers, in seconds.
START_S = 60.0
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Bridge:
    child: Child
    port: int


@dataclass(frozen=True, slots=True)
class Bench:
    """The server, a folder for files, and how much is measured: ``quick`` only proves that everything runs."""

    server_url: str
    postgres_pid: int
    folder: Path
    quick: bool

    def much(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    @asynccontextmanager
    async def postgres(self) -> AsyncIterator[str]:
        """Yield the address of a new database with today's tables; dropped afterwards."""
        name = f"bench_{secrets.token_hex(4)}"
        admin = await asyncpg.connect(_plain(f"{self.server_url}/postgres"))
        try:
            await admin.execute(f"CREATE DATABASE {name}")
            try:
                url = f"{self.server_url}/{name}"
                await _migrated(url)
                yield url
            finally:
                await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        finally:
            await admin.close()

    @asynccontextmanager
    async def sqlite(self) -> AsyncIterator[str]:
        """Yield the address of a new SQLite file with today's tables; deleted afterwards."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        try:
            url = f"sqlite+aiosqlite:///{folder / 'handschlag.db'}"
            await _migrated(url)
            yield url
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @asynccontextmanager
    async def bridge(
        self, database_url: str, rasa_port: int = 9, channel_secret: str = "", variables: Mapping[str, str] = NONE
    ) -> AsyncIterator[Bridge]:
        """Run a bridge as ``make start`` does; without ``rasa_port`` nobody answers as the bot.

        ``variables`` of the environment stand above the bench's own.
        """
        port = free_port()
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        own = {
            "HANDSCHLAG_PORT": str(port),
            "HANDSCHLAG_DATABASE_URL": database_url,
            "HANDSCHLAG_RASA_URL": f"http://127.0.0.1:{rasa_port}",
            "HANDSCHLAG_CHANNEL_SECRET": channel_secret or secrets.token_urlsafe(32),
            "HANDSCHLAG_INTERNAL_SECRET": secrets.token_urlsafe(32),
            "HANDSCHLAG_STATE_DIR": str(folder),
            # All customers come from one address; the bounds are counted, but never met.
            "HANDSCHLAG_RATE_LIMIT_SCALE": "1000",
            "HANDSCHLAG_BUSINESS_FILE": str(ROOT / "business.yml"),
        }
        async with running("handoff_bridge", "serve", folder=folder, variables={**own, **variables}) as child:
            await _answers(child, port)
            yield Bridge(child, port)

    @asynccontextmanager
    async def bridges(self, database_url: str, count: int) -> AsyncIterator[list[Bridge]]:
        async with AsyncExitStack() as stack:
            yield [await stack.enter_async_context(self.bridge(database_url)) for _ in range(count)]


@asynccontextmanager
async def prepared(quick: bool) -> AsyncIterator[Bench]:
    """Start PostgreSQL and make a folder; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="handschlag-bench-") as folder, running_postgres() as url:
        connection = await asyncpg.connect(_plain(f"{url}/postgres"))
        backend: int = await connection.fetchval("SELECT pg_backend_pid()")
        postmaster = parent_of(backend)
        await connection.close()
        yield Bench(url, postmaster, Path(folder), quick)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def _migrated(url: str) -> None:
    database = Database(url)
    await migrate(database)
    await database.close()


async def _answers(child: Child, port: int) -> None:
    async with asyncio.timeout(START_S):
        while True:
            if child.has_ended:
                raise child.failure("did not start")
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            answer = await reader.read()
            writer.close()
            if answer.startswith(b"HTTP/1.1 200"):
                return
            await asyncio.sleep(0.05)
