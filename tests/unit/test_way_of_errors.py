"""What the log says of an error: types and ways, never the words of foreign ones."""

import pytest

from handoff_bridge.logs import way_of


def test_of_errors_that_came_together_each_is_named_without_its_words() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        raise ExceptionGroup("two", [ValueError("IBAN DE89"), KeyError("0170 1234567")])
    way = way_of(raised.value)
    assert "ExceptionGroup" in way
    assert "builtins.ValueError" in way
    assert "builtins.KeyError" in way
    assert "DE89" not in way
    assert "0170" not in way


def test_a_cause_is_named_after_what_it_caused() -> None:
    with pytest.raises(RuntimeError) as raised:
        try:
            raise OSError
        except OSError as error:
            raise RuntimeError from error
    assert way_of(raised.value).index("RuntimeError") < way_of(raised.value).index("OSError")
