"""A folder of bodies of every kind is posted to a running bridge: nothing is lost, each thing is taken once."""

import asyncio
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from handoff_bridge.channels.whatsapp.replay import __main__ as command
from handoff_bridge.channels.whatsapp.replay.run import Changes, Result, replay
from handoff_bridge.settings import Settings
from tests.integration.whatsapp.conftest import WhatsApp
from tests.support.whatsapp import NUMBER

FIXTURES = Path(__file__).parents[2] / "fixtures/whatsapp"
#: What the table says of some of them, without the spaces between.
TOLD = {
    "text": "200 1 1 1× done 1",
    "system_unknown": "200 1 1 1× done (no open conversation to show it in)",
    "group_message": "200 1 1 1 1× unknown, kept (group_message)",
    "statuses_backwards_and_twice": "200 4 3 1 4× done (of a message that was not sent from here)",
    "batch_entries_changes_messages": "200 4 2 1 7 5× done, 2× done (of a message that was not sent from here) 4",
    "batch_many": "200 60 60 60× done 60",
    "repeat_of_text": "200 1 0 1 1× done 1",
    "same_id_other_content": "200 1 1 1× unknown, kept (same_id)",
    "foreign_number": "200 1 1 1× foreign",
    "field_history": "200 1 1 1× unknown, kept (field:history)",
    "no_changes": "200 1 1 1× unknown, kept (empty)",
    "hostile_text": "200 1 1 1× done 1",
    "hostile_ids": "200 4 4 2× done, 2× unknown, kept (message) 2",
}


async def played(whatsapp: WhatsApp, settings: Settings) -> Result:
    return await replay(FIXTURES, whatsapp.bridge.url, settings, Changes())


def rows_of(result: Result) -> dict[str, str]:
    """Each body's row by its name without number and ending."""
    rows = (line.split(maxsplit=1) for line in result.table.splitlines()[1:])
    return {name.split("_", 1)[1].removesuffix(".json"): " ".join(told.split()) for name, told in rows}


async def test_of_every_kind_of_body_nothing_is_lost_and_each_thing_is_taken_once(
    whatsapp: WhatsApp, whatsapp_settings: Settings
) -> None:
    first = await played(whatsapp, whatsapp_settings)
    assert first.complete
    assert first.bodies == len(list(FIXTURES.glob("*.json"))) == len(rows_of(first))
    # Nothing is left undone, and nothing had to be given up.
    assert first.inbox == Counter(done=139, unknown=21, foreign=2)
    assert first.messages == first.entries == 118
    rows = rows_of(first)
    assert {name: rows[name] for name in TOLD} == TOLD

    again = await played(whatsapp, whatsapp_settings)
    assert replace(again, table="") == replace(first, table="")


async def test_all_of_them_at_once_are_taken_like_one_after_the_other(
    whatsapp: WhatsApp, whatsapp_settings: Settings
) -> None:
    raws = [path.read_bytes() for path in FIXTURES.glob("*.json")]
    answers = await asyncio.gather(*(whatsapp.meta.post(raw) for raw in [*raws, *raws]))
    assert {status for status, _ in answers} == {200}
    assert sum(answer["new"] for _, answer in answers) == 162
    after = await played(whatsapp, whatsapp_settings)
    assert after.complete
    assert after.inbox == Counter(done=139, unknown=21, foreign=2)


async def test_what_was_not_answered_or_not_kept_is_named(whatsapp: WhatsApp, whatsapp_settings: Settings) -> None:
    result = await replay(FIXTURES, "http://127.0.0.1:9", whatsapp_settings, Changes())
    assert not result.complete
    assert len(result.failed) == result.bodies
    assert result.inbox == Counter()
    assert await whatsapp.meta.conversations() == []


async def test_another_number_and_ids_of_its_own_make_new_things_of_the_same_bodies(
    whatsapp: WhatsApp, whatsapp_settings: Settings
) -> None:
    changed = await replay(FIXTURES, whatsapp.bridge.url, whatsapp_settings, Changes(NUMBER, fresh_ids=True))
    assert changed.complete
    assert changed.inbox["foreign"] == 0
    # The repeats within the folder are messages of their own now.
    assert changed.messages > 118


def test_the_command_says_what_is_wrong_with_its_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "nowhere")]) == 2
    assert "there is no folder" in capsys.readouterr().err
