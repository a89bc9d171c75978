from __future__ import annotations

from pathlib import Path

import pytest

from runner.dotenv import with_dotenv
from runner.environment import Environments
from runner.errors import PortsEqual, SecretMissing, SettingInvalid
from runner.programs import all_programs
from runner.settings import ROOT, Settings


def test_without_any_setting_everything_lies_in_the_project() -> None:
    settings = Settings.from_environment({})
    assert (settings.state_dir, settings.log_dir) == (ROOT / "var", ROOT / "logs")
    assert (settings.port, settings.rasa_port, settings.actions_port) == (8080, 5005, 5055)
    assert settings.public_url == "http://localhost:8080"


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80", "²"])
def test_a_port_that_is_none_is_named_with_its_setting(value: str) -> None:
    with pytest.raises(SettingInvalid, match="HANDSCHLAG_RASA_PORT"):
        Settings.from_environment({"HANDSCHLAG_RASA_PORT": value})


def test_two_programs_cannot_have_the_same_port() -> None:
    with pytest.raises(PortsEqual, match=r"HANDSCHLAG_PORT und HANDSCHLAG_RASA_PORT .* 5005"):
        Settings.from_environment({"HANDSCHLAG_PORT": "5005"})


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="staging"):
        Settings.from_environment({"HANDSCHLAG_ENVIRONMENT": "staging"})


def test_processes_reach_a_bridge_that_listens_on_all_addresses_over_loopback() -> None:
    settings = Settings.from_environment({"HANDSCHLAG_HOST": "0.0.0.0", "HANDSCHLAG_PORT": "9000"})
    assert Environments(settings, {}).setup()["HANDSCHLAG_BRIDGE_URL"] == "http://127.0.0.1:9000"


def test_each_process_gets_the_secrets_it_needs_and_no_other(tmp_path: Path) -> None:
    environ = {"HANDSCHLAG_STATE_DIR": str(tmp_path), "HANDSCHLAG_INTERNAL_SECRET": "inside"}
    environments = Environments(Settings.from_environment(environ), environ)
    channel, internal = "HANDSCHLAG_CHANNEL_SECRET", "HANDSCHLAG_INTERNAL_SECRET"
    assert {channel, internal}.isdisjoint(environments.setup())
    assert internal not in environments.rasa()
    assert channel not in environments.actions()
    bridge = environments.bridge()
    assert (bridge[channel], bridge[internal]) == (environments.rasa()[channel], "inside")


def test_production_without_a_secret_does_not_start(tmp_path: Path) -> None:
    environ = {"HANDSCHLAG_STATE_DIR": str(tmp_path), "HANDSCHLAG_ENVIRONMENT": "production"}
    with pytest.raises(SecretMissing, match="HANDSCHLAG_CHANNEL_SECRET"):
        Environments(Settings.from_environment(environ), environ).bridge()
    assert list(tmp_path.iterdir()) == []


def test_databases_lie_in_the_state_directory_unless_named(tmp_path: Path) -> None:
    environ = {"HANDSCHLAG_STATE_DIR": str(tmp_path), "HANDSCHLAG_DATABASE_URL": "postgresql+asyncpg://db/handschlag"}
    environment = Environments(Settings.from_environment(environ), environ).setup()
    assert environment["HANDSCHLAG_DATABASE_URL"] == "postgresql+asyncpg://db/handschlag"
    assert environment["HANDSCHLAG_SHOP_DATABASE_URL"] == f"sqlite:///{tmp_path}/shop.db"
    assert environment["HANDSCHLAG_ENERGY_DATABASE_URL"] == f"sqlite:///{tmp_path}/energy.db"
    assert environment["HANDSCHLAG_INSURANCE_DATABASE_URL"] == f"sqlite:///{tmp_path}/insurance.db"
    assert environment["HANDSCHLAG_LOOKUP_GUARD_URL"] == f"sqlite:///{tmp_path}/lookup_guard.db"


def test_nothing_of_an_activated_environment_reaches_a_process(tmp_path: Path) -> None:
    environ = {"VIRTUAL_ENV": "/other", "PYTHONPATH": "/other/lib", "HOME": "/home/kim"}
    environment = Environments(Settings.from_environment(environ), environ).setup()
    assert {"VIRTUAL_ENV", "PYTHONPATH"}.isdisjoint(environment)
    assert environment["HOME"] == "/home/kim"


def test_a_dotenv_file_adds_what_the_environment_does_not_say(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# Ports\nHANDSCHLAG_PORT=9000\nexport HANDSCHLAG_HOST='0.0.0.0'\n\nHANDSCHLAG_STATE_DIR=data\n")
    assert with_dotenv({"HANDSCHLAG_PORT": "9001"}, file) == {
        "HANDSCHLAG_PORT": "9001",
        "HANDSCHLAG_HOST": "0.0.0.0",
        "HANDSCHLAG_STATE_DIR": "data",
    }


def test_a_missing_dotenv_file_adds_nothing(tmp_path: Path) -> None:
    assert with_dotenv({"A": "b"}, tmp_path / ".env") == {"A": "b"}


def test_a_broken_dotenv_line_is_named_without_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("HANDSCHLAG_PORT=9000\nHANDSCHLAG_CHANNEL_SECRET: geheim\n")
    with pytest.raises(SettingInvalid) as caught:
        with_dotenv({}, file)
    assert "2" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_a_demo_of_whatsapp_has_a_port_of_its_own_and_secrets_made_for_it(tmp_path: Path) -> None:
    real = {"HANDSCHLAG_WHATSAPP_ACCESS_TOKEN": "token of a real account", "HANDSCHLAG_BUSINESS_FILE": "own.yml"}
    environ = {"HANDSCHLAG_STATE_DIR": str(tmp_path), "WHATSAPP": "demo", **real}
    settings = Settings.from_environment(environ)
    environments = Environments(settings, environ)
    bridge, graph = environments.bridge(), environments.graph()
    assert bridge["HANDSCHLAG_WHATSAPP_GRAPH_URL"] == "http://127.0.0.1:8090/"
    assert bridge["HANDSCHLAG_BUSINESS_FILE"] == str(tmp_path / "whatsapp-demo.yml")
    assert environments.business_file == "own.yml"
    token = "HANDSCHLAG_WHATSAPP_ACCESS_TOKEN"
    assert bridge[token] == graph[token] != real[token]
    assert [program.name for program in all_programs(settings, environ)] == ["bridge", "graph", "rasa", "actions"]


def test_without_a_demo_there_is_no_rebuilt_whatsapp(tmp_path: Path) -> None:
    environ = {"HANDSCHLAG_STATE_DIR": str(tmp_path), "HANDSCHLAG_PORT": "8090"}
    settings = Settings.from_environment(environ)
    assert [program.name for program in all_programs(settings, environ)] == ["bridge", "rasa", "actions"]
    assert "HANDSCHLAG_WHATSAPP_GRAPH_URL" not in Environments(settings, environ).bridge()


@pytest.mark.parametrize("environ", [{"WHATSAPP": "an"}, {"WHATSAPP": "demo", "HANDSCHLAG_ENVIRONMENT": "production"}])
def test_a_demo_of_whatsapp_is_asked_for_by_its_name_and_never_in_production(environ: dict[str, str]) -> None:
    with pytest.raises(SettingInvalid, match="WHATSAPP"):
        Settings.from_environment(environ)


def test_a_demo_of_whatsapp_cannot_have_the_bridges_port() -> None:
    with pytest.raises(PortsEqual, match="HANDSCHLAG_GRAPH_PORT"):
        Settings.from_environment({"WHATSAPP": "demo", "HANDSCHLAG_GRAPH_PORT": "8080"})
