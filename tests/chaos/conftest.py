"""One PostgreSQL for all runs of this folder, a fresh database for each; the seed is told at the end."""

from collections.abc import Callable, Iterator

import pytest

from tests.support.postgres import PostgresServer, postgres_server
from tests.support.report import pytest_terminal_summary, told
from tests.support.scale import Scale

__all__ = ["pytest_terminal_summary", "told"]


@pytest.fixture(scope="session")
def scale(told: Callable[[str], None]) -> Scale:
    scale = Scale.chosen()
    told(f"seed: HANDSCHLAG_CHAOS_SEED={scale.seed}")
    return scale


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server
