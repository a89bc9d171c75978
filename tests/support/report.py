"""What a run has tried, told at its end: numbers that were measured, and the seed that plays it again.

A conftest that takes ``told`` and ``pytest_terminal_summary`` from here has both.
"""

from collections.abc import Callable

import pytest

_lines: list[str] = []


@pytest.fixture(scope="session")
def told() -> Callable[[str], None]:
    """Call it with a line for the end of the run."""
    return _lines.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _lines:
        terminalreporter.section("what was tried")
    while _lines:
        terminalreporter.write_line(_lines.pop(0))
