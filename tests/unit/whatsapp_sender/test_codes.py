"""Each error means one thing, and its code decides which."""

import json

import pytest

from handoff_bridge.channels.whatsapp.sender.client import outcome_from
from handoff_bridge.outbox.outcomes import (
    Accepted,
    NeedsOperator,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unknown,
    WindowClosed,
)
from tests.fakes.graph.errors import KNOWN, GraphError


def answered(code: int, status: int = 400) -> Outcome:
    return outcome_from(status, json.dumps(GraphError(code, "Einzelheiten").body()).encode())


@pytest.mark.parametrize("code", [4, 80007, 130429, 131048])
def test_throttling_of_the_account_holds_for_everybody(code: int) -> None:
    assert answered(code) == Throttled(code, "Einzelheiten", whole_account=True)


def test_throttling_of_a_pair_holds_for_this_customer() -> None:
    assert answered(131056) == Throttled(131056, "Einzelheiten", whole_account=False)


@pytest.mark.parametrize("code", [2, 131000, 131016, 131057])
def test_what_passes_is_tried_again(code: int) -> None:
    assert answered(code, 500) == NotSent(code, "Einzelheiten")


@pytest.mark.parametrize("code", [0, 3, 10, 190, 200, 299, 368, 131005, 131031, 131042, 131045])
def test_what_only_the_operator_can_mend_waits_for_the_operator(code: int) -> None:
    assert answered(code, 200) == NeedsOperator(code, "Einzelheiten")


def test_a_closed_window_waits_for_the_customer() -> None:
    assert answered(131047) == WindowClosed(131047, "Einzelheiten")


@pytest.mark.parametrize("code", [100, 131008, 131009, 131021, 131026, 131049, 131051, 132001, 999999])
def test_everything_else_is_refused_for_good(code: int) -> None:
    assert answered(code, 500) == Refused(code, "Einzelheiten")


@pytest.mark.parametrize("code", KNOWN)
def test_no_error_with_a_code_leaves_the_outcome_open(code: int) -> None:
    assert not isinstance(answered(code), Unknown | Accepted)


def test_an_accepted_message_has_an_id() -> None:
    assert outcome_from(200, b'{"messages": [{"id": "wamid.1"}]}') == Accepted("wamid.1")


@pytest.mark.parametrize("raw", [b"", b"<html>", b"[]", b'{"messages": []}', b'{"messages": [{"id": 5}]}', b"[" * 9999])
def test_a_success_that_cannot_be_read_may_have_been_accepted(raw: bytes) -> None:
    assert isinstance(outcome_from(200, raw), Unknown)


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_failure_on_the_way_may_have_been_accepted(status: int) -> None:
    assert isinstance(outcome_from(status, b"Bad Gateway"), Unknown)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, NeedsOperator), (404, NeedsOperator), (429, Throttled), (413, Refused)]
)
def test_a_refusal_without_words_was_not_accepted(status: int, kind: type[Outcome]) -> None:
    assert isinstance(outcome_from(status, b""), kind)
