from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runner.errors import PortTaken
from runner.ports import is_free, require_free_ports
from runner.settings import ROOT, Settings
from tests.support.ports import free_port


def settings(tmp_path: Path) -> Settings:
    ports = {name: str(free_port()) for name in ("HANDSCHLAG_PORT", "HANDSCHLAG_RASA_PORT", "HANDSCHLAG_ACTIONS_PORT")}
    return Settings.from_environment({"HANDSCHLAG_STATE_DIR": str(tmp_path), **ports})


def test_free_ports_are_fine(tmp_path: Path) -> None:
    require_free_ports(settings(tmp_path))


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_named_with_its_setting(tmp_path: Path, address: str) -> None:
    wanted = settings(tmp_path)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((address, wanted.rasa_port))
        other.listen()
        with pytest.raises(PortTaken) as caught:
            require_free_ports(wanted)
    assert f"Port {wanted.rasa_port} ist schon belegt." in str(caught.value)
    assert "HANDSCHLAG_RASA_PORT=" in str(caught.value)


def test_a_port_whose_last_connection_is_still_closing_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            answering, _ = server.accept()
            answering.close()
    assert is_free("127.0.0.1", port)


def test_start_says_so_in_one_sentence_before_anything_is_set_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment = {
            **os.environ,
            "HANDSCHLAG_PORT": str(port),
            "HANDSCHLAG_RASA_PORT": str(free_port()),
            "HANDSCHLAG_ACTIONS_PORT": str(free_port()),
            "HANDSCHLAG_STATE_DIR": str(tmp_path / "var"),
            "HANDSCHLAG_LOG_DIR": str(tmp_path / "logs"),
        }
        command = [sys.executable, "-m", "runner", "start"]
        started = time.monotonic()
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
        duration_s = time.monotonic() - started
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert f"Port {port} ist schon belegt." in ended.stderr
    assert "HANDSCHLAG_PORT=" in ended.stderr
    assert not (tmp_path / "logs").exists()
    assert duration_s < 10
