"""The lock files install on every machine that is supported, from whatever package index it uses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runner.python_env import find_uv, uv_environment
from runner.settings import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
NPM_LOCK = ROOT / "web/package-lock.json"


@pytest.mark.parametrize("lock", [*LOCKS, NPM_LOCK], ids=lambda path: path.name)
def test_no_lock_names_a_package_index(lock: Path) -> None:
    words = lock.read_text(encoding="utf-8")
    assert not re.search(r'"resolved"|--(extra-)?index-url|--find-links|@ (https?|file):', words)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_python_package_is_pinned_with_its_hashes(lock: Path) -> None:
    pins = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))[1:]
    assert pins
    assert [pin.split()[0] for pin in pins if "==" not in pin.split()[0] or "--hash=sha256:" not in pin] == []


@pytest.mark.parametrize("name", ["bridge", "bot"])
def test_the_lock_for_the_checks_adds_to_the_one_for_running_and_changes_nothing(name: str) -> None:
    run, dev = (
        set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / f"requirements/{name}{kind}.lock").read_text(), re.MULTILINE))
        for kind in ("", "-dev")
    )
    assert run < dev


def test_the_web_lock_holds_the_packages_of_every_platform() -> None:
    packages = json.loads(NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    # What npm could not find when the lock was written is left out without a word, and "npm ci" refuses later.
    missing = {
        needed
        for package in packages.values()
        for needed in package.get("optionalDependencies", {})
        if f"node_modules/{needed}" not in packages
    }
    assert missing == set()


def test_the_bridge_starts_with_nothing_but_its_lock_for_running(tmp_path: Path) -> None:
    environment = uv_environment(os.environ)
    uv, python = find_uv(ROOT, environment), tmp_path / "env/bin/python"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    commands: tuple[list[str | Path], ...] = (
        [uv, "venv", "--no-project", "--python", version, tmp_path / "env"],
        [uv, "pip", "sync", "--require-hashes", "--python", python, ROOT / "requirements/bridge.lock"],
        # The checks bring packages of their own along, which hide what the bridge forgot to ask for.
        [
            python,
            "-c",
            "import sqlalchemy.ext.asyncio, asyncpg, aiosqlite, handoff_bridge.app, handoff_bridge.__main__",
        ],
    )
    for command in commands:
        ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
        assert ended.returncode == 0, ended.stderr
