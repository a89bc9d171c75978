"""A message is encoded once for all who get it, and never shown as it was before a change."""

import json
from dataclasses import replace

from handoff_bridge.conversations.model import Draft, Message, Sender
from handoff_bridge.http import encoded
from handoff_bridge.http.encoded import KEPT, encoded_message
from handoff_bridge.http.wire import message_to_wire
from tests.unit.samples import NOW


def message(text: str) -> Message:
    return Message("m1", "c1", 1, 1, NOW, Draft(Sender.CUSTOMER, text))


def test_everybody_gets_the_same_text_of_a_message() -> None:
    said = message("Grüße 🙂")
    assert encoded_message(said) is encoded_message(said)
    assert json.loads(encoded_message(said)) == message_to_wire(said)


def test_a_message_that_was_changed_in_the_log_is_shown_as_it_is_now() -> None:
    said = message("Meine IBAN ist …")
    encoded_message(said)
    assert "gelöscht" in encoded_message(replace(said, draft=replace(said.draft, text="(gelöscht)")))


def test_only_the_newest_texts_are_kept() -> None:
    for number in range(2 * KEPT):
        encoded_message(message(str(number)))
    assert len(encoded._kept) == KEPT
