"""Runs a stack of two small servers the way the runner runs Handschlag: small_stack.py FOLDER PORT PORT [wish…]

Prints "ready", and "stopped" at its end. Wishes go to the second server.
"""

from __future__ import annotations

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


def program(folder: Path, name: str, port: str, wishes: list[str]) -> Program:
    return Program(
        name=name,
        command=(sys.executable, _SERVER, port, *wishes),
        cwd=ROOT,
        environment=os.environ,
        log=folder / f"{name}.log",
        ready_url=f"http://127.0.0.1:{port}/",
        pid_file=folder / name,
        stop_grace_s=1,
    )


def report(event: Died | Ready) -> None:
    line(f"{type(event).__name__} {event.program}")


async def main(folder: Path, first: str, second: str, wishes: list[str]) -> None:
    stop = StopRequest()
    stop.listen()
    stack = Stack([program(folder, "bridge", first, []), program(folder, "rasa", second, wishes)], report)

    async def on_ready() -> None:
        line("ready")

    await stack.run(stop, on_ready=on_ready, on_stopping=lambda: line("stopping"))
    line("stopped")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]))
