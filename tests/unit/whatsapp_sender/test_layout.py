"""Entries of the log become as few messages as WhatsApp's limits allow."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_bridge.channels.whatsapp.sender.layout import WhatsAppLayout
from handoff_bridge.conversations.model import Button, Draft, Kind, Message, Sender
from handoff_bridge.outbox.model import MESSAGE, TEMPLATE, Piece
from tests.fakes.graph.checks import check_message

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LAYOUT = WhatsAppLayout("Auswählen", "Bitte wählen Sie:")


def entry(seq: int, sender: Sender, text: str = "", after_s: float = 0, **draft: Any) -> Message:
    made = Draft(sender, text, **draft)
    return Message(f"m{seq}", "c1", seq, 1, NOW + timedelta(seconds=after_s), made)


def bubbles(*drafts: Draft) -> list[Message]:
    return [Message(f"m{seq}", "c1", seq, 1, NOW, draft) for seq, draft in enumerate(drafts, 1)]


def buttons(*titles: str) -> tuple[Button, ...]:
    return tuple(Button(title=title, payload=f"/choice_{number}") for number, title in enumerate(titles))


def lay_out(*entries: Message) -> list[Piece]:
    pieces = LAYOUT.lay_out(entries)
    for piece in pieces:
        check_message({"biz_opaque_callback_data": "x", **piece.body})
    return pieces


def texts(pieces: list[Piece]) -> list[str]:
    return [piece.body["text"]["body"] for piece in pieces]


def test_the_customers_own_words_are_not_sent_back() -> None:
    assert lay_out(entry(1, Sender.CUSTOMER, "Hallo")) == []


def test_the_bubbles_of_one_turn_are_one_message() -> None:
    (piece,) = lay_out(*bubbles(Draft(Sender.BOT, "Guten Tag!"), Draft(Sender.BOT, "Wie kann ich helfen?")))
    assert texts([piece]) == ["Guten Tag!\n\nWie kann ich helfen?"]
    assert (piece.from_seq, piece.to_seq, piece.part, piece.kind) == (1, 2, 0, MESSAGE)


def test_the_notices_of_one_change_are_one_message() -> None:
    notices = bubbles(
        Draft(Sender.SYSTEM, "Kim Weber hat das Gespräch verlassen.", kind=Kind.NOTICE),
        Draft(Sender.SYSTEM, "Ab jetzt antwortet der Assistent.", kind=Kind.NOTICE),
    )
    assert len(lay_out(*notices)) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (entry(1, Sender.BOT, "Eins"), entry(2, Sender.BOT, "Zwei", after_s=1)),
        (entry(1, Sender.BOT, "Eins"), entry(2, Sender.SYSTEM, "Zwei", kind=Kind.NOTICE)),
        (entry(1, Sender.AGENT, "Eins"), entry(2, Sender.AGENT, "Zwei")),
        (entry(1, Sender.BOT, "Eins"), entry(3, Sender.BOT, "Zwei")),
    ],
    ids=["two turns", "bot and notice", "two replies of an agent", "with somebody's words in between"],
)
def test_what_was_not_said_in_one_go_stays_apart(first: Message, second: Message) -> None:
    assert texts(lay_out(first, second)) == ["Eins", "Zwei"]


def test_a_text_that_is_too_long_becomes_numbered_parts_of_one_entry() -> None:
    text = "\n\n".join(f"Absatz {number}: " + "Wort " * 150 for number in range(20))
    pieces = lay_out(entry(7, Sender.AGENT, text))
    assert [piece.part for piece in pieces] == list(range(len(pieces)))
    assert {(piece.from_seq, piece.to_seq) for piece in pieces} == {(7, 7)}
    assert "".join("".join(texts(pieces)).split()) == "".join(text.split())


def test_three_short_choices_are_buttons_below_all_words_of_the_turn() -> None:
    offered = buttons("Ja", "Nein", "Mensch")
    (piece,) = lay_out(
        *bubbles(Draft(Sender.BOT, "Gefunden."), Draft(Sender.BOT, "Richtig?", kind=Kind.BUTTONS, buttons=offered))
    )
    content = piece.body["interactive"]
    assert content["type"] == "button"
    assert content["body"]["text"] == "Gefunden.\n\nRichtig?"
    assert [one["reply"] for one in content["action"]["buttons"]] == [
        {"id": "/choice_0", "title": "Ja"},
        {"id": "/choice_1", "title": "Nein"},
        {"id": "/choice_2", "title": "Mensch"},
    ]


@pytest.mark.parametrize(
    "titles",
    [("Eins", "Zwei", "Drei", "Vier"), ("Ja", "Ja"), ("Mit einem Menschen sprechen", "Nein")],
    ids=["four", "the same title twice", "a long title"],
)
def test_other_choices_are_a_list(titles: tuple[str, ...]) -> None:
    (piece,) = lay_out(entry(1, Sender.BOT, "Bitte:", kind=Kind.BUTTONS, buttons=buttons(*titles)))
    (section,) = piece.body["interactive"]["action"]["sections"]
    assert [row["id"] for row in section["rows"]] == [f"/choice_{number}" for number in range(len(titles))]


def test_a_row_that_is_shortened_has_its_whole_title_below() -> None:
    long = "Mit einem Menschen aus dem Team sprechen"
    (piece,) = lay_out(entry(1, Sender.BOT, "Bitte:", kind=Kind.BUTTONS, buttons=buttons(long, "Nein")))
    row = piece.body["interactive"]["action"]["sections"][0]["rows"][0]
    assert row == {"id": "/choice_0", "title": "Mit einem Menschen aus…", "description": long}


def test_more_than_ten_choices_are_several_lists() -> None:
    titles = [f"Nummer {number}" for number in range(25)]
    pieces = lay_out(entry(1, Sender.BOT, "Bitte:", kind=Kind.BUTTONS, buttons=buttons(*titles)))
    rows = [len(piece.body["interactive"]["action"]["sections"][0]["rows"]) for piece in pieces]
    assert rows == [10, 10, 5]


def test_a_choice_with_a_payload_too_long_is_written_out() -> None:
    offered = (Button(title="Kurz", payload="/a"), Button(title="Lang", payload="/b" * 150))
    (piece,) = lay_out(entry(1, Sender.BOT, "Bitte:", kind=Kind.BUTTONS, buttons=offered))
    assert piece.body["interactive"]["body"]["text"] == "Bitte:\n\n• Lang"
    assert len(piece.body["interactive"]["action"]["buttons"]) == 1


def test_words_too_long_for_buttons_go_before_them() -> None:
    text = "Satz. " * 300 + "Richtig?"
    pieces = lay_out(entry(1, Sender.BOT, text, kind=Kind.BUTTONS, buttons=buttons("Ja", "Nein")))
    assert [piece.body["type"] for piece in pieces] == ["text", "interactive"]
    assert pieces[-1].body["interactive"]["body"]["text"].endswith("Richtig?")


def test_a_picture_has_its_words_as_a_caption() -> None:
    (piece,) = lay_out(
        entry(1, Sender.BOT, "So sieht es **aus**.", kind=Kind.IMAGE, image="https://shop.example/1.png")
    )
    assert piece.body["image"] == {"link": "https://shop.example/1.png", "caption": "So sieht es *aus*."}


def test_a_picture_that_meta_cannot_fetch_leaves_its_words() -> None:
    (piece,) = lay_out(entry(1, Sender.BOT, "So sieht es aus.", kind=Kind.IMAGE, image="/assets/1.png"))
    assert texts([piece]) == ["So sieht es aus."]


def test_an_agents_file_goes_as_what_it_is() -> None:
    data = {"attachment": {"id": "a1", "kind": "document", "name": "Rechnung.pdf"}}
    (piece,) = LAYOUT.lay_out([entry(1, Sender.AGENT, "Ihre Rechnung", kind=Kind.FILE, data=data)])
    assert piece.body == {
        "type": "document",
        "document": {"attachment_id": "a1", "filename": "Rechnung.pdf", "caption": "Ihre Rechnung"},
    }


def test_a_template_goes_alone_and_as_such() -> None:
    data = {"template": {"name": "rueckmeldung", "language": "de", "values": ["Kim", "Ihr Gerät"]}}
    (piece,) = lay_out(entry(1, Sender.AGENT, "Guten Tag …", data=data))
    assert piece.kind == TEMPLATE
    assert [one["text"] for one in piece.body["template"]["components"][0]["parameters"]] == ["Kim", "Ihr Gerät"]


WORDS = st.text(max_size=3000)
BUTTONS = st.lists(
    st.builds(Button, title=st.text(max_size=60), payload=st.text(min_size=1, max_size=260)), max_size=25
).map(tuple)
DRAFTS = st.builds(
    Draft, st.sampled_from([Sender.BOT, Sender.AGENT, Sender.SYSTEM, Sender.CUSTOMER]), WORDS, buttons=BUTTONS
)


@given(st.lists(DRAFTS, max_size=5))
def test_whatever_is_said_whatsapp_takes_it(drafts: list[Draft]) -> None:
    lay_out(*bubbles(*drafts))
