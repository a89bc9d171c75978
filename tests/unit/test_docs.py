"""Every setting is documented, and nothing is that does not exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from handoff_bridge.settings import PREFIX, SECRETS_DIR, Settings
from runner.settings import Settings as RunnerSettings
from tests.unit.samples import ROOT

DOCUMENT = ROOT / "docs" / "settings.md"
EXAMPLE = ROOT / ".env.example"
NAME = re.compile(rf"{PREFIX}[A-Z0-9]+(?:_[A-Z0-9]+)*")
#: Where settings are read, other than by the fields of the bridge's settings.
READERS = ("runner", "actions", "components", "docker", "docker-compose.yml", "endpoints.yml", "credentials.yml",
           "tests/support", "tests/acceptance", "handoff_bridge")  # fmt: skip
BRIDGE = {f"{PREFIX}{name.upper()}": field.default for name, field in Settings.model_fields.items()}


def sources() -> Iterator[Path]:
    for name in READERS:
        path = ROOT / name
        if path.is_file():
            yield path
        for inner in path.rglob("*"):
            if inner.is_file() and "__pycache__" not in inner.parts and "static" not in inner.parts:
                yield inner


def existing() -> set[str]:
    named = {name for path in sources() for name in NAME.findall(path.read_text(encoding="utf-8", errors="replace"))}
    return named | set(BRIDGE)


def documented() -> dict[str, str]:
    """The default by setting, as the tables have it."""
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: "" if default == "none" else default.strip("`") for name, default in rows}


def example() -> dict[str, str]:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.removeprefix("#").split("=", 1) for line in lines if "=" in line)


def as_written(default: object) -> str:
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    return "" if default is None else str(default)


def test_every_setting_is_documented_and_nothing_else() -> None:
    assert set(documented()) == existing()


def test_every_name_in_the_document_is_in_a_table() -> None:
    assert set(NAME.findall(DOCUMENT.read_text(encoding="utf-8"))) == set(documented())


def test_the_defaults_in_the_document_are_those_of_the_code() -> None:
    defaults = documented()
    assert {name: defaults[name] for name in BRIDGE} == {name: as_written(value) for name, value in BRIDGE.items()}


def test_the_example_has_every_setting_of_bridge_and_runner_with_its_default() -> None:
    runner = set(NAME.findall((ROOT / "runner/settings.py").read_text(encoding="utf-8")))
    assert set(example()) == (set(BRIDGE) | runner)
    defaults = documented()
    assert example() == {name: defaults[name] for name in example()}


def test_the_example_taken_as_it_is_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in existing():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8").replace("#HANDSCHLAG", "HANDSCHLAG"))
    assert Settings() == plain
    assert RunnerSettings.from_environment(example()) == RunnerSettings.from_environment({})


def test_the_folder_of_secrets_is_documented_though_it_is_no_field() -> None:
    assert SECRETS_DIR in documented()


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))])
def test_every_link_to_a_file_leads_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)
    missing = [
        target for target in targets if "://" not in target and not (ROOT / page).parent.joinpath(target).exists()
    ]
    assert missing == []
