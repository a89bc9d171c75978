"""A bridge on a free port, with a scripted Rasa behind it and people in front."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession, DummyCookieJar
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from pydantic import HttpUrl, SecretStr

from handoff_bridge.app import build_app
from handoff_bridge.business import BusinessRules, load_business_rules
from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Agent
from handoff_bridge.desk import sessions
from handoff_bridge.http import keys
from handoff_bridge.settings import Settings
from tests.support.people import AgentAtDesk, Customer
from tests.support.rasa import SECRET, ScriptedRasa

INTERNAL_SECRET = "secret-of-the-actions"
PASSWORD = "richtig-gutes-passwort"
# Hashing is slow on purpose, and the tests sign in hundreds of times: here it is the same algorithm, done quickly.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
sessions.hasher = QUICK_HASHER
sessions.DUMMY_HASH = QUICK_HASHER.hash("niemand")
PASSWORD_HASH = QUICK_HASHER.hash(PASSWORD)
BUSINESS_FILE = Path(__file__).parent.parent.parent / "business.yml"


class Bridge:
    """Everything a test needs to play customer, agent and bot."""

    def __init__(self, server: TestServer, session: ClientSession, rasa: ScriptedRasa) -> None:
        self.server = server
        self.session = session
        self.rasa = rasa
        self.url = str(server.make_url("/"))

    async def customer(self) -> Customer:
        return await Customer(self.session, self.url).start()

    async def agent(self, name: str = "Kim Weber") -> AgentAtDesk:
        email = f"{name.split()[0].lower()}@example.com"
        app = self.server.app
        async with app[keys.store].write() as tx:
            if await tx.agents.by_email(email) is None:
                await tx.agents.add(Agent(new_id(), email, name), PASSWORD_HASH, app[keys.core].clock.now())
        return await AgentAtDesk(self.session, self.url).sign_in(email, PASSWORD)


def bridge_settings(database_url: str, rasa_url: str, state_dir: Path, **changes: object) -> Settings:
    values: dict[str, object] = {
        "database_url": database_url,
        "rasa_url": HttpUrl(rasa_url),
        "channel_secret": SecretStr(SECRET),
        "internal_secret": SecretStr(INTERNAL_SECRET),
        "state_dir": state_dir,
        "business_file": BUSINESS_FILE,
        "bot_timeout_s": 5.0,
        "bot_give_up_after_s": 2.0,
        "rate_limit_scale": 0.0,
        **changes,
    }
    return Settings.model_validate(values)


@asynccontextmanager
async def running_bridge(
    settings: Settings, rasa: ScriptedRasa, rules: BusinessRules | None = None
) -> AsyncIterator[Bridge]:
    server = TestServer(build_app(settings, rules or load_business_rules(settings.business_file)))
    await server.start_server()
    # People bring their own cookies, so that several can share one session.
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        try:
            yield Bridge(server, session, rasa)
        finally:
            await server.close()
