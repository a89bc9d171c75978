"""A bridge over HTTP, once on SQLite and once on a real PostgreSQL."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from handoff_bridge.business import BusinessRules, load_business_rules
from tests.support.bridge import BUSINESS_FILE, Bridge, bridge_settings, running_bridge
from tests.support.databases import fresh_postgres_database
from tests.support.postgres import running_postgres
from tests.support.rasa import ScriptedRasa


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'handschlag.db'}"
        return
    async with fresh_postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
async def rasa() -> AsyncIterator[ScriptedRasa]:
    rasa = ScriptedRasa()
    await rasa.start()
    yield rasa
    await rasa.stop()


@pytest.fixture
def rules() -> BusinessRules:
    """Open around the clock: what a test sees must not depend on when it runs."""
    rules = load_business_rules(BUSINESS_FILE)
    always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = rules.opening_hours.model_dump() | {"weekly": always}
    return BusinessRules.model_validate(rules.model_dump() | {"opening_hours": hours})


@pytest.fixture
async def bridge(database_url: str, rasa: ScriptedRasa, rules: BusinessRules, tmp_path: Path) -> AsyncIterator[Bridge]:
    settings = bridge_settings(database_url, rasa.url, tmp_path)
    async with running_bridge(settings, rasa, rules) as running:
        yield running
