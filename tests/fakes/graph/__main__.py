"""``python -m tests.fakes.graph``: the fake as a process of its own, for trying WhatsApp without an account."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from handoff_bridge.business import load_business_rules
from tests.fakes.graph.server import ACCESS_TOKEN, APP_SECRET, FakeGraph


def main() -> int:
    options = _parser().parse_args()
    asyncio.run(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    rules = load_business_rules(options.business_file).whatsapp
    if rules is None:
        raise SystemExit(f"{options.business_file} has no section whatsapp")
    fake = FakeGraph(
        {(template.name, template.language): len(template.variables) for template in rules.templates},
        access_token=os.environ.get("HANDSCHLAG_WHATSAPP_ACCESS_TOKEN") or ACCESS_TOKEN,
        app_secret=os.environ.get("HANDSCHLAG_WHATSAPP_APP_SECRET") or APP_SECRET,
    )
    for number in rules.numbers:
        fake.add_line(number.phone_number_id, number.display_number).name = number.name
    fake.template_texts = {(template.name, template.language): template.text for template in rules.templates}
    fake.bridge_database = os.environ.get("HANDSCHLAG_DATABASE_URL") or None
    fake.webhooks.url = options.webhook
    stop = asyncio.Event()
    for number_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number_, stop.set)
    await fake.start(options.port)
    print(f"Graph API: {fake.url}", flush=True)
    await stop.wait()
    await fake.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fakes.graph",
        description="A Graph API on this machine. Access token and app secret are read from "
        "HANDSCHLAG_WHATSAPP_ACCESS_TOKEN and HANDSCHLAG_WHATSAPP_APP_SECRET.",
    )
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--webhook", default="http://127.0.0.1:8080/webhooks/whatsapp", help="where updates go")
    parser.add_argument("--business-file", type=Path, default=Path("business.yml"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
