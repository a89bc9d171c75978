"""Settings: no secret by default in production, none ever shown."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handoff_bridge.settings import Settings, SettingsError, kept_secret

STRONG = "nur-fuer-diesen-test-ein-langes-geheimnis"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No setting from outside, no .env: what a test sees is what it sets."""
    for name in list(os.environ):
        if name.startswith("HANDSCHLAG_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def given(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"HANDSCHLAG_{name.upper()}", value)


def production(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    complete = {"environment": "production", "channel_secret": STRONG, "internal_secret": STRONG + "2"}
    given(monkeypatch, **(complete | values))


@pytest.mark.parametrize("missing", ["channel_secret", "internal_secret"])
def test_a_missing_secret_in_production_is_an_error_that_names_it(
    missing: str, clean_environment: pytest.MonkeyPatch
) -> None:
    production(clean_environment)
    clean_environment.delenv(f"HANDSCHLAG_{missing.upper()}")
    with pytest.raises(SettingsError, match=f"HANDSCHLAG_{missing.upper()} is not set"):
        Settings.load()
    assert not Path("var").exists()


@pytest.mark.parametrize("weak", ["channel_secret", "internal_secret"])
def test_a_short_secret_in_production_is_an_error_that_does_not_show_it(
    weak: str, clean_environment: pytest.MonkeyPatch
) -> None:
    production(clean_environment, **{weak: "geheim"})
    with pytest.raises(SettingsError, match=f"HANDSCHLAG_{weak.upper()}") as refused:
        Settings.load()
    assert "geheim" not in str(refused.value)


def test_an_empty_secret_in_production_is_a_missing_one(clean_environment: pytest.MonkeyPatch) -> None:
    production(clean_environment, channel_secret="")
    with pytest.raises(SettingsError, match="HANDSCHLAG_CHANNEL_SECRET is not set"):
        Settings.load()


def test_production_takes_the_secrets_it_is_given(clean_environment: pytest.MonkeyPatch) -> None:
    production(clean_environment)
    assert Settings.load().channel_secret.get_secret_value() == STRONG


def test_development_makes_secrets_that_only_the_owner_can_read() -> None:
    settings = Settings.load()
    for name in ("channel_secret", "internal_secret"):
        path = Path("var/secrets") / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text() == getattr(settings, name).get_secret_value()
        assert len(path.read_text()) >= 40
    assert settings.channel_secret != settings.internal_secret
    assert stat.S_IMODE(Path("var/secrets").stat().st_mode) == 0o700


def test_two_starts_read_the_same_secret() -> None:
    assert Settings.load().channel_secret == Settings.load().channel_secret


def test_many_starts_at_once_agree_on_one_whole_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        for attempt in range(30):
            path = tmp_path / str(attempt) / "secret"
            found = set(pool.map(lambda _, path=path: kept_secret(path), range(16)))
            assert len(found) == 1
            assert len(found.pop()) >= 40
            assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_a_secret_file_that_is_empty_is_an_error_not_an_open_door(tmp_path: Path) -> None:
    path = tmp_path / "channel_secret"
    path.touch(mode=0o600)
    with pytest.raises(SettingsError, match="channel_secret"):
        kept_secret(path)


def test_nothing_secret_is_in_the_settings_as_text(clean_environment: pytest.MonkeyPatch) -> None:
    production(clean_environment, database_url="postgresql+asyncpg://app:db-passwort@db/handschlag")
    settings = Settings.load()
    for shown in (repr(settings), str(settings)):
        assert STRONG not in shown
        assert "db-passwort" not in shown


def test_nothing_secret_is_in_an_error(clean_environment: pytest.MonkeyPatch) -> None:
    production(clean_environment, port="viele", database_url="postgresql+asyncpg:/app:db-passwort@db")
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert STRONG not in str(refused.value)
    assert "db-passwort" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "viele"),
        ("port", "70000"),
        ("environment", "staging"),
        ("rasa_url", "kein ort"),
        ("token_ttl_h", "0"),
        ("bot_timeout_s", "-1"),
        ("secure_cookies", "vielleicht"),
        ("database_url", "mysql://db/handschlag"),
        ("database_url", "postgresql://db/handschlag"),
        ("database_url", "irgendwo"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, clean_environment: pytest.MonkeyPatch) -> None:
    given(clean_environment, **{name: value})
    with pytest.raises(SettingsError, match=f"HANDSCHLAG_{name.upper()}"):
        Settings.load()


@pytest.mark.parametrize("name", ["port", "secure_cookies", "rasa_url", "environment", "bot_timeout_s"])
def test_a_setting_left_empty_has_its_default(name: str, clean_environment: pytest.MonkeyPatch) -> None:
    given(clean_environment, **{name: ""})
    assert getattr(Settings.load(), name) == Settings.model_fields[name].default


def test_the_database_is_in_the_state_folder_unless_said_otherwise(clean_environment: pytest.MonkeyPatch) -> None:
    given(clean_environment, state_dir="elsewhere")
    assert Settings.load().database_url == "sqlite+aiosqlite:///elsewhere/handschlag.db"


@pytest.mark.parametrize(
    ("environment", "setting", "secure"),
    [
        ("development", "", False),
        ("production", "", True),
        ("development", "true", True),
        ("production", "false", False),
    ],
)
def test_cookies_are_secure_in_production_unless_said_otherwise(
    environment: str, setting: str, secure: bool, clean_environment: pytest.MonkeyPatch
) -> None:
    production(clean_environment, environment=environment, secure_cookies=setting)
    assert Settings.load().cookies_are_secure is secure


def test_a_file_named_dot_env_is_read(clean_environment: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("HANDSCHLAG_PORT=9999\n")
    assert Settings.load().port == 9999
    given(clean_environment, port="7777")
    assert Settings.load().port == 7777
