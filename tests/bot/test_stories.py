"""The conversations of `test_*.yml` beside this file: every message understood, every step predicted as written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rasa.core.test
from rasa.core.agent import Agent

from tests.bot.support.annotate import annotated

STORIES = sorted(Path(__file__).parent.glob("test_*.yml"))


@pytest.mark.parametrize("stories", STORIES, ids=lambda path: path.stem)
async def test_every_step_is_predicted_as_written(agent: Agent, stories: Path, tmp_path: Path) -> None:
    await rasa.core.test.test(str(stories), agent, out_directory=str(tmp_path), e2e=True, disable_plotting=True)
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    counts = report["conversation_accuracy"]
    failed = tmp_path / "failed_test_stories.yml"
    assert counts["correct"] == counts["total"], failed.read_text(encoding="utf-8")


def test_there_are_enough_conversations() -> None:
    assert sum(path.read_text(encoding="utf-8").count("- story:") for path in STORIES) >= 30


async def test_a_wrong_step_is_noticed(agent: Agent, tmp_path: Path) -> None:
    story = tmp_path / "test_wrong.yml"
    steps = "      - user: bist du eine maschine\n        intent: bot_challenge\n      - action: utter_greet\n"
    story.write_text(f'version: "3.1"\nstories:\n  - story: Wrong\n    steps:\n{steps}', encoding="utf-8")
    await rasa.core.test.test(str(story), agent, out_directory=str(tmp_path), e2e=True, disable_plotting=True)
    report = json.loads((tmp_path / "story_report.json").read_text(encoding="utf-8"))
    assert report["conversation_accuracy"]["correct"] == 0


@pytest.mark.parametrize("stories", STORIES, ids=lambda path: path.stem)
def test_what_people_name_is_marked(stories: Path) -> None:
    """`python -m tests.bot.support.annotate` adds the marks."""
    lines = stories.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if annotated(line) != line] == []
