"""What the tests of the assistant share: a trained model, a real action server, a bridge that answers as told.

Everything is loaded once for the whole run; every test talks in a conversation of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.support import quiet  # isort: skip  (before anything of Rasa is imported)

from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from actions.clients import demo_shop, lookup_guard, shop
from components import language_model
from components.tracker_store import DurableTrackerStore
from tests.bot.support.action_server import ActionServer
from tests.bot.support.bridge import FakeBridge
from tests.bot.support.talk import Talk

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE_MODEL = ROOT / "models/language/de"
_SHIPPED_MODEL = ROOT / "models/handschlag.tar.gz"


def forget_wrong_proofs(url: str) -> None:
    """Unlocks every number."""
    with lookup_guard.engine(url).begin() as connection:
        connection.execute(lookup_guard.wrong_proofs.delete())


def pytest_configure(config: pytest.Config) -> None:
    """What Rasa and its dependencies warn about, nothing here can change."""
    for foreign in quiet.FILTERS:
        config.addinivalue_line("filterwarnings", foreign)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder. Rasa reads its files relative to the working directory."""
    os.chdir(ROOT)
    return ROOT


@pytest.fixture(scope="session")
def model(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained from the present files: the one of the set-up when it is, otherwise a fresh one."""
    if not LANGUAGE_MODEL.exists():
        language_model.save(LANGUAGE_MODEL)
    sources = [
        root / "config.yml",
        root / "domain.yml",
        *(root / "components").glob("*.py"),
        *(root / "components").glob("*.yml"),
        *root.glob("data/**/*.yml"),
    ]
    newest = max(source.stat().st_mtime for source in sources)
    folder = tmp_path_factory.mktemp("model")
    fresh = _SHIPPED_MODEL.exists() and _SHIPPED_MODEL.stat().st_mtime > newest
    if fresh and not os.environ.get("HANDSCHLAG_SECTORS"):
        # A copy: a set-up that runs meanwhile may replace the file.
        return Path(shutil.copy(_SHIPPED_MODEL, folder))
    train = ["train", "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "rasa", *train, "--fixed-model-name", "handschlag"],
        cwd=root,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"the training failed:\n{done.stdout[-3000:]}"
    return folder / "handschlag.tar.gz"


@pytest.fixture(scope="session")
def bridge() -> Iterator[FakeBridge]:
    """Stands where the bridge stands, for the whole run."""
    with FakeBridge() as running:
        yield running


@pytest.fixture(scope="session")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo shop's database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('shop')}/shop.db"
    demo_shop.fill(url, shop.today_in_shop())
    return url


@pytest.fixture
def fresh_shop(shop_url: str) -> Iterator[None]:
    """The demo shop as it was made, for a test that changes orders or needs them unchanged."""
    demo_shop.fill(shop_url, shop.today_in_shop())
    yield
    demo_shop.fill(shop_url, shop.today_in_shop())


@pytest.fixture(scope="session")
def guard_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where wrong proofs of identity are counted."""
    return f"sqlite:///{tmp_path_factory.mktemp('guard')}/guard.db"


@pytest.fixture(scope="session")
def action_server(
    root: Path, bridge: FakeBridge, shop_url: str, guard_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ActionServer]:
    """The real action server, as it is started in operation."""
    environment = {
        "HANDSCHLAG_BRIDGE_URL": bridge.url,
        "HANDSCHLAG_INTERNAL_SECRET": bridge.secret,
        "HANDSCHLAG_SHOP_DATABASE_URL": shop_url,
        "HANDSCHLAG_LOOKUP_GUARD_URL": guard_url,
        "HANDSCHLAG_BUSINESS_FILE": str(root / "business.yml"),
    }
    with ActionServer(root, environment, tmp_path_factory.mktemp("actions") / "log") as running:
        yield running


@pytest.fixture(scope="session")
def tracker_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the agent keeps its conversations."""
    return tmp_path_factory.mktemp("tracker") / "rasa.db"


@pytest.fixture(scope="session")
def agent(model: Path, action_server: ActionServer, tracker_database: Path) -> Agent:
    """The trained assistant, with the real action server behind it."""
    return Agent.load(
        model,
        action_endpoint=EndpointConfig(action_server.webhook_url),
        tracker_store=DurableTrackerStore(Domain.empty(), db=str(tracker_database)),
    )


@pytest.fixture
def talk(agent: Agent, bridge: FakeBridge, guard_url: str) -> Iterator[Talk]:
    """A new conversation; the bridge behind it is friendly, and it and the guard have forgotten earlier tests."""
    bridge.reset()
    forget_wrong_proofs(guard_url)
    yield Talk(agent, f"test-{uuid.uuid4().hex}")
    bridge.reset()
