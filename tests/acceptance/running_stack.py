"""A whole Handschlag of its own: real bridge, Rasa and actions, started as a person starts them.

It has its own ports, databases, secrets and logs; environments, models and built pages are those of the project.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runner.settings import ROOT
from tests.support.ports import free_port

PROGRAMS = ("bridge", "rasa", "actions", "graph")
_NAMES = {"bridge": "Brücke", "rasa": "Assistent", "actions": "Aktionen", "graph": "Nachgebautes WhatsApp"}
_READY = "Strg+C beendet alles."
#: With a set-up that may have to train the assistant first.
_START_LIMIT_S = 420


@dataclass(frozen=True)
class SignIn:
    """What the runner told the person who started it."""

    email: str
    password: str


@dataclass(frozen=True)
class Killed:
    """A program that was killed, and what it takes to see that it is back."""

    program: str
    pid: int
    returns_before: int


class RunningStack:
    """Started by ``start``, ended by ``stop``; in between its programs can be hurt."""

    def __init__(
        self, process: asyncio.subprocess.Process, folder: Path, port: int, rasa_port: int, graph_port: int
    ) -> None:
        self._process = process
        self._folder = folder
        self._seen: set[int] = set()
        self.port = port
        self.rasa_port = rasa_port
        self.graph_port = graph_port
        self.lines: list[str] = []
        self.sign_in = SignIn("", "")
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, folder: Path) -> RunningStack:
        """Run ``python -m runner start`` and wait until it says that everything runs."""
        ports = [free_port() for _ in range(4)]
        own = {
            "HANDSCHLAG_PORT": str(ports[0]),
            "HANDSCHLAG_RASA_PORT": str(ports[1]),
            "HANDSCHLAG_ACTIONS_PORT": str(ports[2]),
            "HANDSCHLAG_GRAPH_PORT": str(ports[3]),
            "WHATSAPP": "demo",
            "HANDSCHLAG_STATE_DIR": str(folder / "var"),
            "HANDSCHLAG_LOG_DIR": str(folder / "logs"),
        }
        # What the person has set for a stack of their own must not reach this one.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HANDSCHLAG_")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "runner", "start"),
            cwd=ROOT,
            env={**inherited, **own},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        stack = cls(process, folder, ports[0], ports[1], ports[3])
        try:
            await stack.until(lambda: _READY in stack.lines, _START_LIMIT_S)
        except BaseException:
            process.kill()
            await stack._reading
            raise
        stack.sign_in = stack._read_sign_in()
        return stack

    @property
    def url(self) -> str:
        """Address of the bridge, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def phone_url(self) -> str:
        """Address of the page that looks like a phone."""
        return f"http://localhost:{self.graph_port}/"

    def pid(self, program: str) -> int:
        """Process id of a running program."""
        pid = int((self.state_dir / "pids" / program).read_text())
        self._seen.add(pid)
        return pid

    def freeze(self, program: str) -> None:
        """Stop a program in its tracks without ending it."""
        os.killpg(self.pid(program), signal.SIGSTOP)

    def kill(self, program: str) -> Killed:
        """End a program and everything it started at once; it cannot prepare for that."""
        killed = Killed(program, self.pid(program), self._returns(program))
        os.killpg(killed.pid, signal.SIGKILL)
        return killed

    async def until_back(self, killed: Killed) -> None:
        """Wait until a killed program has been started again and answers."""
        await self.until(lambda: self._returns(killed.program) > killed.returns_before, 120)
        assert self.pid(killed.program) != killed.pid

    def _returns(self, program: str) -> int:
        return sum(f"✓ {_NAMES[program]} läuft wieder" in line for line in self.lines)

    async def until(self, fact: Callable[[], bool], timeout_s: float) -> None:
        """Wait until ``fact()`` holds; what the runner said goes into the error when it does not."""
        try:
            async with asyncio.timeout(timeout_s):
                while not fact():
                    if self._process.returncode is not None and self._reading.done():
                        raise AssertionError("the runner ended:\n" + "\n".join(self.lines))
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not within {timeout_s} s:\n" + "\n".join(self.lines)) from None

    async def stop(self) -> list[int]:
        """End everything with Ctrl-C; returns the ids of all processes that were seen."""
        for program in PROGRAMS:
            self.pid(program)
        self._process.send_signal(signal.SIGINT)
        try:
            async with asyncio.timeout(45):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            raise
        finally:
            await self._reading
        return sorted(self._seen)

    @property
    def exit_code(self) -> int | None:
        """What the runner returned, None while it runs."""
        return self._process.returncode

    @property
    def state_dir(self) -> Path:
        """Databases, secrets, process ids."""
        return self._folder / "var"

    @property
    def log_dir(self) -> Path:
        """What the programs print."""
        return self._folder / "logs"

    def secrets(self) -> list[str]:
        """The secrets this stack has made for itself."""
        folder = self.state_dir / "secrets"
        return [path.read_text().strip() for path in (*folder.glob("*_secret"), *folder.glob("whatsapp-demo/*"))]

    def logs(self) -> str:
        """Everything the three programs have printed."""
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in sorted(self.log_dir.iterdir()))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode("utf-8").rstrip("\n"))

    def _read_sign_in(self) -> SignIn:
        told = re.search(r"Anmeldung\s+(\S+)\s+Passwort: (\S+)", "\n".join(self.lines))
        assert told is not None, self.lines
        return SignIn(told[1], told[2])
