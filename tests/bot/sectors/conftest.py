"""What the tests of the further sectors share: one model of energy and insurance, with their demo databases."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from actions.clients import demo_energy, demo_insurance
from actions.tasks.values import today
from components import language_model
from components.tracker_store import DurableTrackerStore
from tests.bot.conftest import LANGUAGE_MODEL, forget_wrong_proofs
from tests.bot.support.action_server import ActionServer
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

SECTORS = "energy,insurance"


@dataclass(frozen=True)
class Databases:
    """Addresses of the demo databases."""

    energy: str
    insurance: str
    guard: str


@pytest.fixture(scope="session")
def sector_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    folder = tmp_path_factory.mktemp("sectors")
    found = Databases(*(f"sqlite:///{folder}/{name}.db" for name in ("energy", "insurance", "guard")))
    demo_energy.fill(found.energy, today())
    demo_insurance.fill(found.insurance, today())
    return found


@pytest.fixture(autouse=True)
def first_state(sector_databases: Databases) -> None:
    """Every conversation finds the demo contracts and policies as they were made."""
    demo_energy.fill(sector_databases.energy, today())
    demo_insurance.fill(sector_databases.insurance, today())


@pytest.fixture(scope="session")
def sector_model(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained from the present files, once for the whole run."""
    if not LANGUAGE_MODEL.exists():
        language_model.save(LANGUAGE_MODEL)
    folder = tmp_path_factory.mktemp("sector_model")
    train = ["train", "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "rasa", *train, "--fixed-model-name", "sectors"],
        cwd=root,
        env={**os.environ, "HANDSCHLAG_SECTORS": SECTORS},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"the training failed:\n{done.stdout[-3000:]}"
    return folder / "sectors.tar.gz"


@pytest.fixture(scope="session")
def sector_actions(
    root: Path, bridge: FakeBridge, sector_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ActionServer]:
    environment = {
        "HANDSCHLAG_BRIDGE_URL": bridge.url,
        "HANDSCHLAG_INTERNAL_SECRET": bridge.secret,
        "HANDSCHLAG_ENERGY_DATABASE_URL": sector_databases.energy,
        "HANDSCHLAG_INSURANCE_DATABASE_URL": sector_databases.insurance,
        "HANDSCHLAG_LOOKUP_GUARD_URL": sector_databases.guard,
        "HANDSCHLAG_BUSINESS_FILE": str(root / "business.yml"),
    }
    with ActionServer(root, environment, tmp_path_factory.mktemp("sector_actions") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def sector_agent(sector_model: Path, sector_actions: ActionServer, tmp_path_factory: pytest.TempPathFactory) -> Agent:
    return Agent.load(
        sector_model,
        action_endpoint=EndpointConfig(sector_actions.webhook_url),
        tracker_store=DurableTrackerStore(Domain.empty(), db=str(tmp_path_factory.mktemp("tracker") / "rasa.db")),
    )


@pytest.fixture
def talk(sector_agent: Agent, bridge: FakeBridge, sector_databases: Databases) -> Iterator[Talk]:
    """A new conversation; the bridge behind it is friendly, and it and the guard have forgotten earlier tests."""
    bridge.reset()
    forget_wrong_proofs(sector_databases.guard)
    yield Talk(sector_agent, f"test-{uuid.uuid4().hex}")
    bridge.reset()
