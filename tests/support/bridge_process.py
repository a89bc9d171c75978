"""A bridge as the process that operators start, on a port of its own, to be killed and started again."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.support.bridge import BUSINESS_FILE, INTERNAL_SECRET
from tests.support.ports import free_port
from tests.support.rasa import SECRET

ROOT = Path(__file__).parent.parent.parent
#: Lets the kernel end a bridge when the tests are gone, however that happened.
LEASH = ROOT / "runner" / "leash.py"
#: A start takes two seconds on an idle machine.
START_S = 60.0
STOP_S = 30.0


class BridgeNeverReady(Exception):
    """The bridge did not start; holds the end of its log."""


class BridgeProcess:
    """``python -m handoff_bridge serve`` with settings from the environment."""

    def __init__(self, name: str, database_url: str, rasa_url: str, folder: Path, **changes: str) -> None:
        self.port = free_port()
        self.name = name
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log = folder / f"{name}.log"
        self._folder = folder
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
        settings = {
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "RASA_URL": rasa_url,
            "CHANNEL_SECRET": SECRET,
            "INTERNAL_SECRET": INTERNAL_SECRET,
            "STATE_DIR": str(folder / "state"),
            "BUSINESS_FILE": str(BUSINESS_FILE),
            "RATE_LIMIT_SCALE": "0",
        }
        self._environment = {
            **kept,
            "PYTHONPATH": str(ROOT),
            **{f"HANDSCHLAG_{key}": value for key, value in settings.items()},
            **changes,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return when it serves. Raises BridgeNeverReady."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, str(LEASH), str(os.getpid()), sys.executable, "-m", "handoff_bridge", "serve",
                # Not the project's folder: a developer's own .env is no part of this.
                cwd=self._folder, env=self._environment, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            async with asyncio.timeout(START_S), ClientSession() as session:
                while not await self._is_ready(session):
                    if self._process.returncode is not None:
                        raise BridgeNeverReady(f"{self.name} has ended:\n{self._tail()}")
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise BridgeNeverReady(f"{self.name} is not ready after {START_S} s:\n{self._tail()}") from None

    async def kill(self) -> None:
        """``kill -9``: no last word, nothing given back."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> None:
        """The orderly end, by force when it takes too long."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    def failures(self) -> list[str]:
        """What the bridge itself has called a failure in its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if '"ERROR"' in line or '"CRITICAL"' in line or "Traceback" in line]

    async def _is_ready(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}readyz") as response:
                return response.status == 200
        except (ClientError, OSError):
            return False

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
