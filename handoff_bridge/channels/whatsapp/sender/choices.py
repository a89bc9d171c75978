"""Buttons as WhatsApp has them: three short ones below a message, or a list to open."""

from collections.abc import Sequence
from typing import Any

from handoff_bridge.channels.whatsapp.sender.lengths import (
    MAX_BUTTON_ID,
    MAX_BUTTON_TITLE,
    MAX_BUTTONS,
    MAX_ROW_ID,
    MAX_ROW_TEXT,
    MAX_ROW_TITLE,
    MAX_ROWS,
    length,
    shorten,
)
from handoff_bridge.conversations.model import Button

Body = dict[str, Any]


def interactive(text: str, buttons: Sequence[Button], list_label: str) -> Body:
    """A message with these choices: 1 to 10 of them with payloads of at most 200 units, see ``fitting``."""
    if _fit_buttons(buttons):
        action: Body = {
            "buttons": [
                {"type": "reply", "reply": {"id": button["payload"], "title": button["title"].strip()}}
                for button in buttons
            ]
        }
        return _body("button", text, action)
    rows = [_row(button) for button in buttons]
    return _body("list", text, {"button": list_label, "sections": [{"rows": rows}]})


def fitting(buttons: Sequence[Button]) -> tuple[list[list[Button]], list[Button]]:
    """Groups for one message each, and what can only be written out because its payload is too long."""
    offered: list[Button] = []
    written: list[Button] = []
    seen: set[str] = set()
    for button in buttons:
        if not button["title"].strip() or not button["payload"].strip() or length(button["payload"]) > MAX_ROW_ID:
            written.append(button)
        elif button["payload"] not in seen:
            # The same choice twice is one, and WhatsApp takes an id only once.
            seen.add(button["payload"])
            offered.append(button)
    groups = [offered[start : start + MAX_ROWS] for start in range(0, len(offered), MAX_ROWS)]
    return groups, [button for button in written if button["title"].strip()]


def _fit_buttons(buttons: Sequence[Button]) -> bool:
    titles = {button["title"].strip() for button in buttons}
    return (
        len(buttons) <= MAX_BUTTONS
        and len(titles) == len(buttons)
        and all(length(title) <= MAX_BUTTON_TITLE for title in titles)
        and all(length(button["payload"]) <= MAX_BUTTON_ID for button in buttons)
    )


def _row(button: Button) -> Body:
    title = shorten(button["title"], MAX_ROW_TITLE)
    row: Body = {"id": button["payload"], "title": title}
    if title.endswith("…"):
        row["description"] = shorten(button["title"], MAX_ROW_TEXT)
    return row


def _body(kind: str, text: str, action: Body) -> Body:
    return {"type": "interactive", "interactive": {"type": kind, "body": {"text": text}, "action": action}}
