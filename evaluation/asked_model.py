"""Loads a trained Rasa model and asks it: `python -m evaluation.asked_model MODEL ASKED.json OUT.json`.

A process of its own, so that start-up and memory are those of one model. Writes {accuracy, load_s, turn_ms, memory_mb}.
"""

from __future__ import annotations

import time

_STARTED = time.monotonic()

import asyncio  # noqa: E402
import json  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from rasa.core.agent import Agent  # noqa: E402

#: Turns that are not timed: the first ones fill caches.
_WARM_UP = 5


async def ask(model: str, asked: list[tuple[str, str]]) -> dict[str, float]:
    """The figures; each message is a conversation of its own."""
    agent = Agent.load(model)
    load_s = time.monotonic() - _STARTED
    right, taken_ms = 0, []
    for at, (text, intent) in enumerate(asked):
        started = time.perf_counter()
        await agent.handle_text(text, sender_id=f"case-{at}")
        taken_ms.append(1000 * (time.perf_counter() - started))
        parsed = await agent.parse_message(text)
        ranking = [entry["name"] for entry in parsed["intent_ranking"] if entry["name"] != "nlu_fallback"]
        right += ranking[0] == intent
    return {
        "accuracy": right / len(asked),
        "load_s": load_s,
        "turn_ms": statistics.median(taken_ms[_WARM_UP:]),
        # Kilobytes on Linux.
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    _model, _asked, _out = sys.argv[1:]
    _figures = asyncio.run(ask(_model, json.loads(Path(_asked).read_text(encoding="utf-8"))))
    Path(_out).write_text(json.dumps(_figures), encoding="utf-8")
