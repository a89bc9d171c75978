"""Strain, alarms and verdicts, computed from events as Rasa sends them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.alarms import emergency_in, legal_words_in
from actions.doubts import AnswerNo, AnswerYes
from actions.mood import strain_of
from actions.open_requests import open_requests, requests_now
from actions.signals import TAKEN_UP
from actions.step_back import offers_beside, weigh
from actions.suggestions import between_two, buttons_for, candidates, chosen
from actions.thresholds import Thresholds
from actions.transcript import Event, transcript

LIMITS = Thresholds()


def user(text: str, score: float = 0.0, intent: str = "track_order", cues: int = 1, **more: Any) -> Event:
    parsed = {
        "intent": {"name": intent, "confidence": 0.9},
        "frustration": {"score": score, "cues": [f"Zeichen {number}" for number in range(cues)] if score else []},
        **more,
    }
    return {"event": "user", "text": text, "timestamp": 0.0, "parse_data": parsed, "metadata": {}}


def bot(response: str = "utter_greet", **marks: Any) -> Event:
    return {"event": "bot", "text": "…", "data": {}, "metadata": {"utter_action": response, "metadata": marks}}


def slot(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value, "timestamp": 0.0}


def test_one_annoyed_message_is_offered_a_person_and_not_handed_over() -> None:
    events = [user("wo bleibt es denn", 0.99)]
    assert weigh(events, LIMITS) is None
    assert offers_beside([*events, bot()], LIMITS)


def test_two_annoyed_messages_in_a_row_hand_over_with_a_record() -> None:
    verdict = weigh([user("wo bleibt es denn", 0.95), bot(), user("sagt doch mal was dazu", 0.95)], LIMITS)
    assert verdict is not None
    assert verdict.decision is not None
    assert verdict.decision["reason"] == "frustration"
    assert verdict.decision["score"] == pytest.approx(1.52)
    assert verdict.decision["threshold"] == LIMITS.hand_over
    assert "Verärgerung in den letzten Nachrichten: 0,95, 0,95" in verdict.decision["cues"]
    assert verdict.first == "utter_apologize_shortly"


def test_a_calm_message_after_annoyed_ones_hands_nobody_over() -> None:
    events = [user("wo bleibt es denn", 0.9), bot(), user("und noch was anderes", 0.7, "x"), bot(), user("danke", 0.1)]
    assert weigh(events, LIMITS) is None


def test_an_outburst_hands_over_at_once() -> None:
    assert weigh([user("JETZT REICHT ES!!! zum vierten mal", 0.97, cues=3)], LIMITS) is not None
    assert weigh([user("JETZT REICHT ES!!! zum vierten mal", 0.97, cues=2)], LIMITS) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("wann habt ihr geöffnet", "ask_opening_hours"),
        ("die adresse ist sven punkt hansen at example punkt org", "inform"),
        ("nein das soll bitte doch nicht so sein", "deny"),
    ],
)
def test_short_messages_and_answers_without_a_sign_have_no_mood(text: str, intent: str) -> None:
    assert strain_of([user(text, 0.97, intent, cues=0)], LIMITS).score == 0.0
    assert strain_of([user(text, 0.97, intent, cues=1)], LIMITS).score == pytest.approx(0.97)


def test_a_sure_score_of_a_longer_message_counts_without_a_sign() -> None:
    assert strain_of([user("also so hatte ich mir das hier nicht gedacht", 0.97, cues=0)], LIMITS).score > 0.0


def test_a_misunderstanding_and_discontent_add_to_the_strain() -> None:
    doubted = [user("so nicht", 0.0, "nlu_fallback"), bot("utter_ask_rephrase"), user("das reicht", 0.8)]
    assert strain_of(doubted, LIMITS).score == pytest.approx(0.8 + 0.3)
    unhappy = [user("das war falsch", 0.0, "negative_feedback"), bot(), user("das reicht", 0.8)]
    assert strain_of(unhappy, LIMITS).score == pytest.approx(0.8 + 0.4)


def test_a_tapped_button_has_no_mood() -> None:
    tapped = {**user("/track_order", 0.99), "metadata": {"is_payload": True}}
    assert strain_of([tapped], LIMITS).score == 0.0


def test_the_same_question_for_the_third_time_hands_over() -> None:
    asked = [user("wie lange dauert der versand"), bot(), user("wie lange dauert denn der versand"), bot()]
    assert weigh(asked[:-1], LIMITS) is None
    verdict = weigh([*asked, user("wie lange dauert der versand")], LIMITS)
    assert verdict is not None
    assert verdict.decision is not None
    assert verdict.decision["cues"] == ["dieselbe Frage zum 3. Mal"]


@pytest.mark.parametrize("mark", ["handoff_id", "returned_at"])
def test_after_a_person_everything_counts_anew(mark: str) -> None:
    before = [user("wo bleibt es denn", 0.99), bot(), slot(mark, "x")]
    assert strain_of([*before, user("und wieder nichts", 0.9)], LIMITS).score == pytest.approx(0.9)


def test_an_offer_beside_is_made_once_and_not_beside_another_offer() -> None:
    annoyed = user("wo bleibt es denn", 0.9)
    assert not offers_beside([annoyed, bot(offers="person")], LIMITS)
    again = [annoyed, bot(beside=True, offers="person"), user("hm", 0.0, "x"), bot(), user("na los", 0.8), bot()]
    assert not offers_beside(again, LIMITS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mein akku brennt", "fire"),
        ("Hilfe, aus dem Trockner kommt Rauch!", "fire"),
        ("das ladegerät qualmt gerade, was soll ich tun", "fire"),
        ("hier stinkt es total nach gas", "gas"),
        ("Gasgeruch im Keller", "gas"),
        ("meine tochter ist verletzt und blutet", "injury"),
        ("mein sohn hat eine knopfzelle verschluckt", "injury"),
        ("gerade ist ein einbrecher in der wohnung", "crime"),
        ("der akku hat gestern gebrannt", None),
        ("brennt der akku wenn man ihn überlädt?", None),
        ("die lampe brennt nicht mehr", None),
        ("habt ihr einen rauchmelder für die küche", None),
        ("ist ein brand versichert wenn der herd brennt", None),
        ("es ist niemand verletzt, nur blech", None),
        ("mein hund hat das kabel verletzt", None),
        ("die zeit brennt mir unter den nägeln", None),
        ("wann kommt mein gasgrill", None),
        ("bei uns wurde letzte woche eingebrochen", None),
    ],
)
def test_danger_is_told_from_what_only_sounds_like_it(text: str, kind: str | None) -> None:
    found = emergency_in(text, "track_order")
    assert (found.kind if found else None) == kind


def test_an_intent_with_a_script_of_its_own_keeps_it() -> None:
    assert emergency_in("es riecht nach gas", "report_outage") is None
    assert legal_words_in("ich gehe zum anwalt", "legal_threat") is None


@pytest.mark.parametrize(
    ("text", "threatens"),
    [
        ("sonst übernimmt das mein anwalt", True),
        ("ich gehe zur verbraucherzentrale", True),
        ("dann sehen wir uns vor gericht", True),
        ("ich bin selbst anwalt und brauche eine rechnung", False),
        ("sind anwaltskosten versichert", False),
        ("zahlt die rechtsschutz meinen anwalt", False),
        ("der gegnerische anwalt hat geschrieben", False),
        ("die anzeige vom display ist schwarz", False),
        ("ich will nicht zum anwalt", False),
    ],
)
def test_threats_with_the_law_are_told_from_its_words(text: str, threatens: bool) -> None:
    assert (legal_words_in(text, "ask_product") is not None) is threatens


SEVERAL = [{"name": "track_order", "confidence": 0.9}, {"name": "request_invoice", "confidence": 0.8}]


def test_the_second_request_waits_until_it_is_taken_up_or_dropped() -> None:
    events = [user("wo ist es und die rechnung", several_intents=SEVERAL), bot()]
    assert open_requests(events) == ["request_invoice"]
    taken = {**user("…", intent="request_invoice"), "metadata": {TAKEN_UP: True}}
    assert open_requests([*events, taken]) == []
    assert open_requests([*events, user("die rechnung bitte", intent="request_invoice")]) == []
    assert open_requests([*events, user("egal", intent="stop")]) == []
    assert open_requests([*events, slot("handoff_id", "x")]) == []
    assert transcript([taken]) == [], "it is no message of its own"


def test_many_requests_at_once_are_offered_a_person() -> None:
    first = [user("wo ist es und die rechnung", several_intents=SEVERAL), bot()]
    more = [{"name": name, "confidence": 0.8} for name in ("voucher", "return_item", "ask_repair")]
    assert weigh([user("gutschein, rückgabe und reparatur", intent="voucher", several_intents=more)], LIMITS) is None
    events = [*first, user("und gutschein, rückgabe und reparatur", intent="voucher", several_intents=more)]
    assert requests_now(events) == ["voucher", "request_invoice", "return_item", "ask_repair"]
    verdict = weigh(events, LIMITS)
    assert verdict is not None
    assert verdict.decision is None
    assert verdict.titles == ("Gutschein", "Rechnung", "Etwas zurückgeben", "Reparatur")


RANKING = [
    {"name": "nlu_fallback", "confidence": 0.45},
    {"name": "refund_status", "confidence": 0.38},
    {"name": "inform", "confidence": 0.2},
    {"name": "return_item", "confidence": 0.33},
    {"name": "voucher", "confidence": 0.05},
    {"name": "ask_repair", "confidence": 0.04},
]


def test_at_most_three_likely_meanings_are_offered_and_a_way_out() -> None:
    assert candidates(RANKING, 0.1) == ["refund_status", "return_item", "voucher"]
    assert candidates(RANKING, 0.4) == [], "then nothing was understood"
    assert [button["title"] for button in buttons_for(["voucher"])] == ["Gutschein", "Etwas anderes"]
    assert not between_two(RANKING), "what stands between is no concern"
    assert between_two([entry for entry in RANKING if entry["name"] != "inform"])


def _suggested() -> list[Event]:
    offered = {**bot("utter_suggest_intents", offers="suggestion"), "data": {"buttons": buttons_for(["voucher"])}}
    return [user("hm", intent="nlu_fallback"), offered]


async def _answered(action: Action, events: list[Event], slots: dict[str, Any]) -> tuple[list[str], list[Event]]:
    present = events[-1]
    latest = {**present["parse_data"], "text": present["text"], "metadata": {}, "message_id": "m"}
    tracker = Tracker("c", slots, latest, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    done = await action.run(dispatcher, tracker, {})
    return [said["response"] for said in dispatcher.messages], done


async def test_a_no_to_the_suggestions_asks_for_other_words_and_counts_as_a_doubt() -> None:
    said, _ = await _answered(AnswerNo(), [*_suggested(), user("nein", intent="deny")], {})
    assert said == ["utter_ask_rephrase"]


async def test_a_yes_to_one_suggestion_is_answered_as_that_request() -> None:
    said, done = await _answered(AnswerYes(), [*_suggested(), user("ja", intent="affirm")], {})
    assert said == []
    assert done[-1]["parse_data"]["intent"]["name"] == "voucher"
    assert done[-1]["metadata"] == {TAKEN_UP: True}


@pytest.mark.parametrize(
    ("text", "intent"),
    [("das erste", "voucher"), ("2", "return_item"), ("Gutschein", "voucher"), ("die dritte", None), ("hm", None)],
)
def test_a_suggestion_may_be_chosen_by_typing(text: str, intent: str | None) -> None:
    assert chosen(text, ["voucher", "return_item"]) == intent
