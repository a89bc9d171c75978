"""Tells early, and in one sentence, that a port is not free."""

from __future__ import annotations

import socket

from runner.errors import PortTaken
from runner.settings import Settings


def is_free(host: str, port: int) -> bool:
    """Whether a process of ours could listen on this address now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do: a connection of the last run that is still closing is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    # BSD lets a specific address be bound beside a listener on all addresses; then somebody answers.
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        return caller.connect_ex((host, port)) != 0


def require_free_ports(settings: Settings) -> None:
    """Check the ports of a stack.

    Raises:
        PortTaken: for the first port that is in use.
    """
    wanted = [
        (settings.host, settings.port, "HANDSCHLAG_PORT"),
        ("127.0.0.1", settings.rasa_port, "HANDSCHLAG_RASA_PORT"),
        ("127.0.0.1", settings.actions_port, "HANDSCHLAG_ACTIONS_PORT"),
    ]
    if settings.whatsapp_demo:
        wanted.append(("127.0.0.1", settings.graph_port, "HANDSCHLAG_GRAPH_PORT"))
    for host, port, setting in wanted:
        if not is_free(host, port):
            raise PortTaken(port, setting)
