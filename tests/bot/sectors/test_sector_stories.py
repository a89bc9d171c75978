"""The conversations of `test_*.yml` beside this file: predicted as written, and played as written."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.core.agent import Agent

from tests.bot import test_stories
from tests.bot.sectors.conftest import SECTORS
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.stories import Story, deviations, mispredicted, stories
from tests.bot.support.story_coverage import untold
from tests.bot.support.talk import Talk

HERE = Path(__file__).parent
STORIES = stories(HERE)


@pytest.mark.parametrize("file", sorted(HERE.glob("test_*.yml")), ids=lambda path: path.stem)
async def test_every_step_is_predicted_as_written(sector_agent: Agent, file: Path, tmp_path: Path) -> None:
    assert await mispredicted(sector_agent, file, tmp_path) == ""


@pytest.mark.parametrize("story", STORIES, ids=str)
async def test_a_story_goes_as_written_with_the_real_actions(talk: Talk, bridge: FakeBridge, story: Story) -> None:
    assert await deviations(talk, bridge, story) == []


def test_every_rule_intent_and_request_of_the_sectors_has_its_stories(root: Path) -> None:
    # What is general is told once, by the stories of the shop.
    assert untold(root, SECTORS.split(","), [*STORIES, *test_stories.STORIES]) == []
