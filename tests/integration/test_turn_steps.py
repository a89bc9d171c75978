"""The short way to end a bot turn is taken only where nothing else is to do, and then it does all of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from handoff_bridge.conversations.core import SystemClock, new_id
from handoff_bridge.conversations.model import (
    BotAnswer,
    Button,
    Channel,
    Conversation,
    Draft,
    Handoff,
    HandoffStatus,
    Kind,
    Reason,
    Sender,
    State,
    Turn,
)
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import migrate
from handoff_bridge.storage.store import SqlStore
from tests.support.databases import fresh_postgres_database

NOW = SystemClock().now()
LEASE = timedelta(seconds=60)
NLU: dict[str, object] = {"intent": {"name": "greet", "confidence": 0.9}}
ANSWER = BotAnswer(
    (
        Draft(Sender.BOT, "Guten Tag! „Wie“ kann ich helfen?"),
        Draft(Sender.BOT, "Ist das richtig?", Kind.BUTTONS, buttons=(Button(title="Ja", payload="/affirm"),)),
    ),
    NLU,
)


@pytest.fixture
async def store(postgres_server: str) -> AsyncIterator[SqlStore]:
    async with fresh_postgres_database(postgres_server) as url:
        database = Database(url)
        await migrate(database)
        yield SqlStore(database)
        await database.close()


async def asked(store: SqlStore, *keys: str) -> str:
    """A conversation with the bot in which the customer has written these messages."""
    conversation = Conversation(new_id(), Channel.WEBCHAT, State.BOT, 1, 0, NOW)
    async with store.write() as tx:
        await tx.conversations.add(conversation, f"token of {conversation.id}", NOW)
    for key in keys:
        await store.append(conversation.id, Draft(Sender.CUSTOMER, key, client_message_id=key), NOW)
    return conversation.id


async def only_turn(store: SqlStore) -> Turn:
    (turn,) = await store.claim_turns("me", LEASE, 8, SystemClock().now())
    return turn


async def test_a_plain_end_keeps_the_answer_its_parts_and_what_was_understood(store: SqlStore) -> None:
    conversation_id = await asked(store, "Hallo")
    turn = await only_turn(store)
    said = await store.complete_plainly(turn, "me", ANSWER, NOW)
    assert said is not None
    assert [message.draft for message in said] == list(ANSWER.messages)
    assert [message.seq for message in said] == [2, 3]
    assert list(await store.messages_after(conversation_id, 1, 10)) == list(said)
    async with store.read() as tx:
        assert await tx.turns.is_running(conversation_id, turn.message_id) is False
        assert await tx.turns.transcript_nlu(conversation_id) == {turn.message_id: NLU}


@pytest.mark.parametrize("change", [{"epoch": 2}, {"attempts": 2}, {"message_id": new_id()}])
async def test_with_a_foreign_turn_nothing_is_done(store: SqlStore, change: dict[str, object]) -> None:
    conversation_id = await asked(store, "Hallo")
    turn = await only_turn(store)
    assert await store.complete_plainly(replace(turn, **change), "me", ANSWER, NOW) is None  # type: ignore[arg-type]
    assert await store.complete_plainly(turn, "somebody else", ANSWER, NOW) is None
    assert len(await store.messages_after(conversation_id, 0, 10)) == 1
    assert await store.complete_plainly(turn, "me", ANSWER, NOW) is not None


async def test_a_handoff_that_is_just_being_asked_for_is_not_overlooked(store: SqlStore) -> None:
    conversation_id = await asked(store, "Mensch bitte")
    turn = await only_turn(store)
    async with store.write() as tx:
        await tx.conversations.get(conversation_id, lock=True)
        ending = asyncio.create_task(store.complete_plainly(turn, "me", ANSWER, NOW))
        handoff = Handoff(
            new_id(), conversation_id, Reason.CUSTOMER_REQUEST, HandoffStatus.REQUESTED, NOW, turn.message_id
        )
        await tx.handoffs.add(handoff)
    assert await ending is None
    async with store.read() as tx:
        assert await tx.turns.is_running(conversation_id, turn.message_id)
    assert len(await store.messages_after(conversation_id, 0, 10)) == 1


async def test_of_each_conversation_the_first_open_turn_is_taken_and_by_one_only(store: SqlStore) -> None:
    ids = [await asked(store, "eins", "zwei") for _ in range(6)]
    taken = await asyncio.gather(*(store.claim_turns(f"bridge {n}", LEASE, 4, SystemClock().now()) for n in range(3)))
    turns = [turn for each in taken for turn in each]
    assert sorted(turn.conversation_id for turn in turns) == sorted(ids)
    assert {turn.text for turn in turns} == {"eins"}
    assert await store.claim_turns("late", LEASE, 8, SystemClock().now()) == []
    later = SystemClock().now() + 2 * LEASE
    again = await store.claim_turns("late", LEASE, 8, later)
    assert sorted((turn.conversation_id, turn.attempts) for turn in again) == sorted((each, 2) for each in ids)
