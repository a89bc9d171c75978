"""What can keep the runner from doing its work.

    RunnerError
    ├── SettingInvalid      a HANDSCHLAG_… variable holds something unusable
    ├── PortsEqual          two programs were given the same port
    ├── SecretMissing       production, and a secret is not in the environment
    ├── AlreadyRunning      another runner holds the same state directory
    ├── PortTaken           another program listens where one of ours should
    ├── ToolMissing         a program the machine should have was not found
    ├── StepFailed          a set-up command ended with an error
    ├── StartFailed         a process did not become ready
    └── ChecksFailed        at least one check of the test run failed

Each carries the key of its sentence in ``texts.de.toml`` and the values that belong into it.
"""

from __future__ import annotations

from runner.texts import text


class RunnerError(Exception):
    """Ends the run with exit code 1 and one sentence for the person at the console."""

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(text(key, **values))


class SettingInvalid(RunnerError):
    """A HANDSCHLAG_… variable holds something unusable."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__("error.setting_invalid", name=name, value=value)


class PortsEqual(RunnerError):
    """Two HANDSCHLAG_…_PORT variables hold the same port."""

    def __init__(self, first: str, second: str, port: int) -> None:
        super().__init__("error.ports_equal", first=first, second=second, port=port)


class SecretMissing(RunnerError):
    """A secret is not set although the environment is production."""

    def __init__(self, name: str) -> None:
        super().__init__("error.secret_missing", name=name)


class AlreadyRunning(RunnerError):
    """Another runner holds the lock of this state directory."""

    def __init__(self, pid: str, url: str) -> None:
        super().__init__("error.already_running", pid=pid, url=url)


class PortTaken(RunnerError):
    """Another program listens on a port that one of our processes needs."""

    def __init__(self, port: int, setting: str) -> None:
        super().__init__("error.port_taken", port=port, setting=setting, other=port + 1000)


class ToolMissing(RunnerError):
    """A program is neither on the machine nor could it be fetched."""


class StepFailed(RunnerError):
    """A set-up command ended with an error; what it printed is in the named log."""

    def __init__(self, step: str, log: object) -> None:
        super().__init__("error.step_failed", step=text(f"step.{step}.name"), log=log)


class StartFailed(RunnerError):
    """A process died again and again, or stayed silent, before it was ready once."""

    def __init__(self, program: str, log: object) -> None:
        super().__init__("error.start_failed", program=text(f"program.{program}"), log=log)


class ChecksFailed(RunnerError):
    """At least one check failed."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("error.checks_failed", names=", ".join(names))


def first_cause(failures: ExceptionGroup) -> Exception:
    """The first failure of tasks that ran side by side; the others were cancelled because of it."""
    first: Exception = failures
    while isinstance(first, ExceptionGroup):
        first = first.exceptions[0]
    return first
