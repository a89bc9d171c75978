from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from runner.machine import find_chromium
from tests.acceptance.running_stack import PROGRAMS, RunningStack
from tests.runner.support import is_alive, until

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

ROUNDS = int(os.environ.get("HANDSCHLAG_REPEAT") or 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--repeat",
        type=int,
        default=ROUNDS,
        help="how many times in a row the whole loop is played (HANDSCHLAG_REPEAT)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(1, metafunc.config.getoption("--repeat", ROUNDS) + 1))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningStack]:
    folder: Path = tmp_path_factory.mktemp("stack")
    running = await RunningStack.start(folder)
    yield running
    pids = await running.stop()
    assert running.exit_code == 0
    await until(lambda: not any(is_alive(pid) for pid in pids), timeout_s=5)
    assert not any((folder / "var/pids" / program).exists() for program in PROGRAMS)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = find_chromium(os.environ)
    assert chromium is not None, "Chromium is missing (HANDSCHLAG_CHROMIUM)"
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session
