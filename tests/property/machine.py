"""The state machine that hypothesis drives: any order of operations, some of them at the same time."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handoff_bridge.business import load_business_rules
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import migrate
from tests.property.world import World, together
from tests.support.bridge import BUSINESS_FILE

Operation = Callable[[World, int, int], Awaitable[None]]

CUSTOMER: tuple[Operation, ...] = (
    World.write, World.write, World.write, World.send_again, World.tap,
    World.ask_for_person, World.ask_for_person, World.stop_waiting, World.loses_patience, World.leave,
)  # fmt: skip
BOT: tuple[Operation, ...] = (
    World.take_turns, World.take_turns, World.take_turns, World.answer, World.answer_again,
    World.fail, World.hand_over, World.give_back, World.crash,
)  # fmt: skip
AGENT: tuple[Operation, ...] = (
    World.look, World.claim, World.agent_writes, World.agent_writes_again,
    World.return_to_bot, World.person_helps, World.person_helps, World.transfer, World.end,
)  # fmt: skip
#: Memory where there is some: the disk proves nothing here and takes most of the time.
SHARED_MEMORY = Path("/dev/shm")


def _names(operation: Operation) -> str:
    return getattr(operation, "__name__", repr(operation))


def _of(operations: tuple[Operation, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from([_names(operation) for operation in operations])


WHO, PICK = st.integers(0, 3), st.integers(0, 11)
ANY = st.tuples(_of((*CUSTOMER, *BOT, *AGENT, World.wait)), WHO, PICK)


class Conversations(RuleBasedStateMachine):
    """One or two conversations, three agents, two workers and a clock."""

    template: Path | None = None
    steps = 0
    outcomes: ClassVar[Counter[str]] = Counter()

    @initialize(conversations=st.integers(1, 2))
    def begin(self, conversations: int) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(
            tempfile.mkdtemp(prefix="handschlag-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None)
        )
        database = self.folder / "handschlag.db"
        shutil.copy(self._template(), database)
        rules = load_business_rules(BUSINESS_FILE)
        self.world = self.runner.run(World.build(f"sqlite+aiosqlite:///{database}", rules))
        for _ in range(conversations):
            self.runner.run(self.world.start())

    # One rule for all: hypothesis leaves some rules out of a story, and every story needs everybody.
    @rule(operation=ANY)
    def next(self, operation: tuple[str, int, int]) -> None:
        self._do(*operation)

    @rule(operations=st.lists(ANY, min_size=2, max_size=4))
    def at_the_same_time(self, operations: list[tuple[str, int, int]]) -> None:
        type(self).steps += len(operations)
        self.runner.run(together([getattr(self.world, what)(who, pick) for what, who, pick in operations]))

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "world"):
            self.runner.run(self.world.check())

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.runner.run(self.world.drain())
        finally:
            type(self).outcomes.update(self.world.outcomes)
            self.runner.run(self.world.close())
            self.runner.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, what: str, who: int, pick: int) -> None:
        type(self).steps += 1
        self.runner.run(getattr(self.world, what)(who, pick))

    @classmethod
    def _template(cls) -> Path:
        """A database with all tables, made once: migrating takes longer than playing."""
        if cls.template is None or not cls.template.is_file():
            path = Path(tempfile.mkdtemp(prefix="handschlag-")) / "template.db"

            async def make() -> None:
                database = Database(f"sqlite+aiosqlite:///{path}")
                await migrate(database)
                await database.close()

            asyncio.run(make())
            cls.template = path
        return cls.template
