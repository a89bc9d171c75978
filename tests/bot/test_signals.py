"""Signals and transcript, read from events as Rasa sends them."""

from __future__ import annotations

from typing import Any

import pytest

from actions import decisions
from actions.retail.reports import remedy_in
from actions.signals import (
    Offer,
    concern,
    has_spoken_in_this_turn,
    last_offer,
    misunderstandings_in_a_row,
    times_not_content,
)
from actions.summary import known_slots, summary
from actions.transcript import Event, transcript


def user(intent: str, text: str = "text", **metadata: Any) -> Event:
    return {
        "event": "user",
        "text": text,
        "timestamp": 0.0,
        "parse_data": {"intent": {"name": intent, "confidence": 0.9}, "entities": []},
        "metadata": metadata,
    }


def bot(response: str = "utter_greet", offers: str | None = None, **data: Any) -> Event:
    said = {"offers": "person", "reason": offers} if offers else {}
    return {
        "event": "bot",
        "text": response,
        "timestamp": 0.0,
        "data": data,
        "metadata": {"utter_action": response, "metadata": said},
    }


def slot(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value, "timestamp": 0.0}


ASKED = bot("utter_ask_rephrase", offers="low_confidence")


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ([user("nlu_fallback")], 1),
        ([user("nlu_fallback"), ASKED, user("nlu_fallback")], 2),
        ([user("nlu_fallback"), ASKED, user("nlu_fallback"), ASKED, user("nlu_fallback")], 3),
        ([user("nlu_fallback"), ASKED, user("greet"), bot(), user("nlu_fallback")], 1),
        ([user("nlu_fallback"), ASKED, slot("handoff_id", "h1"), user("nlu_fallback")], 1),
        ([user("nlu_fallback"), ASKED, slot("returned_at", "2026"), user("nlu_fallback")], 1),
        ([user("nlu_fallback"), ASKED, slot("handoff_id", None), user("nlu_fallback")], 2),
    ],
)
def test_misunderstandings_count_only_in_a_row_and_since_the_last_handoff(events: list[Event], count: int) -> None:
    assert misunderstandings_in_a_row(events) == count


def test_being_not_content_counts_over_the_whole_stretch() -> None:
    events = [user("insult"), bot(), user("greet"), bot(), user("negative_feedback")]
    assert times_not_content(events) == 2
    assert times_not_content([*events, slot("returned_at", "2026"), user("insult")]) == 1


def test_an_offer_is_only_open_until_the_next_message() -> None:
    offering = [user("cancel_order"), bot("utter_offer_person", offers="complex_intent"), user("affirm")]
    assert last_offer(offering) == Offer("complex_intent")
    assert last_offer([*offering, bot("utter_affirmed"), user("affirm")]) is None


def test_a_person_asked_for_without_an_offer_is_the_customers_own_request() -> None:
    assert decisions.customer_request(None, [user("request_human")])["reason"] == "customer_request"


def test_the_strong_concern_stands_behind_a_wish_for_a_person() -> None:
    events = [user("refund_status"), bot(), user("negative_feedback"), bot(), user("request_human")]
    assert concern(events) == "refund_status"
    assert concern([user("greet"), bot(), user("request_human")]) == "request_human"
    assert concern([user("greet")]) is None


def test_the_bot_knows_whether_it_has_already_spoken() -> None:
    assert has_spoken_in_this_turn([user("greet"), bot()])
    assert not has_spoken_in_this_turn([bot(), user("greet"), slot("x", 1)])
    assert not has_spoken_in_this_turn([bot()])


def test_the_transcript_shows_taps_as_titles_and_leaves_out_the_persons_part() -> None:
    events = [
        user("greet", "hallo"),
        bot("Wie kann ich helfen?", buttons=[{"title": "Ja, bitte", "payload": "/affirm"}]),
        user("affirm", "/affirm", is_payload=True),
        {**bot("Hier ist Frau Siebert."), "metadata": {"with_person": True}},
        user("affirm", "/affirm"),
    ]
    entries = transcript(events)
    assert [(entry["sender"], entry["text"]) for entry in entries] == [
        ("customer", "hallo"),
        ("bot", "Wie kann ich helfen?"),
        ("customer", "Ja, bitte"),
        ("customer", "/affirm"),
    ]
    assert entries[0]["created_at"] == "1970-01-01T00:00:00+00:00"


def test_the_summary_names_what_is_for_a_person_in_the_middle_of_a_request() -> None:
    going_on = {"request": "cancel_order", "requested_slot": "confirmation"}
    told = summary([user("cancel_order"), bot(), user("request_data_deletion")], going_on)
    assert told == "Anliegen: Löschung der Daten (im Gespräch über: Stornierung)"
    assert summary([user("cancel_order"), bot(), user("return_item")], going_on) == "Anliegen: Stornierung"


def test_the_summary_tells_a_checked_number_from_one_only_said() -> None:
    checked = summary([user("track_order")], {"verified_order": "10423345", "order_number": "10423345"})
    assert checked == "Anliegen: Lieferstatus einer Bestellung\nBestellung (mit Postleitzahl geprüft): 10423345"
    said = summary([user("track_order")], {"order_number": "10423345"})
    assert said is not None
    assert "nicht geprüft" in said
    assert summary([user("greet")], {}) is None


def test_only_what_the_customer_told_is_passed_on() -> None:
    slots = {"order_number": "10423345", "lookup_failures": 2.0, "remedy": None, "requested_slot": "postal_code"}
    assert known_slots(slots) == {"order_number": "10423345"}


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("bitte reparieren", "repair"),
        ("ich will mein Geld zurück", "refund"),
        ("ein neues bitte", "replacement"),
        ("keine Reparatur, lieber Ersatz", "replacement"),
        ("ich möchte das nicht umtauschen, nur reparieren lassen", "repair"),
        ("keine ahnung", "undecided"),
        ("mein handy ist kaputt", None),
    ],
)
def test_a_wish_is_read_from_words_and_a_negated_one_is_not(text: str, remedy: str | None) -> None:
    assert remedy_in(text) == remedy
