"""The real action server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType

from tests.support.ports import free_port

_START_TIMEOUT_S = 60.0


class ActionServer:
    """Started on entering, ended on leaving; `log` keeps what it prints."""

    def __init__(self, root: Path, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self._root = root
        self._environment = {**os.environ, **environment, "SANIC_HOST": "127.0.0.1"}
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def webhook_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhook"

    def __enter__(self) -> ActionServer:
        command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(self._port)]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self._root, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait_until_ready(self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline and process.poll() is None:
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError(f"The action server did not start:\n{self.log.read_text()}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            return False
