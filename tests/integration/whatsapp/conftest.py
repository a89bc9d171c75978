"""A bridge with two numbers on WhatsApp, and a Graph API that is not Meta's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import HttpUrl, SecretStr

from handoff_bridge.business import BusinessRules
from handoff_bridge.http import keys
from handoff_bridge.settings import Settings
from tests.fakes.graph.server import FakeGraph
from tests.support.bridge import Bridge, bridge_settings, running_bridge
from tests.support.rasa import ScriptedRasa
from tests.support.whatsapp import APP_SECRET, NUMBER, OTHER_NUMBER, Meta, with_numbers

VERIFY_TOKEN = "verify-token-of-the-tests"


@dataclass(frozen=True)
class WhatsApp:
    bridge: Bridge
    meta: Meta
    graph: FakeGraph

    @property
    def breaches(self) -> list[str]:
        """What the Graph API counted, without marks at messages that came past its phones: Meta tells those itself."""
        return [breach for breach in self.graph.ledger.breaches if not breach.endswith("no message of a customer")]


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    graph = FakeGraph(app_secret=APP_SECRET)
    for number in (NUMBER, OTHER_NUMBER):
        graph.add_line(number, "498000000001")
    await graph.start()
    yield graph
    await graph.stop()


@pytest.fixture
def whatsapp_rules(rules: BusinessRules) -> BusinessRules:
    return with_numbers(rules)


@pytest.fixture
def whatsapp_settings(database_url: str, rasa: ScriptedRasa, graph: FakeGraph, tmp_path: Path) -> Settings:
    return bridge_settings(
        database_url,
        rasa.url,
        tmp_path,
        whatsapp_app_secret=SecretStr(APP_SECRET),
        whatsapp_verify_token=SecretStr(VERIFY_TOKEN),
        whatsapp_access_token=SecretStr(graph.access_token),
        whatsapp_graph_url=HttpUrl(graph.url),
    )


@pytest.fixture
async def whatsapp(
    whatsapp_settings: Settings, rasa: ScriptedRasa, graph: FakeGraph, whatsapp_rules: BusinessRules
) -> AsyncIterator[WhatsApp]:
    async with running_bridge(whatsapp_settings, rasa, whatsapp_rules) as bridge:
        database = bridge.server.app[keys.store].database
        yield WhatsApp(bridge, Meta(bridge.session, bridge.url, database), graph)
