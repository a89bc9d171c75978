"""The conversations of `test_*.yml` beside this file: predicted as written, and played as written.

Those of the further sectors stand in `sectors/`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent

from tests.bot.support.annotate import annotated
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.stories import Story, deviations, mispredicted, stories
from tests.bot.support.story_coverage import untold
from tests.bot.support.talk import Talk

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("**/test_*.yml"))
STORIES = stories(HERE)


@pytest.mark.parametrize("file", sorted(HERE.glob("test_*.yml")), ids=lambda path: path.stem)
async def test_every_step_is_predicted_as_written(agent: Agent, file: Path, tmp_path: Path) -> None:
    assert await mispredicted(agent, file, tmp_path) == ""


@pytest.mark.usefixtures("fresh_shop")
@pytest.mark.parametrize("story", STORIES, ids=str)
async def test_a_story_goes_as_written_with_the_real_actions(talk: Talk, bridge: FakeBridge, story: Story) -> None:
    assert await deviations(talk, bridge, story) == []


def test_every_rule_intent_and_request_of_the_shop_has_its_stories(root: Path) -> None:
    assert untold(root, ["retail"], STORIES) == []


def test_a_request_without_its_stories_is_noticed(root: Path) -> None:
    without = [story for story in STORIES if all(turn.intent != "voucher" for turn in story.turns)]
    missing = untold(root, ["retail"], without)
    assert "rule Tell about products and vouchers (voucher)" in missing
    assert {"intent voucher", "voucher: done", "voucher: dropped"} <= set(missing)
    assert untold(root, ["retail"], [story for story in STORIES if not story.handoff])


def test_there_are_enough_conversations() -> None:
    told = [story for folder in {file.parent for file in FILES} for story in stories(folder)]
    assert len(told) >= 150
    names = [story.name for story in told]
    assert len(names) == len(set(names)), "two stories of one name"


async def test_a_wrong_step_is_noticed(agent: Agent, talk: Talk, bridge: FakeBridge, tmp_path: Path) -> None:
    file = tmp_path / "test_wrong.yml"
    about = "    metadata:\n      says: [utter_bot_challenge]\n      handoff: policy\n"
    steps = "      - user: bist du eine maschine\n        intent: bot_challenge\n      - action: utter_greet\n"
    file.write_text(f'version: "3.1"\nstories:\n  - story: Wrong\n{about}    steps:\n{steps}', encoding="utf-8")
    assert "utter_greet" in await mispredicted(agent, file, tmp_path)
    (story,) = stories(tmp_path)
    assert await deviations(talk, bridge, story) == [
        "bist du eine maschine: actions: ['utter_greet'] is written, ['utter_bot_challenge'] came",
        "handoff: 'policy' is written, [] came",
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_what_people_name_is_marked(file: Path) -> None:
    """`python -m tests.bot.support.annotate` adds the marks."""
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if annotated(line) != line] == []
