from __future__ import annotations

import re
from pathlib import Path

import pytest

from runner.checks import all_checks
from runner.errors import PortTaken, StepFailed
from runner.project import Project
from runner.settings import ROOT, Settings
from runner.setup import Setup
from runner.texts import text

QUOTED_KEY = re.compile(r'"((?:setup|stack|address|check|error|train)\.[a-z_]+)"')
USED = sorted(
    {key for path in (ROOT / "runner").glob("*.py") for key in QUOTED_KEY.findall(path.read_text(encoding="utf-8"))}
)


@pytest.mark.parametrize("key", USED)
def test_every_sentence_the_runner_uses_exists(key: str) -> None:
    names = ["url", "path", "email", "password", "name", "names", "known", "packages", "program", "code", "signal"]
    names += ["delay_s", "how", "port", "setting", "other", "log", "version", "value", "pid", "step", "first", "second"]
    assert text(key, **dict.fromkeys(names, "…"))


def test_every_step_and_every_check_has_its_words() -> None:
    settings = Settings.from_environment({})
    for step in Setup(settings, {"PATH": ""}, dev=True).steps():
        assert all(text(f"step.{step.name}.{form}") for form in ("name", "doing", "done"))
    for check in all_checks(Project(ROOT), {}):
        assert text(f"check.{check.name}")


def test_a_path_inside_the_project_is_shown_as_one_would_type_it() -> None:
    assert str(StepFailed("web", ROOT / "logs/setup-web.log")).endswith("Näheres steht in logs/setup-web.log.")
    assert "/elsewhere/setup-web.log" in str(StepFailed("web", Path("/elsewhere/setup-web.log")))


def test_a_sentence_without_its_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("error.port_taken", port=8080)
    with pytest.raises(KeyError):
        text("error.no_such")
    with pytest.raises(KeyError):
        text("error")


def test_the_taken_port_sentence_tells_the_way_out() -> None:
    assert str(PortTaken(8080, "HANDSCHLAG_PORT")) == (
        "Port 8080 ist schon belegt. Beenden Sie das andere Programm, oder wählen Sie mit HANDSCHLAG_PORT "
        "einen anderen Port, zum Beispiel: HANDSCHLAG_PORT=9080 make start"
    )
