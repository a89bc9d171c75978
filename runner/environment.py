"""The environment of each process: everything it needs, and no secret it does not."""

from __future__ import annotations

from collections.abc import Mapping

from runner import whatsapp_demo
from runner.secret_files import secret
from runner.settings import Settings

_CHANNEL_SECRET = "HANDSCHLAG_CHANNEL_SECRET"
_INTERNAL_SECRET = "HANDSCHLAG_INTERNAL_SECRET"

#: Rasa and what it brings along call nobody and keep their warnings to their logs.
_QUIET_BOT = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
}


class Environments:
    """Builds environments from the runner's own; what is set there wins."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        own = {name: value for name, value in environ.items() if value or not name.startswith("HANDSCHLAG_")}
        # Of an activated environment nothing may reach a process that runs in another one.
        for name in (_CHANNEL_SECRET, _INTERNAL_SECRET, "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"):
            own.pop(name, None)
        self._given = environ
        self._common = {**self._defaults(), **own, **self._derived()}

    def setup(self) -> dict[str, str]:
        """For set-up steps in the bot environment: no secrets."""
        return {**self._common, **_QUIET_BOT}

    def rasa(self) -> dict[str, str]:
        """For Rasa: the secret of its channel."""
        return {**self.setup(), _CHANNEL_SECRET: self._secret(_CHANNEL_SECRET)}

    def actions(self) -> dict[str, str]:
        """For the action server: the secret it shows to the bridge."""
        # The action server listens on all addresses unless told otherwise.
        return {**self.setup(), "SANIC_HOST": "127.0.0.1", _INTERNAL_SECRET: self._secret(_INTERNAL_SECRET)}

    def bridge(self) -> dict[str, str]:
        """For the bridge: both secrets, and WhatsApp's where it is tried without an account."""
        return {
            **self._common,
            **self._demo_secrets(),
            _CHANNEL_SECRET: self._secret(_CHANNEL_SECRET),
            _INTERNAL_SECRET: self._secret(_INTERNAL_SECRET),
        }

    def graph(self) -> dict[str, str]:
        """For the rebuilt Graph API: the secrets that it shares with the bridge."""
        return {**self._common, **self._demo_secrets()}

    @property
    def business_file(self) -> str:
        """The company's rules as they are without a demo."""
        return self._given.get("HANDSCHLAG_BUSINESS_FILE") or self._defaults()["HANDSCHLAG_BUSINESS_FILE"]

    def _demo_secrets(self) -> dict[str, str]:
        return whatsapp_demo.secrets(self._settings) if self._settings.whatsapp_demo else {}

    def _secret(self, name: str) -> str:
        return secret(
            name,
            environ=self._given,
            environment=self._settings.environment,
            folder=self._settings.state_dir / "secrets",
        )

    def _defaults(self) -> dict[str, str]:
        state = self._settings.state_dir
        return {
            "HANDSCHLAG_DATABASE_URL": f"sqlite+aiosqlite:///{state}/handschlag.db",
            "HANDSCHLAG_TRACKER_DATABASE": f"{state}/rasa.db",
            "HANDSCHLAG_SHOP_DATABASE_URL": f"sqlite:///{state}/shop.db",
            "HANDSCHLAG_ENERGY_DATABASE_URL": f"sqlite:///{state}/energy.db",
            "HANDSCHLAG_INSURANCE_DATABASE_URL": f"sqlite:///{state}/insurance.db",
            "HANDSCHLAG_LOOKUP_GUARD_URL": f"sqlite:///{state}/lookup_guard.db",
            "HANDSCHLAG_BUSINESS_FILE": f"{self._settings.root}/business.yml",
        }

    def _derived(self) -> dict[str, str]:
        """Follows from the runner's settings, also where a caller has set something else for another stack."""
        settings = self._settings
        return {
            "HANDSCHLAG_ENVIRONMENT": settings.environment,
            "HANDSCHLAG_HOST": settings.host,
            "HANDSCHLAG_PORT": str(settings.port),
            "HANDSCHLAG_STATE_DIR": str(settings.state_dir),
            "HANDSCHLAG_RASA_URL": f"http://127.0.0.1:{settings.rasa_port}",
            "HANDSCHLAG_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
            "HANDSCHLAG_BRIDGE_URL": f"http://{settings.reach_host}:{settings.port}",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            **(whatsapp_demo.bridge_settings(settings) if settings.whatsapp_demo else {}),
        }
