"""WhatsApp without an account: a rebuilt Graph API beside the bridge, with a number and secrets made up here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runner import processes
from runner.errors import ToolMissing
from runner.project import Project
from runner.secret_files import secret
from runner.settings import Settings

#: The bridge's settings for WhatsApp. Those of a real account are never used together with the rebuilt API.
_SECRETS = (
    "HANDSCHLAG_WHATSAPP_APP_SECRET",
    "HANDSCHLAG_WHATSAPP_VERIFY_TOKEN",
    "HANDSCHLAG_WHATSAPP_ACCESS_TOKEN",
)
_MODULE = "tests.fakes.graph"


def rules_file(settings: Settings) -> Path:
    """The business rules with the made-up number."""
    return settings.state_dir / "whatsapp-demo.yml"


def phone_url(settings: Settings) -> str:
    """The page that looks like a phone."""
    return f"http://localhost:{settings.graph_port}/"


def secrets(settings: Settings) -> dict[str, str]:
    """Made once, for the bridge and the rebuilt API."""
    folder = settings.state_dir / "secrets/whatsapp-demo"
    return {name: secret(name, environ={}, environment="development", folder=folder) for name in _SECRETS}


def bridge_settings(settings: Settings) -> dict[str, str]:
    """What leads the bridge to the rebuilt API; no secrets."""
    return {
        "HANDSCHLAG_BUSINESS_FILE": str(rules_file(settings)),
        "HANDSCHLAG_WHATSAPP_GRAPH_URL": f"http://127.0.0.1:{settings.graph_port}/",
    }


def command(settings: Settings) -> tuple[str | Path, ...]:
    """Starts the rebuilt API with the phone page."""
    return (
        *(Project(settings.root).bridge_env.python, "-m", _MODULE, "--port", str(settings.graph_port)),
        *("--webhook", f"http://{settings.reach_host}:{settings.port}/webhooks/whatsapp"),
        *("--business-file", rules_file(settings)),
    )


async def prepare(settings: Settings, environment: Mapping[str, str], business_file: Path) -> None:
    """Write the business rules with the made-up number.

    Raises:
        ToolMissing: it could not be done; the log says why.
    """
    log = settings.log_dir / "whatsapp-demo.log"
    arguments = ("--phone", phone_url(settings), "--web-page", f"{settings.public_url}/")
    writing = (
        *(Project(settings.root).bridge_env.python, "-m", f"{_MODULE}.demo_rules"),
        *(business_file, rules_file(settings), *arguments),
    )
    if await processes.run_logged(writing, cwd=settings.root, environment=environment, log=log):
        raise ToolMissing("error.whatsapp_demo_failed", log=log)
