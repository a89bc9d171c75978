"""What the log says of an error: types and ways, never the words of foreign ones."""

import pytest

from handoff_bridge.logs import way_of

SAID = "IBAN DE89"


def failing_for(cause: OSError) -> None:
    raise RuntimeError from cause


def test_of_errors_that_came_together_each_is_named_without_its_words() -> None:
    together = [ValueError(SAID), KeyError(SAID)]
    with pytest.raises(ExceptionGroup) as raised:
        raise ExceptionGroup("two", together)
    way = way_of(raised.value)
    assert "ExceptionGroup" in way
    assert "builtins.ValueError" in way
    assert "builtins.KeyError" in way
    assert "DE89" not in way


def test_a_cause_is_named_after_what_it_caused() -> None:
    with pytest.raises(RuntimeError) as raised:
        failing_for(OSError(SAID))
    assert way_of(raised.value).index("RuntimeError") < way_of(raised.value).index("OSError")
