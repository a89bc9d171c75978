"""docker-compose.yml keeps what docs/operations.md promises."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff_bridge.serving import SHUTDOWN_S
from handoff_bridge.settings import PREFIX, SECRETS_DIR, WHATSAPP_SECRETS, Settings

ROOT = Path(__file__).parents[3]
COMPOSE_FILE = ROOT / "docker-compose.yml"
Service = dict[str, Any]
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, Service] = COMPOSE["services"]
BRIDGES = sorted(name for name in SERVICES if name.startswith("bridge"))
STAYING = sorted(name for name, service in SERVICES.items() if "profiles" not in service)

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def test_it_follows_the_compose_specification() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE_FILE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_port_is_open_but_that_of_caddy() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["caddy"]
    assert SERVICES["caddy"]["ports"] == ["80:8080", "443:8443"]
    assert not [name for name in SERVICES if "network_mode" in SERVICES[name]]


@every_service
def test_a_service_cannot_write_gain_rights_or_take_the_whole_machine(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert {"cpus", "memory", "pids"} == set(service["deploy"]["resources"]["limits"])
    assert service["logging"]["options"]["max-size"]


@every_service
def test_a_service_runs_as_an_ordinary_user(name: str) -> None:
    service = SERVICES[name]
    if "build" in service:
        dockerfile = (ROOT / service["build"]["dockerfile"]).read_text(encoding="utf-8")
        assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)[-1] == "10001:10001"
    else:
        assert service["user"] not in ("root", "0")


@pytest.mark.parametrize("name", STAYING)
def test_a_service_that_stays_says_whether_it_is_well_and_comes_back(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_rasa_the_actions_and_the_database_reach_nobody_outside() -> None:
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert sorted(name for name in SERVICES if "outside" in SERVICES[name]["networks"]) == [*BRIDGES, "caddy"]
    assert "inside" not in SERVICES["caddy"]["networks"]


def test_the_bridges_are_alike_and_all_known_to_caddy_and_the_actions() -> None:
    assert len(BRIDGES) >= 2
    assert all(SERVICES[name] == SERVICES[BRIDGES[0]] for name in BRIDGES)
    port = SERVICES[BRIDGES[0]]["environment"]["HANDSCHLAG_PORT"]
    assert SERVICES["caddy"]["environment"]["HANDSCHLAG_BRIDGES"].split() == [f"{name}:{port}" for name in BRIDGES]
    alias = SERVICES[BRIDGES[0]]["networks"]["inside"]["aliases"][0]
    assert SERVICES["actions"]["environment"]["HANDSCHLAG_BRIDGE_URL"] == f"http://{alias}:{port}"


def test_the_bridges_count_the_one_proxy_in_front_of_them_and_leave_slower_than_it_looks() -> None:
    environment = SERVICES[BRIDGES[0]]["environment"]
    caddyfile = (ROOT / "docker/Caddyfile").read_text(encoding="utf-8")
    assert environment["HANDSCHLAG_TRUSTED_PROXIES"] == "1"
    looks = {name: float(seconds) for name, seconds in re.findall(r"health_(interval|timeout) (\d+)s", caddyfile)}
    assert float(environment["HANDSCHLAG_DRAIN_S"]) > looks["interval"] + looks["timeout"]
    assert (
        float(SERVICES[BRIDGES[0]]["stop_grace_period"].removesuffix("s"))
        > float(environment["HANDSCHLAG_DRAIN_S"]) + SHUTDOWN_S
    )


def test_every_variable_of_the_bridge_is_one_of_its_settings() -> None:
    known = {f"{PREFIX}{field}".upper() for field in Settings.model_fields} | {SECRETS_DIR}
    assert set(SERVICES[BRIDGES[0]]["environment"]) <= known


def test_every_secret_of_the_bridge_is_one_of_its_settings() -> None:
    known = {f"{PREFIX}{field}".lower() for field in Settings.model_fields}
    assert set(SERVICES[BRIDGES[0]]["secrets"]) <= known


def test_the_bridges_share_one_writable_folder_for_files_that_is_theirs() -> None:
    environment, volumes = (SERVICES[BRIDGES[0]][part] for part in ("environment", "volumes"))
    folder = environment["HANDSCHLAG_ATTACHMENTS_DIR"]
    assert [volume for volume in volumes if not volume.endswith(":ro")] == [f"attachments:{folder}"]
    assert "attachments" in COMPOSE["volumes"]
    dockerfile = (ROOT / "docker/bridge.Dockerfile").read_text(encoding="utf-8")
    assert f"install -d -o 10001 -g 10001 -m 0700 {folder}\n" in dockerfile


def test_the_bridges_are_given_what_whatsapp_needs_as_files() -> None:
    assert {f"{PREFIX.lower()}{name}" for name in WHATSAPP_SECRETS} <= set(SERVICES[BRIDGES[0]]["secrets"])


def test_rasa_is_given_every_variable_that_its_files_name() -> None:
    files = [(ROOT / name).read_text(encoding="utf-8") for name in ("endpoints.yml", "credentials.yml")]
    named = {name for text in files for name in re.findall(r"\$\{(\w+)\}", text)}
    given = {name.removesuffix("_FILE") for name in SERVICES["rasa"]["environment"]}
    assert named
    assert named <= given


def test_the_operations_guide_describes_every_service() -> None:
    guide = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    described = {
        name for row in re.findall(r"^\| (`[^|]+`) \|", guide, re.MULTILINE) for name in re.findall(r"`(\S+)`", row)
    }
    assert set(SERVICES) <= described


def test_no_secret_stands_in_the_file_itself() -> None:
    values = {
        f"{service}.{name}": str(value)
        for service, settings in SERVICES.items()
        for name, value in settings.get("environment", {}).items()
        if re.search(r"SECRET|PASSWORD", name)
    }
    assert values
    assert {name: value for name, value in values.items() if not value.startswith("/run/secrets")} == {}


@every_service
def test_a_file_variable_points_to_a_secret_that_the_service_is_given(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if str(value).startswith("/run/secrets/"):
            assert value.removeprefix("/run/secrets/") in service["secrets"], variable


def test_every_secret_is_made_by_the_script_and_given_to_somebody(tmp_path: Path) -> None:
    subprocess.run(["sh", ROOT / "docker/make-secrets.sh", tmp_path / "secrets"], check=True, stdout=subprocess.DEVNULL)
    made = {f"./secrets/{path.name}" for path in (tmp_path / "secrets").iterdir()}
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == made
    given = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert given == set(COMPOSE["secrets"])


def test_what_is_mounted_from_the_project_is_there_and_cannot_be_written_to() -> None:
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", []) if volume[0] == "."]
    assert mounts
    for mount in mounts:
        source, _, mode = mount.split(":")
        assert (ROOT / source).exists()
        assert mode == "ro"
