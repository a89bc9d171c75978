"""What customers send becomes one conversation, openly, for whoever can read it."""

import asyncio
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from handoff_bridge.channels.whatsapp import inbox
from handoff_bridge.channels.whatsapp.webhook import INBOX
from tests.integration.whatsapp.conftest import WhatsApp
from tests.support.rasa import Gate, says
from tests.support.whatsapp import OTHER_NUMBER, Someone, message, text

ERIKA = Someone("4915100000001", "DE.1000001")
IMAGE = {"id": "31415", "mime_type": "image/jpeg", "caption": "Ist das kaputt?"}


def told(entries: Sequence[Any]) -> list[str]:
    """Each entry in a word: the notice's type, or who wrote."""
    return [entry.data["notice"]["type"] if entry.kind == "notice" else entry.sender for entry in entries]


async def answered(whatsapp: WhatsApp, *types: str) -> Sequence[Any]:
    return await whatsapp.meta.log_until(lambda entries: told(entries) == list(types))


async def test_the_first_words_say_that_a_machine_answers_and_the_bot_answers(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, "Guten Tag")
    entries = await answered(whatsapp, "bot_disclosure", "customer", "bot")
    assert entries[2].text == "Sie schrieben: Guten Tag"
    assert whatsapp.bridge.rasa.bodies[0]["metadata"]["channel"] == "whatsapp"


async def test_one_person_has_one_conversation_per_number_until_it_is_closed(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, "eins")
    await whatsapp.meta.say(ERIKA, "zwei")
    await whatsapp.meta.say(ERIKA, "drei", number=OTHER_NUMBER)
    assert len(await whatsapp.meta.conversations()) == 2
    agent = await whatsapp.bridge.agent()
    for listed in await agent.list("state=bot"):
        await agent.claim(listed["id"])
        await agent.close(listed["id"])
    await whatsapp.meta.say(ERIKA, "vier")
    conversations = await whatsapp.meta.conversations()
    assert len(conversations) == 3
    (new,) = await agent.list("state=bot")
    assert told(await whatsapp.meta.log(new["id"]))[:2] == ["bot_disclosure", "customer"]


async def test_messages_that_come_in_one_body_stand_in_the_order_they_were_sent(whatsapp: WhatsApp) -> None:
    sent = [text(f"Nr. {second:02}", timestamp=str(1760000000 + second)) for second in range(30)]
    await whatsapp.meta.tell(ERIKA.value(*(sent[(17 * place) % 30] for place in range(30))))
    await whatsapp.meta.worked_off()
    said = [entry.text for entry in await whatsapp.meta.log() if entry.sender == "customer"]
    assert said == sorted(said)
    assert len(said) == 30


async def test_a_choice_that_was_offered_is_a_payload_and_any_other_is_what_it_says(whatsapp: WhatsApp) -> None:
    async def offer(_: object) -> dict[str, Any]:
        buttons = [{"title": "Ja, gern", "payload": "/affirm"}]
        return {"messages": [{"text": "Weiter?", "buttons": buttons}], "nlu": {}}

    whatsapp.bridge.rasa.script = offer
    await whatsapp.meta.say(ERIKA, "Hallo")
    await answered(whatsapp, "bot_disclosure", "customer", "bot")
    for reply in (
        {"type": "button_reply", "button_reply": {"id": "/affirm", "title": "Ja, gern"}},
        {"type": "list_reply", "list_reply": {"id": "/deny", "title": "Lieber nicht"}},
    ):
        await whatsapp.meta.say(ERIKA, message("interactive", reply))
    await whatsapp.meta.log_until(lambda entries: told(entries).count("bot") == 3)
    asked = [(body["text"], body["metadata"]["is_payload"]) for body in whatsapp.bridge.rasa.bodies]
    assert asked == [("Hallo", False), ("/affirm", True), ("Lieber nicht", False)]


UNREADABLE: dict[str, tuple[dict[str, Any], str, str]] = {
    "voice": (
        message("audio", {"id": "1", "voice": True, "mime_type": "audio/ogg; codecs=opus"}),
        "Sprachnachricht",
        "Sprachnachricht",
    ),
    "image": (message("image", IMAGE), "Bild: Ist das kaputt?", "Datei"),
    "document": (
        message("document", {"id": "2", "filename": "../../Rechnung.pdf"}), "Dokument: Rechnung.pdf", "Datei",
    ),
    "location": (
        message("location", {"latitude": 51.5, "longitude": 7.46, "name": "Markt"}), "Standort: Markt", "Standort",
    ),
    "contact": (message("contacts", contacts=[{"name": {"formatted_name": "Max"}}]), "Kontakt: Max", "Kontakt"),
    "order": (
        message("order", {"product_items": [{"product_retailer_id": "T1", "quantity": 2}]}),
        "Bestellung aus dem Katalog: 2 × T1",
        "Bestellung",
    ),
    "form": (
        message("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": '{"Farbe": "rot"}'}}),
        "Ausgefülltes Formular: Farbe: rot",
        "Angaben",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_the_bot_cannot_read_goes_to_a_person_with_a_kind_word(whatsapp: WhatsApp, what: str) -> None:
    sent, said, word = UNREADABLE[what]
    await whatsapp.meta.say(ERIKA, sent)
    entries = await answered(whatsapp, "bot_disclosure", "customer", "handoff_requested")
    assert entries[1].text == said
    assert word in entries[2].text
    assert "Mensch" in entries[2].text
    agent = await whatsapp.bridge.agent()
    (waiting,) = await agent.list()
    handoff = (await agent.open(waiting["id"]))["handoff"]
    assert (handoff["reason"], handoff["decision"]["cues"]) == ("policy", [f"vom Assistenten nicht lesbar: {said}"])
    assert whatsapp.bridge.rasa.bodies == []


@pytest.mark.parametrize("kind", ["sticker", "unsupported", "poll_creation", "ephemeral"])
async def test_what_nobody_can_read_is_said_to_be_so_with_a_way_to_a_person(whatsapp: WhatsApp, kind: str) -> None:
    await whatsapp.meta.say(ERIKA, message(kind, {"id": "77", "mime_type": "image/webp"}))
    entries = await answered(whatsapp, "bot_disclosure", "customer", "bot")
    assert "„Mensch“" in entries[2].text
    if kind != "sticker":
        assert entries[1].text == "Nachricht, die sich hier nicht anzeigen lässt"
        assert entries[1].data["unsupported"]["type"] == kind


async def test_reactions_edits_and_deletions_are_shown_and_name_their_message(whatsapp: WhatsApp) -> None:
    (first,) = await whatsapp.meta.say(ERIKA, "Wo ist mein Paket 4711?")
    anew = {"original_message_id": first["id"], "message": {"type": "text", "text": {"body": "4712!"}}}
    await whatsapp.meta.say(
        ERIKA,
        message("reaction", {"message_id": first["id"], "emoji": "👍"}, timestamp="1760000001"),
        message("edit", anew, timestamp="1760000002"),
        message("revoke", {"original_message_id": first["id"]}, timestamp="1760000003"),
    )
    entries = await whatsapp.meta.log_until(lambda found: told(found).count("bot") == 2)
    asked = next(entry for entry in entries if entry.sender == "customer")
    shown = {"reaction": "Reaktion: 👍", "edited": "4712!", "revoked": "Nachricht vom Kunden gelöscht"}
    for name, words in shown.items():
        (entry,) = [each for each in entries if name in (each.data or {})]
        assert entry.text == words
        assert entry.data[name]["message_id"] == asked.id
    # Said anew is asked anew; a reaction and a deletion ask nothing.
    assert whatsapp.bridge.rasa.texts == ["Wo ist mein Paket 4711?", "4712!"]


async def test_a_reaction_alone_opens_no_conversation(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, message("reaction", {"message_id": "wamid.old", "emoji": "👍"}))
    assert await whatsapp.meta.conversations() == []
    (kept,) = await whatsapp.meta.updates()
    assert (kept.status, kept.error) == ("done", "no open conversation to show it in")


async def test_a_reply_a_forward_and_an_ad_are_shown_as_such(whatsapp: WhatsApp) -> None:
    (first,) = await whatsapp.meta.say(ERIKA, "eins")
    referral = {"source_type": "ad", "headline": "Sommer", "source_url": "https://fb.me/x"}
    context = {"id": first["id"], "forwarded": True}
    await whatsapp.meta.say(ERIKA, text("zwei", context=context, referral=referral))
    (entry,) = [each for each in await whatsapp.meta.log() if each.text == "zwei"]
    assert entry.data["reply_to"]["wamid"] == first["id"]
    assert entry.data["reply_to"]["message_id"]
    assert entry.data["forwarded"] is True
    assert entry.data["referral"] == referral


@pytest.mark.parametrize("word", ["Mensch", "MITARBEITER!", "  mitarbeiterin. "])
async def test_a_person_may_be_asked_for_again_while_waiting(whatsapp: WhatsApp, word: str) -> None:
    await whatsapp.meta.say(ERIKA, message("image", IMAGE))
    await answered(whatsapp, "bot_disclosure", "customer", "handoff_requested")
    await whatsapp.meta.say(ERIKA, word)
    entries = await answered(whatsapp, "bot_disclosure", "customer", "handoff_requested", "customer", "waiting")
    assert "Stelle 1" in entries[-1].text


async def test_who_waits_can_go_back_to_the_bot_with_the_words_the_notices_name(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, message("image", IMAGE))
    await whatsapp.meta.say(ERIKA, "Wie lange haben Sie offen?")
    await whatsapp.meta.say(ERIKA, "Nicht mehr warten")
    entries = await answered(
        whatsapp,
        "bot_disclosure", "customer", "handoff_requested", "customer", "customer", "returned_to_bot", "bot",
    )  # fmt: skip
    assert entries[-1].text == "Sie schrieben: Wie lange haben Sie offen?"


@pytest.mark.parametrize("state", ["bot", "waiting", "human"])
async def test_stop_is_confirmed_once_in_each_state_and_then_nothing_more_is_said(
    whatsapp: WhatsApp, state: str
) -> None:
    gate = Gate(says("Zu spät"))
    whatsapp.bridge.rasa.script = gate
    await whatsapp.meta.say(ERIKA, "Hallo")
    await gate.reached.wait()
    agent = await whatsapp.bridge.agent()
    (conversation,) = await whatsapp.meta.conversations()
    if state == "waiting":
        await whatsapp.meta.say(ERIKA, message("image", IMAGE))
    if state == "human":
        await agent.claim(conversation)
    await whatsapp.meta.say(ERIKA, "Stop.")
    await whatsapp.meta.say(ERIKA, "STOPP")
    gate.opened.set()
    entries = await whatsapp.meta.log()
    assert told(entries)[-2:] == ["customer", "closed"]
    assert "keine weiteren Nachrichten" in entries[-1].text
    assert (await agent.open(conversation))["conversation"]["state"] == "closed"
    assert (await agent.open(conversation))["conversation"]["whatsapp"]["stopped"] is True
    # The customer's own next message begins anew.
    await whatsapp.meta.say(ERIKA, "Doch noch etwas")
    (new,) = [each for each in await whatsapp.meta.conversations() if each != conversation]
    assert told(await whatsapp.meta.log(new))[:2] == ["bot_disclosure", "customer"]
    assert "Zu spät" not in [entry.text for entry in await whatsapp.meta.log(conversation)]


async def test_a_name_and_hostile_text_stay_text(whatsapp: WhatsApp) -> None:
    someone = Someone("4915100000009", name="<b>Eve\u202e</b>")
    await whatsapp.meta.say(someone, "<script>\x00\u202e" + "ß" * 5000)
    agent = await whatsapp.bridge.agent()
    (listed,) = await agent.list("state=bot")
    assert listed["whatsapp"]["name"] == "<b>Eve\u202e</b>"
    (said,) = [entry for entry in await whatsapp.meta.log() if entry.sender == "customer"]
    assert said.text == "<script>\u202e" + "ß" * 5000


def stumbling(whatsapp: WhatsApp, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the update that says "Stolperstein" fail so many times, and be tried again at once."""
    worker = whatsapp.bridge.server.app[INBOX]
    handle, left = worker.handlers["message"], itertools.count(times, -1)

    async def stumble(tx: Any, update: Any) -> Any:
        if update.body["message"]["text"]["body"] == "Stolperstein" and next(left) > 0:
            raise RuntimeError("not this time")
        return await handle(tx, update)

    monkeypatch.setitem(worker.handlers, "message", stumble)
    monkeypatch.setattr(inbox, "RETRIES_S", (0, 0, 0))


@pytest.mark.parametrize(
    ("times", "said", "status"),
    [(2, ["Stolperstein", "danach"], "done"), (99, ["danach"], "failed")],
    ids=["for a while", "for good"],
)
async def test_an_update_that_fails_keeps_its_place_until_it_is_given_up(
    whatsapp: WhatsApp, monkeypatch: pytest.MonkeyPatch, times: int, said: list[str], status: str
) -> None:
    stumbling(whatsapp, monkeypatch, times)
    await whatsapp.meta.say(ERIKA, text("Stolperstein", timestamp="1760000000"), text("danach", timestamp="1760000001"))
    assert [entry.text for entry in await whatsapp.meta.log() if entry.sender == "customer"] == said
    (stumbled,) = [row for row in await whatsapp.meta.updates() if "Stolperstein" in str(row.body)]
    assert stumbled.status == status


async def test_many_people_at_once_and_everything_twice_is_taken_once(whatsapp: WhatsApp) -> None:
    people = [Someone(f"49151000001{number:02}", name=None) for number in range(20)]
    sent = [each.value(*(text(str(place)) for place in range(5))) for each in people]
    await asyncio.gather(*(whatsapp.meta.tell(value) for value in (*sent, *sent)))
    await whatsapp.meta.worked_off()
    conversations = await whatsapp.meta.conversations()
    assert len(conversations) == 20
    for conversation in conversations:
        said = [entry.text for entry in await whatsapp.meta.log(conversation) if entry.sender == "customer"]
        assert said == ["0", "1", "2", "3", "4"]
