"""What a body may hold: message ids, texts, notes."""

import pytest
from pydantic import ValidationError

from handoff_bridge.channels.webchat.bodies import CustomerMessage, Rating, StartConversation
from handoff_bridge.desk.bodies import AgentMessage, AtEpoch, Return
from handoff_bridge.errors import TextTooLong
from handoff_bridge.http.bodies import MAX_TEXT


@pytest.mark.parametrize("good", ["a", "x" * 128, "0b5c7f6e-0000-4000-8000-000000000000", "!~#", "wamid.HBgL=="])
def test_a_message_id_is_up_to_128_printable_characters(good: str) -> None:
    assert CustomerMessage.model_validate({"client_message_id": good, "text": "Hallo"}).client_message_id == good


@pytest.mark.parametrize("bad", ["", "x" * 129, "mit leerzeichen", "ä", "a\n", "a\x00", "\t", 7, None, ["a"]])
def test_any_other_message_id_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError, match="client_message_id"):
        CustomerMessage.model_validate({"client_message_id": bad, "text": "Hallo"})


@pytest.mark.parametrize("text", ["x" * MAX_TEXT, "😀" * MAX_TEXT, " Grüß Gott ", "\u202bשלום", "/restart"])
def test_a_text_is_kept_as_it_was_written(text: str) -> None:
    assert CustomerMessage(client_message_id="a", text=text).text == text


def test_a_family_of_four_counts_as_the_characters_it_is_made_of() -> None:
    family = "👨‍👩‍👧‍👦"
    assert len(family) == 7
    with pytest.raises(TextTooLong):
        CustomerMessage(client_message_id="a", text=family * (MAX_TEXT // 7 + 1))


@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "😀" * (MAX_TEXT + 1)])
def test_a_text_that_is_too_long_is_told_apart(text: str) -> None:
    with pytest.raises(TextTooLong, match=str(MAX_TEXT + 1)):
        CustomerMessage(client_message_id="a", text=text)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\x00", " \x00 \x00", "\ud800", "Hallo \udfff"])
def test_a_text_without_content_or_of_broken_characters_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="text"):
        CustomerMessage.model_validate({"client_message_id": "a", "text": text})


def test_nul_characters_are_taken_out() -> None:
    assert CustomerMessage(client_message_id="a", text="Ha\x00llo\x00").text == "Hallo"


def test_a_message_needs_text_or_payload() -> None:
    with pytest.raises(ValidationError, match="text or payload"):
        CustomerMessage(client_message_id="a")
    assert CustomerMessage(client_message_id="a", payload="/affirm").text is None


@pytest.mark.parametrize("payload", ["a\x00", "\ud800", "x" * 2001, 5])
def test_a_payload_of_broken_characters_is_refused(payload: object) -> None:
    with pytest.raises(ValidationError, match="payload"):
        CustomerMessage.model_validate({"client_message_id": "a", "payload": payload})


@pytest.mark.parametrize("locale", ["de", "de-DE", "de_AT", "en"])
def test_a_locale_is_a_language_with_an_optional_country(locale: str) -> None:
    assert StartConversation(locale=locale).locale == locale


@pytest.mark.parametrize("locale", ["d", "deutsch!", "de-", "x" * 17, "de\n"])
def test_anything_else_is_no_locale(locale: str) -> None:
    with pytest.raises(ValidationError, match="locale"):
        StartConversation(locale=locale)


@pytest.mark.parametrize("epoch", [0, -1, 2**31, 10**30, "eins", None, 1.5])
def test_an_epoch_is_a_positive_number_that_the_database_can_hold(epoch: object) -> None:
    with pytest.raises(ValidationError, match="epoch"):
        AtEpoch.model_validate({"epoch": epoch})


def test_a_blank_note_is_none() -> None:
    assert Return.model_validate({"epoch": 1, "note": "  "}).note is None
    assert Return.model_validate({"epoch": 1}).note is None
    assert Return.model_validate({"epoch": 1, "note": "erledigt"}).note == "erledigt"


@pytest.mark.parametrize("score", [0, 6, 4.5, "5", True, None])
def test_a_rating_is_a_whole_number_from_one_to_five(score: object) -> None:
    with pytest.raises(ValidationError, match="score"):
        Rating.model_validate({"score": score})


def test_an_agent_cannot_send_a_text_without_the_epoch_they_saw() -> None:
    with pytest.raises(ValidationError, match="epoch"):
        AgentMessage.model_validate({"client_message_id": "a", "text": "Hallo"})
