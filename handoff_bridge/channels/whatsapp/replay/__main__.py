"""``python -m handoff_bridge.channels.whatsapp.replay FOLDER``: posts recorded webhooks, signed, to a running bridge.

Prints a table: what the bridge answered to each body, what it kept of it, and what of it stands in a log. The app
secret and the database are those of the bridge's settings.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from handoff_bridge.channels.whatsapp.replay.run import Changes, replay
from handoff_bridge.settings import Settings, SettingsError


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 everything is accounted for, 1 something is not, 2 wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m handoff_bridge.channels.whatsapp.replay",
        description="Posts recorded webhooks, signed, to a running bridge and tells what came of each.",
    )
    parser.add_argument("folder", type=Path, help="one webhook body in each .json or .bin file")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the bridge answers")
    parser.add_argument("--phone-number-id", help="put this number into every body, in place of the one it has")
    parser.add_argument(
        "--fresh-ids", action="store_true", help="make message ids different that several bodies have in common"
    )
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        settings.complete_for_whatsapp()
    except SettingsError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    if not options.folder.is_dir():
        print(f"replay: there is no folder {options.folder}", file=sys.stderr)
        return 2
    changes = Changes(options.phone_number_id, options.fresh_ids)
    result = asyncio.run(replay(options.folder, options.url, settings, changes))
    print(result.table)
    print(f"\n{result.bodies} bodies; answered with 5xx or not at all: {_names(result.failed)}")
    print(f"with an update that nobody has: {_names(result.lost)}")
    print(f"in the inbox: {', '.join(f'{count} {status}' for status, count in sorted(result.inbox.items()))}")
    print(f"{result.messages} updates became messages; entries of them in the logs: {result.entries}")
    return 0 if result.complete else 1


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


if __name__ == "__main__":
    sys.exit(main())
