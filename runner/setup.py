"""What has to be prepared on this machine before Handschlag can run."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from runner import console, node, processes
from runner.environment import Environments
from runner.errors import StepFailed, ToolMissing
from runner.fingerprints import Stamp, files_below, fingerprint
from runner.locks import waited_for
from runner.project import Project
from runner.python_env import LockedEnvironment
from runner.settings import Settings
from runner.steps import Step, run_steps


class Setup:
    """The set-up steps of one project for one stack."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], *, dev: bool) -> None:
        self._settings = settings
        self._project = Project(settings.root)
        self._environ = environ
        self._dev = dev
        self._node_of_machine = node.on_machine(environ)
        self._bot_environment = Environments(settings, environ).setup()

    async def run(self) -> None:
        """Bring everything up to date; quick when nothing changed.

        Raises:
            RunnerError: a step failed or a tool is missing.
        """
        started = time.monotonic()
        lock = self._project.tools / "setup-lock"
        async with waited_for(lock, partial(console.doing, "setup.waiting")):
            ran = await run_steps(self.steps())
        console.done("setup.done" if ran else "setup.fresh", time.monotonic() - started)

    def steps(self) -> tuple[Step, ...]:
        """All steps; the two halves (assistant, pages) run side by side."""
        return (
            self._filled(self._project.bridge_env, "bridge-env"),
            self._filled(self._project.bot_env, "bot-env"),
            *(() if self._node_of_machine else (self._node_from_wheel(),)),
            self._web_packages(),
            self._web(),
            self._language(),
            *(self._demo(company) for company in ("shop", "energy", "insurance")),
            self._training(),
        )

    def _filled(self, environment: LockedEnvironment, log: str) -> Step:
        return Step(
            environment.step,
            inputs=partial(environment.inputs, self._dev),
            outputs=(environment.python,),
            stamp=environment.stamp,
            run=partial(environment.fill, self._dev, environ=self._environ, log=self._log(log)),
        )

    def _node_from_wheel(self) -> Step:
        """For machines without a Node.js that is new enough."""
        environment = self._project.node_env

        async def run() -> None:
            try:
                await environment.fill(False, environ=self._environ, log=self._log("node"))
            except StepFailed as error:
                raise ToolMissing("error.node_missing", log=self._log("node")) from error

        return Step(
            environment.step,
            inputs=partial(environment.inputs, False),
            outputs=(environment.python,),
            stamp=environment.stamp,
            run=run,
        )

    def _web_packages(self) -> Step:
        web = self._project.web
        return Step(
            "web_packages",
            inputs=lambda: fingerprint(self._settings.root, [web / "package-lock.json"], self._node().version),
            outputs=(web / "node_modules",),
            stamp=Stamp(web / "node_modules/.handschlag.stamp"),
            run=partial(self._npm, "web_packages", "ci", "--no-audit", "--no-fund"),
            after=() if self._node_of_machine else ("node",),
        )

    def _web(self) -> Step:
        static = self._project.static
        return Step(
            "web",
            inputs=lambda: fingerprint(self._settings.root, files_below(self._project.web)),
            outputs=(static / "index.html", static / "desk/index.html"),
            stamp=self._stamp("web"),
            run=partial(self._npm, "web", "run", "build"),
            after=("web_packages",),
        )

    def _language(self) -> Step:
        root, folder = self._settings.root, self._project.language_model
        sources = [root / "components/language_model.py", root / "requirements/bot.lock"]
        return Step(
            "language",
            inputs=lambda: fingerprint(root, sources),
            outputs=(folder,),
            stamp=Stamp(folder.with_name("de.stamp")),
            run=partial(self._bot, "language", "-m", "components.language_model", folder.relative_to(root)),
            after=("bot_env",),
        )

    def _demo(self, company: str) -> Step:
        """Fills the database that stands for the system of a shop, an energy supplier or an insurer."""
        root = self._settings.root
        url = self._bot_environment[f"HANDSCHLAG_{company.upper()}_DATABASE_URL"]
        file = Path(url.removeprefix("sqlite:///"))
        return Step(
            company,
            # The demo data lie around today; filling it again leaves everything else in the database alone.
            inputs=lambda: fingerprint(root, files_below(root / "actions/clients"), url, _today()),
            # Another database than a file of ours is not looked for.
            outputs=(root / file,) if url.startswith("sqlite:///") else (),
            stamp=Stamp(self._settings.state_dir / f"stamps/{company}"),
            run=partial(self._bot, company, "-m", f"actions.clients.demo_{company}"),
            after=("bot_env",),
        )

    def _training(self) -> Step:
        root, model = self._settings.root, self._project.model
        sources = [root / "config.yml", root / "domain.yml", root / "requirements/bot.lock"]
        train = (
            "train",
            "--config",
            "config.yml",
            "--domain",
            "domain.yml",
            "--data",
            "data",
            "--out",
            "models",
        )
        return Step(
            "training",
            inputs=lambda: fingerprint(
                root,
                [*sources, *files_below(root / "data", root / "components")],
                # Which sectors are on, where config.yml does not decide it.
                self._settings.sectors,
            ),
            outputs=(model,),
            stamp=Stamp(model.with_name("handschlag.stamp")),
            run=partial(self._bot, "training", "-m", "rasa", *train, "--fixed-model-name", "handschlag"),
            after=("language",),
        )

    async def _bot(self, step: str, *arguments: str | Path) -> None:
        """Run Python in the bot environment."""
        command = (self._project.bot_env.python, *arguments)
        await self._run(step, command, self._settings.root, self._bot_environment)

    async def _npm(self, step: str, *arguments: str) -> None:
        found = self._node()
        environment = {"npm_config_update_notifier": "false", **self._environ}
        await self._run(step, (*found.npm, *arguments), self._project.web, found.environment(environment))

    def _node(self) -> node.Node:
        found = self._node_of_machine or node.in_wheel(self._project.node_env.folder)
        if found is None:
            raise ToolMissing("error.node_missing", log=self._log("node"))
        return found

    async def _run(self, step: str, command: tuple[str | Path, ...], cwd: Path, environment: Mapping[str, str]) -> None:
        log = self._log(step)
        processes.rotate(log)
        if await processes.run_logged(command, cwd=cwd, environment=environment, log=log):
            raise StepFailed(step, log)

    def _log(self, step: str) -> Path:
        return self._settings.log_dir / f"setup-{step}.log"

    def _stamp(self, step: str) -> Stamp:
        return Stamp(self._project.tools / "stamps" / step)


def _today() -> str:
    """The day where this machine stands."""
    return datetime.now().astimezone().date().isoformat()
