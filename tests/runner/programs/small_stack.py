"""Runs a stack of two small servers the way the runner runs Handschlag.

    small_stack.py FOLDER PORT PORT [--grace SECONDS] [wish…]

Prints "ready", and "stopped" at its end. Wishes go to the second server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from runner.console import line
from runner.settings import ROOT
from runner.signals import StopRequest
from runner.stack import Stack
from runner.supervisor import Died, Program, Ready

_SERVER = Path(__file__).with_name("small_server.py")


def program(folder: Path, name: str, port: str, grace_s: float, wishes: list[str]) -> Program:
    return Program(
        name=name,
        command=(sys.executable, _SERVER, port, *wishes),
        cwd=ROOT,
        environment=os.environ,
        log=folder / f"{name}.log",
        ready_url=f"http://127.0.0.1:{port}/",
        pid_file=folder / name,
        stop_grace_s=grace_s,
    )


def report(event: Died | Ready) -> None:
    line(f"{type(event).__name__} {event.program}")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("ports", nargs=2)
    parser.add_argument("--grace", type=float, default=1.0)
    known, wishes = parser.parse_known_args()
    stop = StopRequest()
    stop.listen()
    first = program(known.folder, "bridge", known.ports[0], known.grace, [])
    second = program(known.folder, "rasa", known.ports[1], known.grace, wishes)

    async def on_ready() -> None:
        line("ready")

    await Stack([first, second], report).run(stop, on_ready=on_ready, on_stopping=lambda: line("stopping"))
    line("stopped")


if __name__ == "__main__":
    asyncio.run(main())
