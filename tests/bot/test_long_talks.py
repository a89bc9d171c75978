"""A long conversation stays quick: its events are restored quickly, and not all of them."""

from __future__ import annotations

import uuid

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses

from components import event_types
from components.bot_turn import answer
from components.channel_bodies import Turn
from components.session_rollover import LOOK_BACK, ROLL_AFTER

#: Rasa's own note, of each session anew.
ABOUT_THE_SESSION = {"session_started_metadata": None}


def said(conversation: str, number: int, text: str) -> Turn:
    return Turn(
        conversation_id=conversation,
        message_id=f"{conversation}-{number}",
        text=text,
        is_payload=False,
        channel="webchat",
        locale="de",
        returned=None,
    )


async def restored(agent: Agent, conversation: str) -> list[Event]:
    tracker = await agent.tracker_store.retrieve(conversation)
    assert tracker is not None
    return list(tracker.events)


def messages(events: list[Event]) -> list[str | None]:
    return [event.message_id for event in events if isinstance(event, UserUttered)]


async def talk_long(agent: Agent, conversation: str, first: int, last: int, text: str = "danke") -> None:
    for number in range(first, last + 1):
        await answer(agent, said(conversation, number, text))


@pytest.fixture
def conversation() -> str:
    return uuid.uuid4().hex


def test_every_event_class_is_found_as_rasa_finds_it() -> None:
    for event_class in all_subclasses(Event):
        assert event_types.resolve_by_type(event_class.type_name) is event_types._WALK(event_class.type_name)


def test_an_unknown_event_is_an_error_unless_there_is_a_default() -> None:
    with pytest.raises(ValueError, match="nobody"):
        event_types.resolve_by_type("nobody")
    assert event_types.resolve_by_type("nobody", SlotSet) is SlotSet


async def test_a_long_conversation_is_restored_in_part_and_kept_as_a_whole(agent: Agent, conversation: str) -> None:
    await talk_long(agent, conversation, 1, ROLL_AFTER + 10)
    assert len(messages(await restored(agent, conversation))) == 10
    whole = await agent.tracker_store.retrieve_full_tracker(conversation)
    assert whole is not None
    assert messages(list(whole.events)) == [f"{conversation}-{number}" for number in range(1, ROLL_AFTER + 11)]


async def test_what_is_known_is_taken_along(agent: Agent, conversation: str) -> None:
    await answer(agent, said(conversation, 1, "wo ist meine bestellung 10423345"))
    await answer(agent, said(conversation, 2, "abbrechen"))
    before = await agent.tracker_store.retrieve(conversation)
    assert before is not None
    await talk_long(agent, conversation, 3, ROLL_AFTER + 2)
    after = await agent.tracker_store.retrieve(conversation)
    assert after is not None
    assert len(messages(list(after.events))) < ROLL_AFTER
    assert {**after.current_slot_values(), **ABOUT_THE_SESSION} == {**before.current_slot_values(), **ABOUT_THE_SESSION}


async def test_a_message_of_the_session_before_gets_its_answer_again(agent: Agent, conversation: str) -> None:
    await talk_long(agent, conversation, 1, ROLL_AFTER - 1)
    last = said(conversation, ROLL_AFTER, "danke dir")
    first_answer = await answer(agent, last)
    await answer(agent, said(conversation, ROLL_AFTER + 1, "danke"))
    assert len(messages(await restored(agent, conversation))) == 1
    assert await answer(agent, last) == first_answer
    assert len(messages(await restored(agent, conversation))) == 1


async def test_in_a_form_the_session_goes_on(agent: Agent, conversation: str) -> None:
    await talk_long(agent, conversation, 1, ROLL_AFTER - 1)
    await answer(agent, said(conversation, ROLL_AFTER, "wo ist mein paket"))
    await answer(agent, said(conversation, ROLL_AFTER + 1, "10423345"))
    assert len(messages(await restored(agent, conversation))) == ROLL_AFTER + 1


async def test_after_a_doubt_the_session_goes_on_until_it_is_quiet_again(agent: Agent, conversation: str) -> None:
    await talk_long(agent, conversation, 1, ROLL_AFTER - 1)
    await answer(agent, said(conversation, ROLL_AFTER, "xqzt blorf"))
    await answer(agent, said(conversation, ROLL_AFTER + 1, "danke"))
    assert len(messages(await restored(agent, conversation))) == ROLL_AFTER + 1
    await talk_long(agent, conversation, ROLL_AFTER + 2, ROLL_AFTER + LOOK_BACK + 2)
    assert len(messages(await restored(agent, conversation))) < ROLL_AFTER
