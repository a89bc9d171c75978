"""Settings from files: how containers are given their secrets."""

from pathlib import Path

import pytest

from handoff_bridge.settings import WHATSAPP_SECRETS, Settings, SettingsError


@pytest.fixture
def secrets_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets that a production process is pointed to; nothing else is set."""
    monkeypatch.chdir(tmp_path)
    for name in ("CHANNEL_SECRET", "INTERNAL_SECRET", "DATABASE_URL", "DATABASE_PASSWORD"):
        monkeypatch.delenv(f"HANDSCHLAG_{name}", raising=False)
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "handschlag_channel_secret").write_text("the-secret-from-the-channel-file-is-long\n", encoding="utf-8")
    (folder / "handschlag_internal_secret").write_text("the-secret-from-the-internal-file-is-long\n", encoding="utf-8")
    monkeypatch.setenv("HANDSCHLAG_ENVIRONMENT", "production")
    monkeypatch.setenv("HANDSCHLAG_SECRETS_DIR", str(folder))
    return folder


@pytest.mark.usefixtures("secrets_dir")
def test_secrets_are_read_from_files_without_the_end_of_line() -> None:
    settings = Settings.load()
    assert settings.channel_secret.get_secret_value() == "the-secret-from-the-channel-file-is-long"
    assert settings.internal_secret.get_secret_value() == "the-secret-from-the-internal-file-is-long"


@pytest.mark.usefixtures("secrets_dir")
def test_a_variable_wins_over_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSCHLAG_CHANNEL_SECRET", "the-secret-from-the-variable-is-long-too")
    assert Settings.load().channel_secret.get_secret_value() == "the-secret-from-the-variable-is-long-too"


def test_a_secret_that_has_no_file_is_an_error_in_production(secrets_dir: Path) -> None:
    (secrets_dir / "handschlag_internal_secret").unlink()
    with pytest.raises(SettingsError, match="HANDSCHLAG_INTERNAL_SECRET is not set"):
        Settings.load()


def test_a_folder_of_secrets_that_is_not_there_is_an_error(secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDSCHLAG_SECRETS_DIR", str(secrets_dir / "elsewhere"))
    with pytest.raises(SettingsError, match="HANDSCHLAG_SECRETS_DIR: there is no folder"):
        Settings.load()


def test_the_password_from_a_file_completes_the_address_of_the_database(
    secrets_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDSCHLAG_DATABASE_URL", "postgresql+asyncpg://handschlag@db:5432/handschlag")
    (secrets_dir / "handschlag_database_password").write_text("p@ss:/?%\n", encoding="utf-8")
    settings = Settings.load()
    assert settings.database_url == "postgresql+asyncpg://handschlag:p%40ss%3A%2F%3F%25@db:5432/handschlag"
    assert "p%40ss" not in repr(settings)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("postgresql+asyncpg://handschlag:other@db/handschlag", "holds a password already"),
        ("sqlite+aiosqlite:///var/handschlag.db", "names no server"),
        ("db.example:5432", "is not a database address"),
    ],
)
def test_a_password_that_fits_no_address_is_an_error_that_does_not_tell_it(
    secrets_dir: Path, monkeypatch: pytest.MonkeyPatch, address: str, complaint: str
) -> None:
    monkeypatch.setenv("HANDSCHLAG_DATABASE_URL", address)
    (secrets_dir / "handschlag_database_password").write_text("very-secret", encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint) as error:
        Settings.load()
    assert "very-secret" not in str(error.value)


def test_the_secrets_of_whatsapp_are_files_that_may_be_empty_until_it_is_connected(secrets_dir: Path) -> None:
    files = [secrets_dir / f"handschlag_{name}" for name in WHATSAPP_SECRETS]
    for file in files:
        file.write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="HANDSCHLAG_WHATSAPP_APP_SECRET is not set"):
        Settings.load().complete_for_whatsapp()
    for file in files:
        file.write_text(f"from-{file.name}\n", encoding="utf-8")
    settings = Settings.load()
    settings.complete_for_whatsapp()
    assert settings.whatsapp_access_token.get_secret_value() == "from-handschlag_whatsapp_access_token"
