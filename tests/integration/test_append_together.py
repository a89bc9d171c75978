"""Messages that are appended together are as safe as those that are appended alone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from handoff_bridge.conversations.core import SystemClock, new_id
from handoff_bridge.conversations.model import Agent, Channel, Conversation, Draft, Message, Sender, State
from handoff_bridge.conversations.ports import DuplicateMessage, Guard
from handoff_bridge.errors import ConversationClosed, NotFound, StaleEpoch
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.migrate import migrate
from handoff_bridge.storage.store import SqlStore
from tests.support.databases import fresh_postgres_database

KIM = Agent("agent-kim", "kim@example.com", "Kim Weber")
NOW = SystemClock().now()
EPOCH = 3


@pytest.fixture
async def store(postgres_server: str) -> AsyncIterator[SqlStore]:
    async with fresh_postgres_database(postgres_server) as url:
        database = Database(url)
        await migrate(database)
        store = SqlStore(database)
        async with store.write() as tx:
            await tx.agents.add(KIM, "-", NOW)
        yield store
        await database.close()


async def conversations(store: SqlStore, *states: State) -> list[str]:
    made = []
    async with store.write() as tx:
        for state in states:
            conversation = Conversation(new_id(), Channel.WEBCHAT, state, EPOCH, 0, NOW)
            if state is State.HUMAN:
                conversation = replace(conversation, agent_id=KIM.id, agent_name=KIM.name)
            await tx.conversations.add(conversation, f"token of {conversation.id}", NOW)
            made.append(conversation.id)
    return made


async def customer(store: SqlStore, conversation_id: str, key: str) -> Message:
    return (await store.append(conversation_id, Draft(Sender.CUSTOMER, key, client_message_id=key), NOW))[1]


async def agent(store: SqlStore, conversation_id: str, key: str, epoch: int = EPOCH) -> Message:
    draft = Draft(Sender.AGENT, key, sender_name=KIM.name, agent_id=KIM.id, client_message_id=key)
    return (await store.append(conversation_id, draft, NOW, Guard(KIM.id, epoch)))[1]


async def log_of(store: SqlStore, conversation_id: str) -> list[tuple[int, str]]:
    return [(message.seq, message.draft.text) for message in await store.messages_after(conversation_id, 0, 200)]


async def test_many_at_once_are_each_in_their_log_once_and_in_order(store: SqlStore) -> None:
    ids = await conversations(store, *[State.HUMAN] * 30)

    async def talk(conversation_id: str) -> None:
        for number in range(3):
            await customer(store, conversation_id, f"c{number}")
            await agent(store, conversation_id, f"a{number}")

    await asyncio.gather(*(talk(each) for each in ids))
    expected = list(enumerate(["c0", "a0", "c1", "a1", "c2", "a2"], 1))
    for each in ids:
        assert await log_of(store, each) == expected


async def test_many_at_once_in_one_conversation_have_numbers_without_a_gap(store: SqlStore) -> None:
    (one,) = await conversations(store, State.HUMAN)
    written = await asyncio.gather(*(customer(store, one, f"c{number}") for number in range(40)))
    assert sorted(message.seq for message in written) == list(range(1, 41))
    assert [text for _, text in await log_of(store, one)] == [f"c{number}" for number in range(40)]


async def test_the_same_message_twice_at_once_is_kept_once(store: SqlStore) -> None:
    (one,) = await conversations(store, State.BOT)
    results = await asyncio.gather(*(customer(store, one, "c1") for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["DuplicateMessage"] * 4 + ["Message"]
    assert await log_of(store, one) == [(1, "c1")]


async def test_each_is_refused_for_its_own_reason_and_the_others_are_kept(store: SqlStore) -> None:
    human, waiting, closed, bot, repeated = await conversations(
        store, State.HUMAN, State.WAITING, State.CLOSED, State.BOT, State.BOT
    )
    await customer(store, repeated, "c1")
    results = await asyncio.gather(
        agent(store, human, "a1"),
        agent(store, waiting, "a1"),
        customer(store, closed, "c1"),
        customer(store, bot, "c1"),
        customer(store, repeated, "c1"),
        customer(store, new_id(), "c1"),
        agent(store, human, "a2", epoch=EPOCH - 1),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        Message, StaleEpoch, ConversationClosed, Message, DuplicateMessage, NotFound, StaleEpoch,
    ]  # fmt: skip
    assert await log_of(store, human) == [(1, "a1")]


async def test_only_the_bots_customers_are_owed_an_answer(store: SqlStore) -> None:
    bot, human = await conversations(store, State.BOT, State.HUMAN)
    asked, *_ = await asyncio.gather(
        customer(store, bot, "c1"), customer(store, human, "c1"), agent(store, human, "a1")
    )
    async with store.read() as tx:
        assert await tx.turns.is_running(bot, asked.id)
    for message in await store.messages_after(human, 0, 10):
        async with store.read() as tx:
            assert await tx.turns.is_running(human, message.id) is None


async def test_a_conversation_that_is_just_changing_makes_nobody_else_wait(store: SqlStore) -> None:
    changing, other = await conversations(store, State.BOT, State.BOT)
    async with store.write() as tx:
        await tx.conversations.get(changing, lock=True)
        late = asyncio.create_task(customer(store, changing, "c1"))
        async with asyncio.timeout(20):
            await asyncio.gather(*(customer(store, other, f"c{number}") for number in range(5)))
        assert not late.done()
    assert (await late).seq == 1


async def test_everything_of_a_message_arrives(store: SqlStore) -> None:
    bot, human = await conversations(store, State.BOT, State.HUMAN)
    draft = Draft(Sender.CUSTOMER, "„Ja“ — 👍\n{}", payload="/affirm", client_message_id="c1")
    (conversation, message), written = await asyncio.gather(store.append(bot, draft, NOW), agent(store, human, "a1"))
    assert (conversation.id, conversation.last_seq, message.draft) == (bot, 1, draft)
    assert list(await store.messages_after(bot, 0, 10)) == [message]
    assert list(await store.messages_after(human, 0, 10)) == [written]
