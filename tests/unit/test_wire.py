"""The shapes of the public contract, and what stays inside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff_bridge.conversations.model import (
    Handoff,
    HandoffDetails,
    HandoffStatus,
    Kind,
    Notice,
    Reason,
    Sender,
    State,
)
from handoff_bridge.conversations.promise import Promise, PromiseKind
from handoff_bridge.http import schemas, wire
from handoff_bridge.storage.desk_views import LastMessage, ListedConversation
from tests.unit.samples import KIM, NOW, conversation, message

OPENING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_a_plain_message_has_nothing_that_only_other_kinds_have() -> None:
    shape = wire.message_to_wire(message(Sender.CUSTOMER, "Hallo", client_message_id="c1"))
    assert shape == {
        "id": "message-1",
        "conversation_id": "conversation-1",
        "seq": 1,
        "sender": "customer",
        "kind": "text",
        "text": "Hallo",
        "created_at": "2026-11-21T19:00:00+00:00",
        "client_message_id": "c1",
    }


def test_buttons_images_and_the_agents_name_are_told() -> None:
    buttons = ({"title": "Ja", "payload": "/affirm"},)
    shape = wire.message_to_wire(message(Sender.BOT, "Passt das?", kind=Kind.BUTTONS, buttons=buttons))
    assert shape["buttons"] == [{"title": "Ja", "payload": "/affirm"}]
    assert wire.message_to_wire(message(Sender.BOT, "", kind=Kind.IMAGE, image="/a.png"))["image"] == "/a.png"
    assert wire.message_to_wire(message(Sender.AGENT, "Ja", sender_name="Kim"))["sender_name"] == "Kim"


def test_the_payload_of_a_tap_and_the_agents_id_stay_inside() -> None:
    tapped = wire.message_to_wire(message(Sender.CUSTOMER, "Ja", payload="/affirm"))
    written = wire.message_to_wire(message(Sender.AGENT, "Ja", sender_name="Kim", agent_id="a1"))
    assert "payload" not in tapped
    assert "agent_id" not in written


def test_actor_and_epoch_of_a_notice_stay_inside() -> None:
    notice = Notice(type="human_joined", actor="agent:1", epoch=3, agent="Kim Weber", reason="policy")
    shape = wire.message_to_wire(message(Sender.SYSTEM, "…", kind=Kind.NOTICE, notice=notice))
    assert shape["notice"] == {"type": "human_joined", "agent": "Kim Weber", "reason": "policy"}
    schemas.MessageShape.model_validate(shape)


def test_who_waits_is_told_place_wait_and_opening() -> None:
    promise = Promise(PromiseKind.OUT_OF_HOURS, 2, 90, OPENING)
    shape = wire.conversation_to_wire(conversation(State.WAITING), promise, "frustration")
    assert shape["handoff"] == {
        "reason": "frustration",
        "queue_position": 2,
        "estimated_wait_s": 90,
        "next_opening": "2026-11-23T07:00:00+00:00",
    }
    schemas.ConversationShape.model_validate(shape)


def test_an_unknown_wait_is_left_out() -> None:
    shape = wire.conversation_to_wire(conversation(State.WAITING), Promise(PromiseKind.QUEUED, 1), "policy")
    assert shape["handoff"] == {"reason": "policy", "queue_position": 1}


@pytest.mark.parametrize("state", [State.BOT, State.CLOSED])
def test_who_does_not_wait_has_no_handoff_and_no_agent(state: State) -> None:
    named = conversation(state, agent_name="Kim", agent_id="a1")
    shape = wire.conversation_to_wire(named, Promise(PromiseKind.QUEUED, 1), "policy")
    assert "handoff" not in shape
    assert "agent" not in shape


def test_with_a_person_the_customer_sees_the_name_and_no_id() -> None:
    shape = wire.conversation_to_wire(conversation(State.HUMAN), reason="policy")
    assert shape["agent"] == {"name": "Kim Weber"}
    assert shape["handoff"] == {"reason": "policy"}


@pytest.mark.parametrize("state", list(State))
def test_the_desk_sees_a_label_the_owner_and_the_last_words(state: State) -> None:
    last = LastMessage("customer", "Hallo?", NOW)
    waiting = conversation(state, reserved_for=KIM.id if state is State.WAITING else None)
    shape = wire.listed_to_wire(ListedConversation(waiting, "policy", NOW, last), NOW)
    schemas.DeskConversationShape.model_validate(shape)
    assert shape["label"] == "Gast 7F3A"
    assert shape["last_message"] == {"sender": "customer", "text": "Hallo?", "created_at": NOW.isoformat()}
    assert ("waiting_since" in shape) is (state is State.WAITING)
    assert shape.get("agent") == ({"id": KIM.id, "name": KIM.name} if state is State.HUMAN else None)


@pytest.mark.parametrize(("seen_at", "online"), [(None, False), (NOW, False), (NOW + timedelta(seconds=1), True)])
def test_the_desk_sees_whether_the_customer_has_the_chat_open(seen_at: datetime | None, online: bool) -> None:
    listed = ListedConversation(conversation(customer_seen_at=seen_at), None, None, None)
    assert wire.listed_to_wire(listed, NOW)["customer_online"] is online


HANDOFF = Handoff("h1", "c1", Reason.POLICY, HandoffStatus.WAITING, NOW)
SAID = [message(Sender.CUSTOMER, "Hilfe", 2), message(Sender.BOT, "Wobei?", 3)]


def test_a_handoff_without_the_bots_transcript_has_one_from_the_log() -> None:
    nlu = {"message-2": {"intent": {"name": "help", "confidence": 0.8}}}
    shape = wire.handoff_to_wire(HANDOFF, SAID, nlu)
    schemas.HandoffShape.model_validate(shape)
    assert shape["transcript"] == [
        {"sender": "customer", "text": "Hilfe", "created_at": NOW.isoformat(), "intent": "help", "confidence": 0.8},
        {"sender": "bot", "text": "Wobei?", "created_at": NOW.isoformat()},
    ]


def test_the_bots_own_transcript_goes_before_the_log() -> None:
    details = HandoffDetails(
        summary="Notfall", transcript=[{"sender": "customer", "text": "Gas!", "created_at": NOW.isoformat()}]
    )
    shape = wire.handoff_to_wire(replace(HANDOFF, details=details), SAID, {})
    assert shape["summary"] == "Notfall"
    assert shape["transcript"] == details["transcript"]
    assert shape["slots"] == {}


def test_a_promise_names_everything_even_what_is_unknown() -> None:
    assert wire.promise_to_wire(Promise(PromiseKind.QUEUED, 2)) == {
        "kind": "queued",
        "queue_position": 2,
        "estimated_wait_s": None,
        "next_opening": None,
    }
    told = wire.promise_to_wire(Promise(PromiseKind.OUT_OF_HOURS, 1, None, OPENING))
    schemas.PromiseShape.model_validate(told)
