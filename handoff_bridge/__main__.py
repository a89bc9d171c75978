"""``python -m handoff_bridge``: serve, migrate, create-agent."""

import argparse
import asyncio
import json
import secrets
import sys
from collections.abc import Sequence

import uvloop

from handoff_bridge.app import build_app
from handoff_bridge.business import BusinessRulesError, load_business_rules
from handoff_bridge.conversations.core import SystemClock, new_id
from handoff_bridge.conversations.model import Agent
from handoff_bridge.desk.sessions import hasher
from handoff_bridge.logs import set_up_logs
from handoff_bridge.serving import serve_until_stopped
from handoff_bridge.settings import Settings, SettingsError
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import UnknownLayout, migrate
from handoff_bridge.storage.store import SqlStore


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 done, 1 it could not be done, 2 wrong use."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
        if options.command == "serve":
            return serve(settings)
        if options.command == "migrate":
            return asyncio.run(_migrate(settings))
        return asyncio.run(_create_agent(settings, options.email, options.name, options.if_none))
    except (SettingsError, BusinessRulesError, UnknownLayout) as error:
        print(f"handoff_bridge: {error}", file=sys.stderr)
        return 1


def serve(settings: Settings) -> int:
    """Serve until SIGINT or SIGTERM. A second one ends the time of leaving."""
    rules = load_business_rules(settings.business_file)
    if rules.whatsapp_is_on:
        settings.complete_for_whatsapp()
    set_up_logs()
    # What a message costs is mostly the event loop's work; see docs/performance.md.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve_until_stopped(build_app(settings, rules), settings))
    return 0


async def _migrate(settings: Settings) -> int:
    database = Database(settings.database_url)
    await migrate(database)
    await database.close()
    print("The database has the newest layout.")
    return 0


async def _create_agent(settings: Settings, email: str, name: str, if_none: bool) -> int:
    """Add an agent with a random password and print both as JSON; ``{}`` when nothing was to do."""
    database = Database(settings.database_url)
    try:
        await migrate(database)
        email = email.strip().lower()
        password = secrets.token_urlsafe(12)
        async with SqlStore(database).write() as tx:
            if if_none and await tx.agents.count():
                print("{}")
                return 0
            if await tx.agents.is_known(email):
                print(f"handoff_bridge: there is an agent with the address {email} already", file=sys.stderr)
                return 1
            agent = Agent(new_id(), email, name.strip())
            await tx.agents.add(agent, hasher.hash(password), SystemClock().now())
        print(json.dumps({"email": email, "password": password}))
        return 0
    finally:
        await database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m handoff_bridge",
        description="The bridge between customers, the bot and the people at the desk. "
        "Settings come from the environment (HANDSCHLAG_…), see docs/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="serve customers and agents (migrates the database first)")
    commands.add_parser("migrate", help="bring the database to the newest layout")
    create = commands.add_parser("create-agent", help="add an agent with a random password, printed as JSON")
    create.add_argument("--email", required=True, help="what the agent signs in with")
    create.add_argument("--name", required=True, help="the name that customers see")
    create.add_argument("--if-none", action="store_true", help="do nothing when there is an agent already")
    return parser


if __name__ == "__main__":
    sys.exit(main())
