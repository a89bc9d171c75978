"""A process whose clock is wrong: Debian's libfaketime, loaded before everything else."""

import os
from pathlib import Path

#: Names the library where it is not at Debian's place.
VARIABLE = "HANDSCHLAG_FAKETIME"


class FaketimeMissing(Exception):
    """libfaketime is not on this machine; install the package ``libfaketime``."""


def library() -> Path:
    """Where libfaketime is. Raises FaketimeMissing."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        raise FaketimeMissing(FaketimeMissing.__doc__)
    return found[0]


def shifted_by(hours: int) -> dict[str, str]:
    """Environment variables that shift a process's wall clock; its monotonic clock stays right."""
    return {
        "LD_PRELOAD": str(library()),
        "FAKETIME": f"{hours:+d}h",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
