"""Codes that take a conversation to another channel."""

import re

import pytest

from handoff_bridge.conversations.codes import ALPHABET, CodeSigner, find_code
from handoff_bridge.conversations.model import Channel

SIGNER = CodeSigner("a secret that all bridges share")


def test_a_code_is_genuine_for_its_channel_only() -> None:
    code = SIGNER.make(Channel.WHATSAPP)
    assert re.fullmatch(r"HS(-[0-9A-HJKMNP-TV-Z]{4}){4}", code)
    assert SIGNER.is_genuine(code, Channel.WHATSAPP)
    assert not SIGNER.is_genuine(code, Channel.WEBCHAT)


def test_no_sign_of_a_code_can_be_changed() -> None:
    code = SIGNER.make(Channel.WEBCHAT)
    for place, sign in enumerate(code[3:], 3):
        if sign != "-":
            other = ALPHABET[(ALPHABET.index(sign) + 1) % len(ALPHABET)]
            assert not SIGNER.is_genuine(code[:place] + other + code[place + 1 :], Channel.WEBCHAT)


def test_another_secret_makes_other_codes() -> None:
    assert not CodeSigner("another secret").is_genuine(SIGNER.make(Channel.WEBCHAT), Channel.WEBCHAT)


def test_no_two_codes_are_the_same() -> None:
    assert len({SIGNER.make(Channel.WEBCHAT) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "HS-7K3M-9QXA-0B1C-2D3E",
        "Ich möchte hier weiterschreiben. Mein Code: hs-7k3m-9qxa-0b1c-2d3e",
        "Mein Code ist HS-7K3M-9QXA-OBIC-2D3E.",
    ],
)
def test_a_code_is_found_as_people_write_it(text: str) -> None:
    assert find_code(text) == "HS-7K3M-9QXA-0B1C-2D3E"


@pytest.mark.parametrize("text", ["", "HS-7K3M", "B-2026-104233", "XHS-7K3M-9QXA-0B1C-2D3E", "HS-7K3M-9QXA-0B1C-2D3EF"])
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert find_code(text) is None
