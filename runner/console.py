"""Short lines for the person who started the runner; everything else goes to the logs."""

from __future__ import annotations

import contextlib
import sys

from runner.texts import text


def line(words: str = "") -> None:
    """Print one line.

    A console that has gone away (closed terminal, ended pipe) must not keep the runner from stopping its processes.
    """
    with contextlib.suppress(OSError, ValueError):
        print(words, flush=True)


def say(key: str, **values: object) -> None:
    """Print the sentence under ``key``."""
    line(text(key, **values))


def doing(key: str, **values: object) -> None:
    """Tell that something has begun."""
    line(f"· {text(key, **values)} …")


def done(key: str, duration_s: float, **values: object) -> None:
    """Tell that something has ended well, and how long it took."""
    line(f"✓ {text(key, **values)} ({duration_s:.0f} s)" if duration_s >= 1 else f"✓ {text(key, **values)}")


def warn(key: str, **values: object) -> None:
    """Tell something the person should look at, without stopping."""
    line(f"! {text(key, **values)}")


def fail(words: str) -> None:
    """Print the one sentence that says why the runner stops, on standard error."""
    with contextlib.suppress(OSError, ValueError):
        print(f"✗ {words}", file=sys.stderr, flush=True)


def be_tolerant() -> None:
    """A console that cannot show a character shows another one instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
