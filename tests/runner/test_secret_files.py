from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runner.errors import SecretMissing
from runner.secret_files import secret, write_private

NAME = "HANDSCHLAG_CHANNEL_SECRET"


def made(folder: Path) -> str:
    return secret(NAME, environ={}, environment="development", folder=folder)


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = made(folder)
    assert len(first) >= 43
    assert made(folder) == first
    (file,) = folder.iterdir()
    assert file.name == "channel_secret"
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_two_places_have_two_secrets(tmp_path: Path) -> None:
    assert made(tmp_path / "one") != made(tmp_path / "two")


def test_all_who_ask_at_the_same_moment_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(made, [tmp_path / f"{number // 8}" for number in range(80)]))
    assert len(found) == 10


def test_a_secret_from_the_environment_wins_and_is_not_written_down(tmp_path: Path) -> None:
    found = secret(NAME, environ={NAME: "given"}, environment="development", folder=tmp_path / "secrets")
    assert found == "given"
    assert list(tmp_path.iterdir()) == []


def test_in_production_no_secret_is_made_up(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match=NAME):
        secret(NAME, environ={NAME: ""}, environment="production", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_private_file_replaces_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "secrets/first-agent.txt"
    path.parent.mkdir()
    path.write_text("alt")
    path.chmod(0o644)
    write_private(path, "neu")
    assert path.read_text() == "neu"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["first-agent.txt"]
