"""Where the runner works and on which ports, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from runner.errors import PortsEqual, SettingInvalid

ROOT = Path(__file__).resolve().parent.parent
#: Where the programs listen unless they are told otherwise.
PORTS = {"HANDSCHLAG_PORT": 8080, "HANDSCHLAG_RASA_PORT": 5005, "HANDSCHLAG_ACTIONS_PORT": 5055}
#: Only where WhatsApp is tried without an account.
DEMO_PORTS = {"HANDSCHLAG_GRAPH_PORT": 8090}


@dataclass(frozen=True)
class Settings:
    """One stack: two stacks with different ports, state and logs can run side by side."""

    #: Project root; every process runs in it.
    root: Path
    #: Databases, secrets, stamps (HANDSCHLAG_STATE_DIR), absolute.
    state_dir: Path
    #: What the processes print (HANDSCHLAG_LOG_DIR), absolute.
    log_dir: Path
    #: Address the bridge listens on (HANDSCHLAG_HOST).
    host: str
    #: Port of the bridge, the only one meant for others (HANDSCHLAG_PORT).
    port: int
    #: Port of Rasa on loopback (HANDSCHLAG_RASA_PORT).
    rasa_port: int
    #: Port of the action server on loopback (HANDSCHLAG_ACTIONS_PORT).
    actions_port: int
    #: ``development`` or ``production`` (HANDSCHLAG_ENVIRONMENT).
    environment: str
    #: Sectors the assistant is trained for (HANDSCHLAG_SECTORS), read by Rasa; empty: ``config.yml`` decides.
    sectors: str = ""
    #: Try WhatsApp without an account (WHATSAPP=demo).
    whatsapp_demo: bool = False
    #: Port of the rebuilt Graph API and its phone page on loopback (HANDSCHLAG_GRAPH_PORT).
    graph_port: int = 8090

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], root: Path = ROOT) -> Settings:
        """Read the settings.

        Raises:
            SettingInvalid: a port is no number from 1 to 65535, the environment is unknown, or a demo of WhatsApp is
                asked for in production.
            PortsEqual: two of the ports are the same.
        """
        environment = environ.get("HANDSCHLAG_ENVIRONMENT") or "development"
        if environment not in ("development", "production"):
            raise SettingInvalid("HANDSCHLAG_ENVIRONMENT", environment)
        whatsapp = environ.get("WHATSAPP") or ""
        if whatsapp not in ("", "demo") or (whatsapp and environment == "production"):
            raise SettingInvalid("WHATSAPP", whatsapp)
        wanted = {**PORTS, **DEMO_PORTS} if whatsapp else PORTS
        ports = {name: _port(environ, name, default) for name, default in wanted.items()}
        for (first, port), (second, other) in combinations(ports.items(), 2):
            if port == other:
                raise PortsEqual(first, second, port)
        return cls(
            root=root,
            state_dir=root / (environ.get("HANDSCHLAG_STATE_DIR") or "var"),
            log_dir=root / (environ.get("HANDSCHLAG_LOG_DIR") or "logs"),
            host=environ.get("HANDSCHLAG_HOST") or "127.0.0.1",
            port=ports["HANDSCHLAG_PORT"],
            rasa_port=ports["HANDSCHLAG_RASA_PORT"],
            actions_port=ports["HANDSCHLAG_ACTIONS_PORT"],
            environment=environment,
            sectors=environ.get("HANDSCHLAG_SECTORS") or "",
            whatsapp_demo=bool(whatsapp),
            graph_port=ports.get("HANDSCHLAG_GRAPH_PORT", DEMO_PORTS["HANDSCHLAG_GRAPH_PORT"]),
        )

    @property
    def reach_host(self) -> str:
        """The address under which processes of this machine reach the bridge."""
        return "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host

    @property
    def public_url(self) -> str:
        """The address to tell the person, without a path."""
        host = "localhost" if self.reach_host in ("127.0.0.1", "::1") else self.reach_host
        return f"http://{host}:{self.port}"


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise SettingInvalid(name, value)
    return int(value)
