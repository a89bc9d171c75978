"""How many stories are played."""

import pytest

from tests.support.report import pytest_terminal_summary, told
from tests.support.scale import Scale

__all__ = ["pytest_terminal_summary", "told"]


@pytest.fixture(scope="session")
def scale() -> Scale:
    return Scale.chosen()
