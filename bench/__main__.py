"""``python -m bench [--quick] [--only relay,streams]``: measures, prints one table, keeps the figures as JSON."""

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from bench import cpu, report
from bench.children import ROOT, ChildFailed
from bench.report import Figure
from bench.rows import claims, growth, relay, streams, turns, webhooks
from bench.stack import Bench, prepared
from tests.support.postgres import PostgresMissing

PARTS: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "relay": relay.figures,
    "streams": streams.figures,
    "growth": growth.figures,
    "turns": turns.figures,
    "claims": claims.figures,
    "webhooks": webhooks.figures,
}
RESULTS = Path(__file__).parent / "results"
#: Above this load at the start, other work of the machine is part of the figures.
QUIET = 0.5


def main() -> int:
    options = _options()
    _raise_open_files()
    try:
        return asyncio.run(_run(options))
    except (ChildFailed, PostgresMissing, ExceptionGroup) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("bench: stopped", file=sys.stderr)
        return 130


async def _run(options: argparse.Namespace) -> int:
    task = asyncio.current_task()
    assert task is not None
    # As Ctrl-C does: what was started is ended on the way out.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    load = os.getloadavg()[0]
    figures: list[Figure] = []
    async with prepared(options.quick) as bench:
        for name in options.only or PARTS:
            begun = time.monotonic()
            figures += await PARTS[name](bench)
            print(f"bench: {name} measured in {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    print(f"{cpu.machine()}; load before the start {load:.2f}" + ("" if load < QUIET else " (not quiet)") + "\n")
    print(report.table(figures))
    kept = _keep(figures, options, load)
    print(f"\nKept in {kept.relative_to(Path.cwd()) if kept.is_relative_to(Path.cwd()) else kept}")
    return 0


def _keep(figures: list[Figure], options: argparse.Namespace, load: float) -> Path:
    at = datetime.now(UTC)
    path = options.keep or RESULTS / f"{at:%Y-%m-%dT%H%M%S}.json"
    document = {
        "at": at.isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": cpu.machine(),
        "python": sys.version.split()[0],
        "load_before": load,
        "quick": options.quick,
        "figures": [figure.as_json() for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _commit() -> str | None:
    """The commit that was measured, None outside a clone."""
    with suppress(OSError):
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip() or None
    return None


def _raise_open_files() -> None:
    """Ten thousand streams are as many open files, on both ends; children inherit this."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers: proves that it runs, measures nothing")
    parser.add_argument("--only", type=_names, metavar="PART,PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where the JSON goes (bench/results/<time>.json)")
    return parser.parse_args()


def _names(value: str) -> list[str]:
    names = [name.strip() for name in value.split(",")]
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return names


if __name__ == "__main__":
    sys.exit(main())
