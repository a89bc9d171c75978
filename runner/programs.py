"""The programs of Handschlag: bridge, Rasa, actions; and a rebuilt Graph API where WhatsApp is tried out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runner import whatsapp_demo
from runner.environment import Environments
from runner.project import Project
from runner.settings import Settings
from runner.supervisor import Program


def all_programs(settings: Settings, environ: Mapping[str, str]) -> tuple[Program, ...]:
    """Everything that runs, in the order in which it is stopped: first nobody new comes in, then the bot ends.

    Raises:
        SecretMissing: production, and a secret is not in the environment.
    """
    project = Project(settings.root)
    environments = Environments(settings, environ)
    return (
        _bridge(settings, project, environments),
        *((_graph(settings, environments),) if settings.whatsapp_demo else ()),
        _rasa(settings, project, environments),
        _actions(settings, project, environments),
    )


def _bridge(settings: Settings, project: Project, environments: Environments) -> Program:
    command = (project.bridge_env.python, "-m", "handoff_bridge", "serve")
    ready_url = f"http://{settings.reach_host}:{settings.port}/readyz"
    return _program("bridge", settings, command, environments.bridge(), ready_url)


def _graph(settings: Settings, environments: Environments) -> Program:
    ready_url = f"http://127.0.0.1:{settings.graph_port}/_fake/people"
    return _program("graph", settings, whatsapp_demo.command(settings), environments.graph(), ready_url)


def _rasa(settings: Settings, project: Project, environments: Environments) -> Program:
    port = settings.rasa_port
    command = (
        *(project.bot_env.python, "-m", "rasa", "run"),
        *("--endpoints", "endpoints.yml", "--credentials", "credentials.yml"),
        *("--model", project.model.relative_to(settings.root)),
        *("--interface", "127.0.0.1", "--port", str(port)),
    )
    return _program("rasa", settings, command, environments.rasa(), f"http://127.0.0.1:{port}/webhooks/bridge/")


def _actions(settings: Settings, project: Project, environments: Environments) -> Program:
    port = settings.actions_port
    command = (project.bot_env.python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port))
    return _program("actions", settings, command, environments.actions(), f"http://127.0.0.1:{port}/health")


def _program(
    name: str, settings: Settings, command: tuple[str | Path, ...], environment: Mapping[str, str], ready_url: str
) -> Program:
    return Program(
        name=name,
        command=command,
        cwd=settings.root,
        environment=environment,
        log=settings.log_dir / f"{name}.log",
        ready_url=ready_url,
        pid_file=settings.state_dir / "pids" / name,
    )
