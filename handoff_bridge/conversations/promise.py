"""What may honestly be promised to a customer who waits for a person."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handoff_bridge.business import Desk
from handoff_bridge.conversations.opening import Opening


class PromiseKind(StrEnum):
    AGENT_AVAILABLE = "agent_available"
    QUEUED = "queued"
    OUT_OF_HOURS = "out_of_hours"


@dataclass(frozen=True, slots=True)
class Capacity:
    """The desk at this moment: people at their place, and the conversations they have."""

    agents_online: int
    conversations_with_agents: int


@dataclass(frozen=True, slots=True)
class Promise:
    """``queue_position`` counts from 1; ``estimated_wait_s`` is None when nobody can know."""

    kind: PromiseKind
    queue_position: int
    estimated_wait_s: int | None = None
    next_opening: datetime | None = None


def make_promise(now: datetime, queue_position: int, capacity: Capacity, desk: Desk, opening: Opening) -> Promise:
    """Tell apart: somebody is free, a place in the queue, nobody before the next opening.

    Somebody at the desk outside the opening hours counts as open: what is true is told.
    """
    if capacity.agents_online == 0:
        if opening.is_open(now):
            return Promise(PromiseKind.QUEUED, queue_position)
        return Promise(PromiseKind.OUT_OF_HOURS, queue_position, next_opening=opening.next_opening(now))
    places = capacity.agents_online * desk.conversations_per_agent
    free = places - capacity.conversations_with_agents
    if queue_position <= free:
        return Promise(PromiseKind.AGENT_AVAILABLE, queue_position, estimated_wait_s=0)
    # With every place taken, one becomes free each handling time divided by the places.
    ahead = queue_position - max(free, 0)
    wait_s = math.ceil(ahead * desk.handling_time_min * 60 / places)
    return Promise(PromiseKind.QUEUED, queue_position, estimated_wait_s=wait_s)
