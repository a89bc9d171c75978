"""Whatever customers, bots, agents and crashes do in whatever order, no promise is broken."""

import shutil
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.machine import Conversations
from tests.support.scale import Scale


def test_no_order_of_events_breaks_a_promise(scale: Scale, told: Callable[[str], None]) -> None:
    stories, length = (1_000, 60) if scale.full else (60, 40)
    Conversations.steps = 0
    try:
        run_state_machine_as_test(
            Conversations,
            settings=settings(
                max_examples=stories,
                stateful_step_count=length,
                deadline=None,
                # A found story is played again from what hypothesis keeps; telling it shorter takes minutes.
                phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if scale.full else ())),
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
    finally:
        if Conversations.template is not None:
            shutil.rmtree(Conversations.template.parent, ignore_errors=True)
        told(f"core: {Conversations.steps} operations, every log checked after each step")
    # Were the machine to do nothing, nothing would be proven.
    assert Conversations.steps > stories * length / 4
