"""A bridge that is told to stop, as a real process."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession

from tests.support.bridge import BUSINESS_FILE
from tests.support.people import PATIENCE_S, Customer
from tests.support.ports import free_ports

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def bridge_process(folder: Path, **settings: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Yield the process and its address."""
    [port] = free_ports(1)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HANDSCHLAG_PORT": str(port),
        "HANDSCHLAG_STATE_DIR": str(folder),
        "HANDSCHLAG_BUSINESS_FILE": str(BUSINESS_FILE),
        "HANDSCHLAG_RASA_URL": "http://127.0.0.1:9",
        **settings,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "handoff_bridge", "serve"), cwd=folder, env=environment
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def status(session: ClientSession, url: str) -> int | None:
    """The status of an answer, None when nobody answers."""
    try:
        async with session.get(url) as response:
            return response.status
    except ClientConnectionError:
        return None


async def until_ready(session: ClientSession, url: str, wanted: int = 200) -> None:
    """Wait until the bridge says that it is ready, or with 503 that it is not."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await status(session, f"{url}/readyz") == wanted:
                return
            await asyncio.sleep(0.02)


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def test_a_leaving_bridge_says_so_and_serves_until_the_proxy_had_time(
    session: ClientSession, tmp_path: Path
) -> None:
    async with bridge_process(tmp_path, HANDSCHLAG_DRAIN_S="2") as (process, url):
        await until_ready(session, url)
        customer = await Customer(session, url).start()
        async with customer.events() as events:
            await events.until("conversation")
            process.send_signal(signal.SIGTERM)
            await until_ready(session, url, 503)
            written = await customer.write("Bin ich noch richtig hier?")
            await events.until("message", lambda message: bool(message["id"] == written["id"]))
            assert process.returncode is None
            with pytest.raises(ConnectionError):
                await events.until("never")
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 0


async def test_a_second_signal_ends_the_waiting(session: ClientSession, tmp_path: Path) -> None:
    async with bridge_process(tmp_path, HANDSCHLAG_DRAIN_S="3600") as (process, url):
        await until_ready(session, url)
        process.send_signal(signal.SIGTERM)
        await until_ready(session, url, 503)
        async with asyncio.timeout(PATIENCE_S):
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0


async def test_a_bridge_that_waits_for_its_database_can_be_stopped(tmp_path: Path) -> None:
    reached = asyncio.Event()

    async def never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never_answers, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"postgresql+asyncpg://somebody@127.0.0.1:{port}/handschlag"
    async with bridge_process(tmp_path, HANDSCHLAG_DATABASE_URL=url) as (process, _):
        async with asyncio.timeout(PATIENCE_S):
            await reached.wait()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    server.close()


async def test_a_port_that_is_taken_is_an_error(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    taken = str(server.sockets[0].getsockname()[1])
    async with bridge_process(tmp_path, HANDSCHLAG_PORT=taken) as (process, _):
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == 1
    server.close()
