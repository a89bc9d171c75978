"""The words of a message that is to go out, for people who decide about it."""

from collections.abc import Mapping
from typing import Any

MAX_PREVIEW = 300


def words_of(body: Mapping[str, Any]) -> str:
    """The text, the caption or what is filled into a template; empty for a file without words."""
    content = body.get(str(body.get("type")))
    if not isinstance(content, Mapping):
        return ""
    inner = content.get("body")
    if isinstance(inner, Mapping):
        inner = inner.get("text")
    if inner is None and "components" in content:
        inner = " · ".join(_parameters(content["components"]))
    return str(inner or content.get("caption") or content.get("filename") or content.get("name") or "")[:MAX_PREVIEW]


def _parameters(components: object) -> list[str]:
    if not isinstance(components, list):
        return []
    return [
        str(parameter.get("text", ""))
        for component in components
        for parameter in component.get("parameters", [])
        if component.get("type") == "body"
    ]
