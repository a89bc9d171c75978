from __future__ import annotations

from pathlib import Path

import pytest

from runner import caddy
from runner.errors import ToolMissing


def program(folder: Path, name: str, script: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_caddy_that_is_named_is_taken_before_that_of_the_machine(tmp_path: Path) -> None:
    on_path, named = program(tmp_path, "caddy"), program(tmp_path / "opt", "caddy")
    assert caddy.find({"PATH": str(tmp_path)}, tmp_path / "tools") == on_path
    assert caddy.find({"PATH": str(tmp_path), "HANDSCHLAG_CADDY": str(named)}, tmp_path / "tools") == named


def test_a_caddy_that_is_named_and_not_there_is_none(tmp_path: Path) -> None:
    program(tmp_path, "caddy")
    assert caddy.find({"PATH": str(tmp_path), "HANDSCHLAG_CADDY": "/nowhere/caddy"}, tmp_path / "tools") is None


async def test_without_one_the_package_of_debian_is_unpacked_and_not_installed(tmp_path: Path) -> None:
    tools, machine = tmp_path / "tools", tmp_path / "bin"
    program(machine, "apt-get", 'echo "$@" >>"$CALLS"; : >caddy_2.6.2_amd64.deb')
    program(machine, "dpkg-deb", 'echo "$@" >>"$CALLS"; /bin/mkdir -p usr/bin && : >usr/bin/caddy')
    environ = {"PATH": str(machine), "CALLS": str(tmp_path / "calls")}
    found = await caddy.require(environ, tools=tools, log=tmp_path / "log")
    assert found == tools / "caddy/usr/bin/caddy"
    assert [path.name for path in tools.iterdir()] == ["caddy"]
    assert "install" not in (tmp_path / "calls").read_text()


async def test_a_machine_that_has_none_and_cannot_get_one_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing, match="Für die Tests fehlt Caddy"):
        await caddy.require({"PATH": str(tmp_path)}, tools=tmp_path / "tools", log=tmp_path / "log")


async def test_a_package_that_cannot_be_fetched_leaves_nothing_behind(tmp_path: Path) -> None:
    tools, machine = tmp_path / "tools", tmp_path / "bin"
    program(machine, "apt-get", "exit 100")
    program(machine, "dpkg-deb")
    with pytest.raises(ToolMissing):
        await caddy.require({"PATH": str(machine)}, tools=tools, log=tmp_path / "log")
    assert list(tools.iterdir()) == []
