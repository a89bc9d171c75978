"""Filling a template: what the customer reads, and the values as WhatsApp takes them."""

from collections.abc import Mapping
from typing import Any

from handoff_bridge.business_sending import MAX_TEMPLATE, MAX_VALUE, Template
from handoff_bridge.channels.whatsapp.sender.lengths import length
from handoff_bridge.errors import InvalidBody


def filled(template: Template, given: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The template's words with these values, and its data for the log: {name, language, values in order}.

    Values are one line each: WhatsApp refuses line breaks, tabs and long gaps in them.

    Raises InvalidBody: a value is missing, unknown or too long.
    """
    known = {variable.name for variable in template.variables}
    if unknown := given.keys() - known:
        raise InvalidBody(f"variables.{min(unknown)}: not a variable of this template", field="variables")
    values: dict[str, str] = {}
    for variable in template.variables:
        value = " ".join(given.get(variable.name, variable.default or "").split())
        if not value:
            raise InvalidBody(f"variables.{variable.name}: required", field=f"variables.{variable.name}")
        if length(value) > MAX_VALUE:
            raise InvalidBody(
                f"variables.{variable.name}: at most {MAX_VALUE} characters", field=f"variables.{variable.name}"
            )
        values[variable.name] = value
    text = template.text.format(**values)
    if length(text) > MAX_TEMPLATE:
        raise InvalidBody(f"The whole text has more than {MAX_TEMPLATE} characters.", field="variables")
    data = {"name": template.name, "language": template.language, "values": list(values.values())}
    return text, data
