"""Ports for servers that a test is about to start."""

import random
import socket

#: Below the range from which the system takes ports for outgoing connections (32768 and up on Linux): nobody but
#: another server can take one of these between the look and the start.
LOW, HIGH = 20_000, 32_000


def free_ports(count: int) -> list[int]:
    """That many different ports on which nobody listens."""
    found: list[int] = []
    for port in random.sample(range(LOW, HIGH), HIGH - LOW):
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"there are no {count} free ports between {LOW} and {HIGH}")


def free_port() -> int:
    """A port on which nobody listens."""
    return free_ports(1)[0]
