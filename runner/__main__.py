"""``python -m runner start|setup|train|test``: the work behind the Makefile."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from runner import console, whatsapp_demo
from runner.checks import run_checks
from runner.dotenv import with_dotenv
from runner.environment import Environments
from runner.errors import AlreadyRunning, RunnerError
from runner.first_agent import FirstAgent
from runner.locks import LockHeld, held
from runner.new_model import take_new_model
from runner.ports import require_free_ports
from runner.programs import all_programs
from runner.secret_files import make_closed
from runner.settings import Settings
from runner.setup import Setup
from runner.signals import Stopped, StopRequest
from runner.stack import Stack
from runner.supervisor import Died, Ready
from runner.texts import text


async def start(settings: Settings, environ: Mapping[str, str], stop: StopRequest) -> None:
    """Set up what is needed, run the stack until asked to stop."""
    # Databases and logs are about customers.
    make_closed(settings.state_dir)
    try:
        with held(settings.state_dir / "runner.lock"):
            require_free_ports(settings)
            make_closed(settings.log_dir)
            stack = Stack(all_programs(settings, environ), _report)
            await stop.interrupt(Setup(settings, environ, dev=False).run())
            if settings.whatsapp_demo:
                environments = Environments(settings, environ)
                file = Path(environments.business_file)
                await stop.interrupt(whatsapp_demo.prepare(settings, environments.setup(), file))
            console.doing("stack.starting")
            await stack.run(
                stop,
                on_ready=partial(_welcome, settings, environ),
                on_stopping=partial(console.doing, "stack.stopping"),
            )
            console.say("stack.stopped")
    except LockHeld as error:
        raise AlreadyRunning(str(error), settings.public_url) from None


async def setup(settings: Settings, environ: Mapping[str, str], stop: StopRequest) -> None:
    """Set up everything, also what the checks need."""
    await stop.interrupt(Setup(settings, environ, dev=True).run())


async def train(settings: Settings, environ: Mapping[str, str], stop: StopRequest) -> None:
    """Train the assistant when something has changed, and have a running one take the new model."""
    await stop.interrupt(Setup(settings, environ, dev=False).run())
    secret = Environments(settings, environ).rasa()["HANDSCHLAG_CHANNEL_SECRET"]
    taken = await stop.interrupt(take_new_model(settings.rasa_port, secret))
    console.say("train.taken" if taken else "train.not_running")


async def test(settings: Settings, environ: Mapping[str, str], stop: StopRequest, names: list[str]) -> None:
    """Set up and run the named checks, or all."""
    await setup(settings, environ, stop)
    await stop.interrupt(run_checks(settings, environ, names))


def _report(event: Died | Ready) -> None:
    program = text(f"program.{event.program}")
    if isinstance(event, Ready):
        console.done("stack.back" if event.again else "stack.ready", event.duration_s, program=program)
        return
    how = text("stack.died_signal", signal=-event.code) if event.code < 0 else text("stack.died_code", code=event.code)
    console.warn("stack.died", program=program, how=how, delay_s=round(event.next_start_in_s))


async def _welcome(settings: Settings, environ: Mapping[str, str]) -> None:
    """Make sure somebody can sign in, and tell where everything is."""
    agent = await FirstAgent.ensure(settings, Environments(settings, environ).bridge())
    console.line()
    console.say("address.running")
    console.say("address.customer", url=f"{settings.public_url}/")
    console.say("address.desk", url=f"{settings.public_url}/desk/")
    if settings.whatsapp_demo:
        console.say("address.phone", url=whatsapp_demo.phone_url(settings))
    if agent.password is not None:
        console.say("address.sign_in", email=agent.email, password=agent.password)
    elif agent.kept_in is not None:
        console.say("address.sign_in_kept", path=agent.kept_in)
    console.line()
    console.say("address.stop")


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m runner", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start")
    commands.add_parser("setup")
    commands.add_parser("train")
    commands.add_parser("test").add_argument("names", nargs="*")
    return parser.parse_args(arguments)


async def _run(arguments: argparse.Namespace) -> None:
    stop = StopRequest()
    stop.listen()
    environ = with_dotenv(os.environ)
    settings = Settings.from_environment(environ)
    match arguments.command:
        case "start":
            await start(settings, environ, stop)
        case "setup":
            await setup(settings, environ, stop)
        case "train":
            await train(settings, environ, stop)
        case "test":
            await test(settings, environ, stop, arguments.names)


def main(arguments: list[str]) -> int:
    """Run the command and return the exit code: 0 done, 1 with one sentence, 130 stopped on request."""
    console.be_tolerant()
    try:
        asyncio.run(_run(_arguments(arguments)))
    except RunnerError as error:
        console.fail(str(error))
        return 1
    except (Stopped, asyncio.CancelledError, KeyboardInterrupt):
        console.say("stack.aborted")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
