"""Everything ``make test`` runs, one after the other, with its output on the console."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from runner import caddy, console, machine, node, processes
from runner.errors import ChecksFailed, RunnerError
from runner.project import Project
from runner.settings import Settings
from runner.texts import text

_CADDY, _CHROMIUM, _POSTGRES = "HANDSCHLAG_CADDY", "HANDSCHLAG_CHROMIUM", "HANDSCHLAG_POSTGRES_BIN"
_FAKETIME = "HANDSCHLAG_FAKETIME"


@dataclass(frozen=True)
class Check:
    """One named part of the test run: its commands stop at the first that fails."""

    name: str
    commands: tuple[tuple[str | Path, ...], ...]
    folder: Path
    #: Variables that name a program of the machine, needed by these commands.
    needs: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    #: Takes many minutes, so it is run when it is asked for by name.
    only_by_name: bool = False


def all_checks(project: Project, environ: Mapping[str, str]) -> tuple[Check, ...]:
    """The checks, the quick ones first."""
    root, python, bot = project.root, project.bridge_env.python, project.bot_env.python
    sources = ("handoff_bridge", "runner", "bench", "tests")
    faults = (python, "-m", "pytest", "tests/property", "tests/chaos")
    found = node.on_machine(environ) or node.in_wheel(project.node_env.folder)
    npm: tuple[str | Path, ...] = found.npm if found else ("npm",)
    return (
        Check("lint", ((python, "-m", "ruff", "check"), (python, "-m", "ruff", "format", "--check")), root),
        Check("types", ((python, "-m", "mypy", *sources),), root),
        Check(
            "web",
            tuple((*npm, "run", script) for script in ("lint", "check", "test")),
            project.web,
            environment=found.environment(environ) if found else {},
        ),
        Check(
            "unit",
            ((python, "-m", "pytest", "tests/unit", "tests/integration", "tests/runner"),),
            root,
            needs=(_CADDY, _POSTGRES),
        ),
        Check("bot", ((bot, "-m", "pytest", "tests/bot"),), root),
        Check("faults", (faults,), root, needs=(_FAKETIME, _POSTGRES)),
        Check(
            "chaos",
            (faults,),
            root,
            needs=(_FAKETIME, _POSTGRES),
            environment={"HANDSCHLAG_CHAOS": "full"},
            only_by_name=True,
        ),
        Check("acceptance", ((python, "-m", "pytest", "tests/acceptance"),), root, needs=(_CHROMIUM,)),
    )


async def run_checks(settings: Settings, environ: Mapping[str, str], names: Sequence[str]) -> None:
    """Run the named checks, or all that need not be named; a failed one does not keep the others from being run.

    Raises:
        ChecksFailed: at the end, when at least one failed.
        RunnerError: there is no check of that name.
    """
    checks = {check.name: check for check in all_checks(Project(settings.root), environ)}
    for name in names:
        if name not in checks:
            raise RunnerError("error.unknown_check", name=name, known=", ".join(checks))
    usual = [name for name, check in checks.items() if not check.only_by_name]
    failed = [name for name in names or usual if not await _passes(checks[name], settings, environ)]
    if failed:
        raise ChecksFailed([text(f"check.{name}") for name in failed])


async def _passes(check: Check, settings: Settings, environ: Mapping[str, str]) -> bool:
    name = text(f"check.{check.name}")
    console.say("check.start", name=name)
    started = time.monotonic()
    try:
        passed = await _run(check, settings, environ)
    except RunnerError as error:
        console.fail(str(error))
        passed = False
    if passed:
        console.done("check.passed", time.monotonic() - started, name=name)
    else:
        console.warn("check.failed", name=name)
    return passed


async def _run(check: Check, settings: Settings, environ: Mapping[str, str]) -> bool:
    environment = {**environ, **check.environment, **await _tools(check, settings, environ)}
    for command in check.commands:
        process = await processes.spawn(command, cwd=check.folder, environment=environment, log=None)
        try:
            if await process.wait():
                return False
        finally:
            await processes.end(process, grace_s=30)
    return True


async def _tools(check: Check, settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    log = settings.log_dir / "setup-machine.log"
    tools = {}
    if _CHROMIUM in check.needs:
        tools[_CHROMIUM] = await machine.require(
            machine.find_chromium,
            package="chromium",
            error="error.chromium_missing",
            environ=environ,
            log=log,
        )
    if _POSTGRES in check.needs:
        tools[_POSTGRES] = await machine.require(
            machine.find_postgres,
            package="postgresql",
            error="error.postgres_missing",
            environ=environ,
            log=log,
        )
    if _FAKETIME in check.needs:
        tools[_FAKETIME] = await machine.require(
            machine.find_faketime,
            package="libfaketime",
            error="error.faketime_missing",
            environ=environ,
            log=log,
        )
    if _CADDY in check.needs:
        tools[_CADDY] = await caddy.require(environ, tools=Project(settings.root).tools, log=log)
    return {name: str(path) for name, path in tools.items()}
