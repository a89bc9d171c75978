"""Where the parts of the project lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runner.python_env import LockedEnvironment


@dataclass(frozen=True)
class Project:
    """The folders and environments below one project root. Stacks beside each other share them."""

    root: Path

    @property
    def bridge_env(self) -> LockedEnvironment:
        """Bridge, runner and their checks."""
        return LockedEnvironment(
            "bridge_env",
            self.root,
            self.root / ".venv",
            ">=3.11,<3.15",
            self.root / "requirements/bridge.lock",
            self.root / "requirements/bridge-dev.lock",
        )

    @property
    def bot_env(self) -> LockedEnvironment:
        """Rasa and the custom actions; Rasa Open Source ends at Python 3.10."""
        return LockedEnvironment(
            "bot_env",
            self.root,
            self.root / ".venv-bot",
            "3.10",
            self.root / "requirements/bot.lock",
            self.root / "requirements/bot-dev.lock",
        )

    @property
    def node_env(self) -> LockedEnvironment:
        """Node.js from a wheel, for machines without one."""
        lock = self.root / "requirements/node.lock"
        return LockedEnvironment("node", self.root, self.root / ".tools/node", ">=3.11", lock, lock)

    @property
    def tools(self) -> Path:
        """What the runner fetched or noted for itself."""
        return self.root / ".tools"

    @property
    def web(self) -> Path:
        """TypeScript sources of the pages."""
        return self.root / "web"

    @property
    def static(self) -> Path:
        """The built pages, served by the bridge."""
        return self.root / "handoff_bridge/static"

    @property
    def models(self) -> Path:
        """Trained models."""
        return self.root / "models"

    @property
    def language_model(self) -> Path:
        """The German spaCy pipeline that Rasa loads."""
        return self.models / "language/de"

    @property
    def model(self) -> Path:
        """The trained assistant."""
        return self.models / "handschlag.tar.gz"
