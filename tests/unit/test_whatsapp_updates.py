"""Every part of a webhook becomes an update, and repeats are known by their key."""

from typing import Any

import pytest

from handoff_bridge.channels.whatsapp.signature import is_signed, signature_of
from handoff_bridge.channels.whatsapp.updates import updates_of
from tests.support.whatsapp import FOREIGN_NUMBER, NUMBER, Someone, about, body_of, message, statuses, text

ERIKA = Someone("4915100000001", "DE.1000001")
ODD: list[Any] = [None, 17, "x", [], {}, [{}], {"id": 7}, {"id": None}, {"id": [1]}, True, 1.5]


def kinds(*values: Any) -> list[str]:
    return [update.kind for update in updates_of(body_of(*values))]


def test_a_signature_is_that_of_the_app_secret_and_these_bytes() -> None:
    # RFC 4231, test case 2, as the header has it.
    expected = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert signature_of("Jefe", b"what do ya want for nothing?") == expected
    assert is_signed("Jefe", b"what do ya want for nothing?", expected)
    for wrong in (None, "", expected.upper(), expected[:-1], expected + "0", "sha256=ä", "\udce4"):
        assert not is_signed("Jefe", b"what do ya want for nothing?", wrong)


def test_all_parts_of_a_body_are_found() -> None:
    value = ERIKA.value(text("eins"), text("zwei"))
    value |= {"statuses": [{"id": "w", "status": "sent"}], "errors": [{"code": 1}], "calls": [{}]}
    assert kinds(value, statuses({"id": "w", "status": "read"})) == [
        "message", "message", "status", "error", "value", "status",
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["messages", "statuses", "errors", "contacts", "metadata"])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_parts_break_nothing_and_are_not_lost(part: str, odd: Any) -> None:
    value = {**ERIKA.value(text("bleibt")), part: odd}
    found = updates_of(body_of(value))
    assert found
    if part not in ("messages", "contacts", "metadata") and odd:
        assert len(found) > 1
    if part == "messages" and odd:
        assert found[0].body


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_odd_fields_of_a_message_break_nothing(odd: Any) -> None:
    for field in ("id", "from", "from_user_id", "timestamp", "type", "text", "context"):
        (update,) = updates_of(body_of(ERIKA.value({**text("x"), field: odd})))
        assert update.dedup_key


def test_a_repeat_has_the_same_key_and_another_number_another() -> None:
    said = text("einmal")
    first, again = (updates_of(body_of(ERIKA.value(said)))[0] for _ in range(2))
    (elsewhere,) = updates_of(body_of(ERIKA.value(said, number=FOREIGN_NUMBER)))
    (other,) = updates_of(body_of(ERIKA.value({**said, "text": {"body": "anders"}})))
    assert (first.dedup_key, first.fingerprint) == (again.dedup_key, again.fingerprint)
    assert elsewhere.dedup_key != first.dedup_key
    assert (other.dedup_key, other.fingerprint == first.fingerprint) == (first.dedup_key, False)


def test_a_status_is_known_by_id_and_status_whenever_it_is_told() -> None:
    told = [{"id": "w", "status": "read", "timestamp": str(at)} for at in (1, 2)]
    first, later = updates_of(body_of(statuses(*told)))
    assert (first.dedup_key, first.fingerprint) == (later.dedup_key, later.fingerprint)


def test_ids_of_any_length_have_a_key_that_can_be_kept() -> None:
    (update,) = updates_of(body_of(ERIKA.value(text("x", id="wamid." + "x" * 5000))))
    assert len(update.dedup_key) <= 255


def test_a_contact_that_names_somebody_else_is_not_the_senders() -> None:
    value = {**about(NUMBER), "messages": [{**text("x"), "from": "491"}]}
    value["contacts"] = [{"wa_id": "492", "user_id": "DE.2"}]
    (update,) = updates_of(body_of(value))
    assert update.body["contact"] == {}
    assert update.sender_key.endswith("/491")


def test_a_message_to_a_group_is_kept_and_nobody_is_answered() -> None:
    assert kinds(ERIKA.value(message("text", {"body": "x"}, group_id="g"))) == ["group_message"]
