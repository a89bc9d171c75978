"""People are known by their user id, keep their conversation through every change, and are never mixed up."""

import asyncio
import time

from sqlalchemy import select

from handoff_bridge.http import keys
from handoff_bridge.storage.outbox_schema import deliveries
from handoff_bridge.storage.whatsapp_schema import whatsapp_people
from tests.integration.whatsapp.conftest import WhatsApp
from tests.support.people import PATIENCE_S
from tests.support.whatsapp import NUMBER, OTHER_NUMBER, Json, Someone, message, text

PHONE, NEW_PHONE = "4915100000001", "4915100000077"
USER, NEW_USER = "DE.1000001", "DE.2000002"


async def people(whatsapp: WhatsApp) -> list[tuple[str | None, str | None]]:
    async with whatsapp.bridge.server.app[keys.store].database.read() as connection:
        rows = await connection.execute(select(whatsapp_people).order_by(whatsapp_people.c.created_at))
        return [(row.user_id, row.phone) for row in rows]


async def conversations_after(whatsapp: WhatsApp, *steps: tuple[Someone, Json | str]) -> int:
    for someone, sent in steps:
        await whatsapp.meta.say(someone, sent)
    return len(await whatsapp.meta.conversations())


def changed(**system: str) -> Json:
    return message("system", {"body": "User changed", **system})


async def test_somebody_without_a_phone_number_has_a_conversation(whatsapp: WhatsApp) -> None:
    someone = Someone(user_id=USER)
    assert await conversations_after(whatsapp, (someone, "eins"), (someone, "zwei")) == 1
    assert await people(whatsapp) == [(USER, None)]


async def test_somebody_without_a_user_id_has_a_conversation(whatsapp: WhatsApp) -> None:
    someone = Someone(PHONE)
    assert await conversations_after(whatsapp, (someone, "eins"), (someone, "zwei")) == 1
    assert await people(whatsapp) == [(None, PHONE)]


async def test_the_user_id_may_come_later_and_the_phone_number_may_go(whatsapp: WhatsApp) -> None:
    steps = ((Someone(PHONE), "eins"), (Someone(PHONE, USER), "zwei"), (Someone(user_id=USER), "drei"))
    assert await conversations_after(whatsapp, *steps) == 1
    assert await people(whatsapp) == [(USER, PHONE)]


async def test_two_who_were_one_all_along_are_merged_and_keep_the_conversation_with_people(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(Someone(PHONE), "unter der Nummer")
    (first,) = await whatsapp.meta.conversations()
    agent = await whatsapp.bridge.agent()
    await agent.claim(first)
    await whatsapp.meta.say(Someone(user_id=USER), "unter der Kennung")
    await whatsapp.meta.say(Someone(PHONE, USER), "beides")
    assert await people(whatsapp) == [(USER, PHONE)]
    assert "beides" in [entry.text for entry in await whatsapp.meta.log(first)]


async def test_a_phone_number_that_comes_to_somebody_else_takes_no_conversation_with_it(whatsapp: WhatsApp) -> None:
    assert await conversations_after(whatsapp, (Someone(PHONE, USER), "eins"), (Someone(PHONE, NEW_USER), "zwei")) == 2
    assert await people(whatsapp) == [(USER, None), (NEW_USER, PHONE)]


async def test_a_change_of_number_keeps_the_conversation(whatsapp: WhatsApp) -> None:
    steps = (
        (Someone(PHONE), "eins"),
        (Someone(PHONE, name=None), changed(type="user_changed_number", wa_id=NEW_PHONE)),
        (Someone(NEW_PHONE), "zwei"),
    )
    assert await conversations_after(whatsapp, *steps) == 1
    assert await people(whatsapp) == [(None, NEW_PHONE)]
    assert "Die Telefonnummer hat sich geändert" in [entry.text for entry in await whatsapp.meta.log()]


async def test_a_change_of_user_id_keeps_the_conversation(whatsapp: WhatsApp) -> None:
    told = changed(type="user_changed_user_id", user_id=NEW_USER, previous_user_id=USER)
    steps = (
        (Someone(PHONE, USER), "eins"),
        (Someone(user_id=NEW_USER, name=None), told),
        (Someone(user_id=NEW_USER), "zwei"),
    )
    assert await conversations_after(whatsapp, *steps) == 1
    assert await people(whatsapp) == [(NEW_USER, PHONE)]


async def test_a_change_told_after_the_first_message_under_the_new_id_merges_both(whatsapp: WhatsApp) -> None:
    steps = (
        (Someone(PHONE, USER), "eins"),
        (Someone(user_id=NEW_USER), "zwei"),
        (Someone(user_id=NEW_USER, name=None), changed(type="user_changed_user_id", previous_user_id=USER)),
    )
    await conversations_after(whatsapp, *steps)
    assert await people(whatsapp) == [(NEW_USER, PHONE)]


async def test_a_change_of_somebody_who_never_wrote_is_kept_and_makes_nobody(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(Someone(PHONE, name=None), changed(type="user_changed_number", wa_id=NEW_PHONE))
    assert await people(whatsapp) == []
    (kept,) = await whatsapp.meta.updates()
    assert (kept.status, kept.error) == ("unknown", "nobody who has written before")


async def test_the_same_person_on_two_numbers_is_two_for_us(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(Someone(PHONE, USER), "hier")
    await whatsapp.meta.say(Someone(PHONE, USER), "dort", number=OTHER_NUMBER)
    assert len(await people(whatsapp)) == 2


async def test_the_latest_profile_name_is_shown_to_agents(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(Someone(PHONE, USER, "Erika"), "eins")
    await whatsapp.meta.say(Someone(PHONE, USER, "Erika Neu"), text("zwei"))
    await whatsapp.meta.say(Someone(PHONE, USER, None), text("drei"))
    (listed,) = await (await whatsapp.bridge.agent()).list("state=bot")
    shown = listed["whatsapp"]
    assert (shown["name"], shown["phone"], shown["number"]["name"]) == ("Erika Neu", PHONE, "Nummer 1")


async def test_what_waits_for_one_of_two_goes_when_they_turn_out_to_be_one(whatsapp: WhatsApp) -> None:
    whatsapp.graph.people.add("Erika Muster", PHONE, USER)
    # Both are longer ago than a day, so every answer waits.
    await conversations_after(whatsapp, (Someone(PHONE), "eins"), (Someone(user_id=USER), "zwei"))
    await delivered(whatsapp, {"held"}, conversations=2)
    now_s = int(time.time())
    whatsapp.graph.lines[NUMBER].limits.received(USER, now_s)
    await whatsapp.meta.say(Someone(PHONE, USER), text("jetzt", timestamp=str(now_s)))
    await delivered(whatsapp, {"sent"}, conversations=2)
    (person,) = await people(whatsapp)
    assert person == (USER, PHONE)
    assert whatsapp.breaches == []


async def delivered(whatsapp: WhatsApp, statuses: set[str], conversations: int) -> None:
    """Wait until there is something to send in each conversation, and all of it is in one of these states."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with whatsapp.bridge.server.app[keys.store].database.read() as connection:
                rows = (await connection.execute(select(deliveries))).all()
            bot = {row.conversation_id for row in rows if row.sender == "bot"}
            if len(bot) == conversations and {row.status for row in rows} <= statuses:
                return
            await asyncio.sleep(0.02)


async def test_an_id_longer_than_any_is_nobodys_and_what_was_said_is_kept(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(Someone("4" * 300), "lange Nummer")
    await whatsapp.meta.say(Someone(user_id="DE." + "9" * 300), "lange Kennung")
    assert await people(whatsapp) == []
    assert [(row.kind, row.status) for row in await whatsapp.meta.updates()] == [("message", "unknown")] * 2
