"""Settings from the environment (``HANDSCHLAG_…``); docs/settings.md explains each for operators.

Any of them may also be a file of a folder that ``HANDSCHLAG_SECRETS_DIR`` names, called like the variable in small
letters: containers are given their secrets that way. A variable wins over a file.
"""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    Field,
    HttpUrl,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PREFIX = "HANDSCHLAG_"
#: Names the folder with one file per secret. Read before all others, so it is not one of the fields below.
SECRETS_DIR = f"{PREFIX}SECRETS_DIR"
#: Secrets that are made at the first start in development and must be given in production.
SECRETS = ("channel_secret", "internal_secret")
#: A secret shorter than this could be guessed; production does not start with one.
MIN_SECRET = 32
#: The same for WhatsApp, where the business rules name a number of it; Meta decides on their length.
WHATSAPP_SECRETS = ("whatsapp_app_secret", "whatsapp_verify_token", "whatsapp_access_token")
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")


class SettingsError(Exception):
    """A setting is missing or wrong; says which and what it takes."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def _known_database(url: str) -> str:
    try:
        if not url or make_url(url).drivername in DATABASES:
            return url
    except ArgumentError:
        pass
    raise ValueError(
        "is not a database address such as sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
    )


class Settings(BaseSettings):
    """What the operator decides. Durations carry their unit in the name; what is left empty has its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore")

    environment: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    state_dir: Path = Path("var")
    #: Holds the password once it is loaded, so it stays out of whatever prints the settings.
    database_url: Annotated[str, AfterValidator(_known_database), Field(repr=False)] = ""
    database_password: SecretStr = SecretStr("")
    business_file: Path = Path("business.yml")
    rasa_url: HttpUrl = HttpUrl("http://127.0.0.1:5005")
    channel_secret: SecretStr = SecretStr("")
    internal_secret: SecretStr = SecretStr("")
    secure_cookies: bool | None = None
    token_ttl_h: PositiveInt = 72
    session_ttl_h: PositiveInt = 12
    drain_s: NonNegativeFloat = 0.0
    bot_timeout_s: PositiveFloat = 15.0
    bot_give_up_after_s: PositiveFloat = 45.0
    bot_turns_at_once: PositiveInt = 8
    trusted_proxies: NonNegativeInt = 0
    rate_limit_scale: NonNegativeFloat = 1.0
    #: Files that customers sent; without one, a folder of the state folder.
    attachments_dir: Path | None = None
    whatsapp_app_secret: SecretStr = SecretStr("")
    whatsapp_verify_token: SecretStr = SecretStr("")
    whatsapp_access_token: SecretStr = SecretStr("")
    whatsapp_graph_url: HttpUrl = HttpUrl("https://graph.facebook.com")
    whatsapp_graph_version: Annotated[str, Field(pattern=r"^v\d+\.\d+$")] = "v26.0"

    @classmethod
    def load(cls) -> Self:
        """Read the environment. Raises SettingsError; makes missing secrets in development."""
        try:
            settings = cls(_secrets_dir=_secrets_dir())
        except ValidationError as error:
            mistakes = "; ".join(
                f"{PREFIX}{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
                for item in error.errors(include_input=False)
            )
            raise SettingsError(mistakes) from None
        if not settings.database_url:
            settings.database_url = f"sqlite+aiosqlite:///{settings.state_dir}/handschlag.db"
        if password := settings.database_password.get_secret_value():
            settings.database_url = _with_password(settings.database_url, password)
        for name in SECRETS:
            if not getattr(settings, name).get_secret_value():
                setattr(settings, name, settings._missing_secret(name))
            settings._refuse_weak_secret(name)
        return settings

    @property
    def cookies_are_secure(self) -> bool:
        """Cookies travel over HTTPS only in production, unless the setting says otherwise."""
        if self.secure_cookies is None:
            return self.environment is Environment.PRODUCTION
        return self.secure_cookies

    @property
    def attachments_folder(self) -> Path:
        return self.attachments_dir or self.state_dir / "attachments"

    def complete_for_whatsapp(self) -> None:
        """Make what is missing in development. Raises SettingsError in production: there, Meta gives them."""
        for name in WHATSAPP_SECRETS:
            if not getattr(self, name).get_secret_value():
                setattr(self, name, self._missing_secret(name, "docs/whatsapp.md says where it is to be had."))

    def _missing_secret(self, name: str, advice: str = "") -> SecretStr:
        if self.environment is Environment.PRODUCTION:
            advice = advice or f"set a random value of at least {MIN_SECRET} characters."
            raise SettingsError(f"{PREFIX}{name.upper()} is not set. Production has no default secrets: {advice}")
        return SecretStr(kept_secret(self.state_dir / "secrets" / name))

    def _refuse_weak_secret(self, name: str) -> None:
        length = len(getattr(self, name).get_secret_value())
        if self.environment is Environment.PRODUCTION and length < MIN_SECRET:
            raise SettingsError(
                f"{PREFIX}{name.upper()} has {length} characters: set a random value of at least {MIN_SECRET}."
            )


def _secrets_dir() -> Path | None:
    """The folder the operator named, None without one. Raises SettingsError when it is not there."""
    named = os.environ.get(SECRETS_DIR)
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise SettingsError(f"{SECRETS_DIR}: there is no folder {folder}")
    for file in folder.glob(f"{PREFIX.lower()}*"):
        if not os.access(file, os.R_OK):
            raise SettingsError(f"{SECRETS_DIR}: the file {file} may not be read by the user this process runs as")
    return folder


def _with_password(database_url: str, password: str) -> str:
    """The same address with this password; it may hold any character."""
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise SettingsError(f"{PREFIX}DATABASE_URL is not a database address") from None
    if url.password is not None:
        raise SettingsError(f"{PREFIX}DATABASE_PASSWORD is set, but {PREFIX}DATABASE_URL holds a password already")
    if url.host is None:
        raise SettingsError(f"{PREFIX}DATABASE_PASSWORD is set, but {PREFIX}DATABASE_URL names no server")
    return url.set(password=password).render_as_string(hide_password=False)


def kept_secret(path: Path) -> str:
    """Read the secret in this file; make it first, readable by the owner only, if there is none.

    Raises SettingsError when the file is empty.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _make_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if not secret:
        raise SettingsError(f"{path} is empty: delete it, and a new secret is made at the next start.")
    return secret


def _make_secret(path: Path) -> None:
    # Written aside and linked: whoever starts at the same moment finds a whole secret, and the same one.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
