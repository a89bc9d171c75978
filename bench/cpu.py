"""CPU time and memory of processes, read from /proc."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
#: Positions behind the name in /proc/<pid>/stat, see proc(5).
PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM = 1, 11, 12, 13, 14


def _stat(pid: int) -> list[str]:
    """The fields behind the process's name, which may itself hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def parent_of(pid: int) -> int:
    return int(_stat(pid)[PARENT])


def cpu_s(pid: int) -> float:
    """CPU seconds of one process so far."""
    fields = _stat(pid)
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS_PER_S


def cpu_with_children_s(pid: int) -> float:
    """CPU seconds of a process, its running children and those that have ended: PostgreSQL as a whole."""
    fields = _stat(pid)
    total = sum(int(fields[at]) for at in (USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM)) / TICKS_PER_S
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if parent_of(int(entry.name)) == pid:
                    total += cpu_s(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended in between; counted with its parent next time
    return total


def memory_bytes(pid: int) -> int:
    """Resident memory of one process."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Sample:
    at: float
    spent_s: Mapping[str, float]


class Meter:
    """CPU use of named processes between two moments; ``postgres`` names the one that is counted with children."""

    def __init__(self, pids: Mapping[str, int], postgres: int | None = None) -> None:
        self._pids = dict(pids)
        self._postgres = postgres
        self._begin: Sample | None = None

    def begin(self) -> None:
        self._begin = self._sample()

    def cores(self) -> dict[str, float]:
        """Cores in use since ``begin``, by name."""
        assert self._begin is not None
        end = self._sample()
        passed_s = end.at - self._begin.at
        return {name: (end.spent_s[name] - spent) / passed_s for name, spent in self._begin.spent_s.items()}

    def _sample(self) -> Sample:
        spent = {name: cpu_s(pid) for name, pid in self._pids.items()}
        if self._postgres is not None:
            spent["postgres"] = cpu_with_children_s(self._postgres)
        return Sample(time.monotonic(), spent)


def machine() -> str:
    """Cores, processor and memory in a few words."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory_gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    return f"{os.cpu_count()} cores, {model}, {memory_gib:.0f} GiB"
