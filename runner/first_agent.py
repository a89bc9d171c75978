"""The first sign-in at the desk, made when there is no agent yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runner import processes
from runner.errors import ToolMissing
from runner.project import Project
from runner.secret_files import write_private
from runner.settings import Settings
from runner.texts import text

_EMAIL = "agent@example.com"
_NAME = "Kim Weber"


@dataclass(frozen=True)
class FirstAgent:
    """The sign-in if it was made just now, and where it is kept if this machine made it."""

    email: str | None
    password: str | None
    kept_in: Path | None

    @classmethod
    async def ensure(cls, settings: Settings, environment: Mapping[str, str]) -> FirstAgent:
        """Let the bridge make an agent if it has none, and keep the sign-in readable by the owner alone.

        Raises:
            ToolMissing: the bridge could not do it.
        """
        log = settings.log_dir / "agent.log"
        python = Project(settings.root).bridge_env.python
        command = (
            python,
            "-m",
            "handoff_bridge",
            "create-agent",
            "--email",
            _EMAIL,
            "--name",
            _NAME,
            "--if-none",
        )
        code, output = await processes.run_captured(command, cwd=settings.root, environment=environment, log=log)
        if code:
            raise ToolMissing("error.agent_failed", log=log)
        made = json.loads(output)
        kept_in = settings.state_dir / "secrets/first-agent.txt"
        if not made:
            return cls(None, None, kept_in if kept_in.exists() else None)
        email, password = str(made["email"]), str(made["password"])
        url = f"{settings.public_url}/desk/"
        write_private(kept_in, text("address.sign_in_file", url=url, email=email, password=password).lstrip())
        return cls(email, password, kept_in)
