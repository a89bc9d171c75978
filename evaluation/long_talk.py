"""What a turn costs late in a conversation, beside an early one.

    python -m evaluation.long_talk [MODEL]      the trained model by default

One conversation of a hundred turns through the same steps as the channel's, with the tracker store on SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import structlog
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain

from components.bot_turn import answer
from components.channel_bodies import Turn
from components.tracker_store import DurableTrackerStore

#: Answered by rules alone, without the action server.
SAID = ("hallo", "danke", "danke dir", "tschüss", "guten tag")
TURNS = 100
#: Conversations measured one after the other; the first one warms up.
TALKS = 4
#: Turns around the fifth and the hundredth that the figures are medians of.
EARLY, LATE = range(3, 8), range(96, 101)


async def turn_times_ms(model: Path, folder: Path) -> list[list[float]]:
    """For each conversation the time of every turn, in milliseconds."""
    store = DurableTrackerStore(Domain.empty(), db=str(folder / "rasa.db"))
    agent = Agent.load(model, tracker_store=store)
    talks = []
    for _ in range(TALKS):
        conversation, times = uuid.uuid4().hex, []
        for number in range(1, TURNS + 1):
            turn = Turn(
                conversation_id=conversation,
                message_id=f"{conversation}-{number}",
                text=SAID[number % len(SAID)],
                is_payload=False,
                channel="webchat",
                locale="de",
                returned=None,
            )
            begun = time.perf_counter()
            await answer(agent, turn)
            times.append((time.perf_counter() - begun) * 1000)
        talks.append(times)
    return talks[1:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the two figures and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.long_talk", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("model", nargs="?", type=Path, default=Path("models/handschlag.tar.gz"))
    options = parser.parse_args(arguments)
    # Rasa describes each turn's states at length for whoever debugs; in operation it does not either.
    logging.disable(logging.INFO)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        talks = asyncio.run(turn_times_ms(options.model, Path(folder)))
    early = median(times[number - 1] for times in talks for number in EARLY)
    late = median(times[number - 1] for times in talks for number in LATE)
    sys.stdout.write(f"turn 5: {early:.1f} ms; turn 100: {late:.1f} ms; ratio {late / early:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
