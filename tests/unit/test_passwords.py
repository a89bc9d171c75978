"""Passwords are kept as hashes that cost a thief something."""

import importlib.util

from argon2 import Type

from handoff_bridge.desk import sessions


def test_passwords_are_hashed_with_argon2id_at_its_full_cost() -> None:
    # Loaded afresh: other tests hash more quickly.
    spec = importlib.util.find_spec("handoff_bridge.desk.sessions")
    assert spec is not None
    assert spec.loader is not None
    shipped = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shipped)
    hasher = shipped.hasher
    assert hasher.type is Type.ID
    # RFC 9106, second recommended option: 64 MiB and three passes.
    assert hasher.memory_cost >= 64 * 1024
    assert hasher.time_cost >= 3
    assert shipped.DUMMY_HASH.startswith("$argon2id$")


def test_a_csrf_token_fits_its_own_session_only() -> None:
    token = sessions.csrf_token("sitzung")
    assert sessions.csrf_matches("sitzung", token)
    for given in ("", "falsch", token[:-1], token.upper(), "fälsch", sessions.csrf_token("andere")):
        assert not sessions.csrf_matches("sitzung", given)


def test_a_broken_hash_matches_no_password() -> None:
    assert not sessions._matches("kein Hash", "egal")
