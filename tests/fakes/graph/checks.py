"""Whether a message to be sent is one; lengths are counted in UTF-16 units, the strictest reading of Meta's limits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.graph.errors import GraphError

Json = Mapping[str, Any]
MEDIA = ("image", "audio", "video", "document", "sticker")


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_message(body: Json) -> None:
    """Raises GraphError for anything that the Cloud API refuses; templates and media ids are looked up elsewhere."""
    type_ = body.get("type", "text")
    check = CHECKS.get(type_)
    if check is None:
        raise GraphError(131051, f"type {type_!r} is not supported", "limits")
    content = body.get(type_)
    if not isinstance(content, dict):
        raise GraphError(131008, f"{type_}: required", "limits")
    check(content)
    callback = body.get("biz_opaque_callback_data", "")
    if not isinstance(callback, str) or len(callback) > 512:
        raise GraphError(131009, "biz_opaque_callback_data: at most 512 characters", "limits")


def _text(content: Json) -> None:
    _string(content, "body", 4096)


def _media(content: Json) -> None:
    if ("id" in content) == ("link" in content):
        raise GraphError(131008, "either id or link", "limits")
    if "link" in content and not str(content["link"]).startswith(("https://", "http://")):
        raise GraphError(131009, "link: an address", "limits")
    if "caption" in content:
        _string(content, "caption", 1024)


def _location(content: Json) -> None:
    if not all(isinstance(content.get(name), int | float) for name in ("latitude", "longitude")):
        raise GraphError(131008, "latitude and longitude are required", "limits")


def _reaction(content: Json) -> None:
    _string(content, "message_id", 512)


def _contacts(_content: Json) -> None:
    raise GraphError(131008, "contacts: a list", "limits")


def _template(content: Json) -> None:
    _string(content, "name", 512)
    language = content.get("language")
    if not isinstance(language, dict):
        raise GraphError(131008, "language is required", "limits")
    _string(language, "code", 10)


def _interactive(content: Json) -> None:
    body = content.get("body")
    if not isinstance(body, dict):
        raise GraphError(131008, "interactive.body is required", "limits")
    _string(body, "text", 1024)
    for part in ("header", "footer"):
        if part in content:
            _string(content[part], "text", 60)
    action = content.get("action")
    if not isinstance(action, dict):
        raise GraphError(131008, "interactive.action is required", "limits")
    kind = content.get("type")
    if kind == "button":
        _buttons(action.get("buttons"))
    elif kind == "list":
        _string(action, "button", 20)
        _rows(action.get("sections"))
    else:
        raise GraphError(131009, f"interactive.type {kind!r}", "limits")


def _buttons(buttons: object) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise GraphError(131009, "1 to 3 buttons", "limits")
    replies = [button["reply"] for button in buttons]
    for reply in replies:
        _string(reply, "title", 20)
        _string(reply, "id", 256)
    _unique([reply["title"] for reply in replies], "button titles")
    _unique([reply["id"] for reply in replies], "button ids")


def _rows(sections: object) -> None:
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise GraphError(131009, "1 to 10 sections", "limits")
    rows = [row for section in sections for row in section.get("rows", [])]
    if not 1 <= len(rows) <= 10:
        raise GraphError(131009, "1 to 10 rows in all", "limits")
    for section in sections:
        if len(sections) > 1 or "title" in section:
            _string(section, "title", 24)
    for row in rows:
        _string(row, "title", 24)
        _string(row, "id", 200)
        if "description" in row:
            _string(row, "description", 72)
    _unique([row["id"] for row in rows], "row ids")


def _string(content: Json, name: str, most: int) -> None:
    value = content.get(name)
    if not isinstance(value, str) or not value.strip():
        raise GraphError(131008, f"{name}: a text that is not empty", "limits")
    if length(value) > most:
        raise GraphError(100, f"{name}: at most {most} characters, here {length(value)}", "limits")


def _unique(values: Sequence[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise GraphError(131009, f"{what} are not unique", "limits")


CHECKS: Mapping[str, Callable[[Json], None]] = {
    "text": _text,
    "interactive": _interactive,
    "template": _template,
    "location": _location,
    "reaction": _reaction,
    "contacts": _contacts,
    **dict.fromkeys(MEDIA, _media),
}
