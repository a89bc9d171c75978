"""Becomes another program that dies with its parent: ``python leash.py <parent pid> <program> [arguments…]``.

On Linux the kernel kills the program when the runner ends in any way, also by ``kill -9``. Elsewhere there is no such
promise; there the runner's own end (signals, errors) stops its processes, and a kill of the runner itself does not.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: From <linux/prctl.h>.
_PR_SET_PDEATHSIG = 1


def _die_with_parent(parent: int) -> None:
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    # The parent may have gone before the kernel knew; then nobody would ever tell.
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    """Tie this process to its parent, give signals their usual meaning, and become the program."""
    parent, *command = arguments
    _die_with_parent(int(parent))
    # A runner in the background of a shell was started with these ignored, and a program inherits that.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
