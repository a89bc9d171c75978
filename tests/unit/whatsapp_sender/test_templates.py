"""Templates are filled completely, and with what WhatsApp takes."""

import pytest
from pydantic import ValidationError

from handoff_bridge.business_sending import Template, Variable
from handoff_bridge.channels.whatsapp.sender.templates import filled
from handoff_bridge.errors import InvalidBody

TEMPLATE = Template(
    name="rueckmeldung",
    language="de",
    title="Rückmeldung",
    text="Guten Tag, hier ist {agent} von {company}. Es geht um {subject}.",
    variables=[
        Variable(name="agent", label="Ihr Name"),
        Variable(name="company", label="Unternehmen", default="Muster"),
        Variable(name="subject", label="Worum es geht"),
    ],
)


def test_values_stand_in_the_order_of_the_text() -> None:
    text, data = filled(TEMPLATE, {"subject": "Ihr Gerät", "agent": "Kim"})
    assert text == "Guten Tag, hier ist Kim von Muster. Es geht um Ihr Gerät."
    assert data == {"name": "rueckmeldung", "language": "de", "values": ["Kim", "Muster", "Ihr Gerät"]}


def test_line_breaks_and_gaps_in_a_value_become_one_space() -> None:
    _, data = filled(TEMPLATE, {"subject": "Ihr\n\tneues     Gerät", "agent": "Kim"})
    assert data["values"][2] == "Ihr neues Gerät"


def test_braces_in_a_value_are_only_braces() -> None:
    text, _ = filled(TEMPLATE, {"subject": "{agent}", "agent": "{0}"})
    assert text == "Guten Tag, hier ist {0} von Muster. Es geht um {agent}."


@pytest.mark.parametrize(
    "given",
    [{"agent": "Kim"}, {"agent": "Kim", "subject": " \n"}, {"agent": "Kim", "subject": "x" * 513}, {"other": "x"}],
    ids=["missing", "empty", "too long", "unknown"],
)
def test_a_value_that_cannot_be_sent_is_an_error_that_names_it(given: dict[str, str]) -> None:
    with pytest.raises(InvalidBody) as raised:
        filled(TEMPLATE, given)
    assert str(raised.value.details["field"]).startswith("variables")


@pytest.mark.parametrize("text", ["{agent}", "{agent} {agent} {company} {subject}", "{company} {agent} {subject}", "{"])
def test_the_variables_of_the_rules_are_those_of_the_text(text: str) -> None:
    with pytest.raises(ValidationError):
        Template(name="x", title="x", text=text, variables=TEMPLATE.variables)
