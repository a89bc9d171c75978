"""Entries of the log as WhatsApp messages: as few as possible, because each counts against the customer's rate.

What one sender wrote in one go (the bubbles of a bot's turn, the notices of one change) becomes one message; what is
too long becomes several.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from handoff_bridge.channels.whatsapp.sender.choices import fitting, interactive
from handoff_bridge.channels.whatsapp.sender.formatting import to_whatsapp
from handoff_bridge.channels.whatsapp.sender.lengths import MAX_CAPTION, MAX_INTERACTIVE, MAX_TEXT, length, split
from handoff_bridge.conversations.model import Button, Message, Sender
from handoff_bridge.outbox.model import MESSAGE, TEMPLATE, Piece

Body = dict[str, Any]
_GAP = "\n\n"
#: How WhatsApp calls what a file is; everything else goes as a document.
_MEDIA = ("image", "video", "audio")


class WhatsAppLayout:
    """``list_label`` opens a list, ``choose`` stands above a list that has no words of its own."""

    def __init__(self, list_label: str, choose: str) -> None:
        self._list_label = list_label
        self._choose = choose

    def lay_out(self, entries: Sequence[Message]) -> list[Piece]:
        """What to send for these entries, in order; nothing for the customer's own."""
        pieces: list[Piece] = []
        for group in _groups(entries):
            sender, from_seq, to_seq = group[0].draft.sender, group[0].seq, group[-1].seq
            for part, (kind, body) in enumerate(self._bodies(group)):
                pieces.append(Piece(sender, kind, body, from_seq, to_seq, part))
        return pieces

    def _bodies(self, group: Sequence[Message]) -> list[tuple[str, Body]]:
        if (template := template_of(group[0])) is not None:
            return [(TEMPLATE, template_body(template))]
        bodies: list[Body] = []
        words: list[str] = []
        for entry in group:
            draft = entry.draft
            medium = _medium(entry)
            if medium is None and not draft.buttons:
                words.append(draft.text)
                continue
            if medium is not None:
                bodies.extend(_texts(words))
                bodies.extend(_with_caption(medium, draft.text))
                words = []
            if draft.buttons:
                text = draft.text if medium is None else ""
                bodies.extend(self._with_buttons([*words, text], draft.buttons))
                words = []
        bodies.extend(_texts(words))
        return [(MESSAGE, body) for body in bodies]

    def _with_buttons(self, words: Sequence[str], buttons: Sequence[Button]) -> Iterator[Body]:
        """The words with the choices below the last of them."""
        groups, written = fitting(buttons)
        if written:
            words = [*words, "\n".join(f"• {button['title'].strip()}" for button in written)]
        if not groups:
            yield from _texts(words)
            return
        text = _joined(words) or self._choose
        # Only what stands with the buttons has to be so short.
        last = split(text, MAX_INTERACTIVE)[-1]
        yield from _whole(text.removesuffix(last))
        yield interactive(last, groups[0], self._list_label)
        for group in groups[1:]:
            yield interactive(self._choose, group, self._list_label)


def _groups(entries: Sequence[Message]) -> Iterator[list[Message]]:
    """What belongs together: entries in a row, of one sender, committed together, and no template among them."""
    group: list[Message] = []
    for entry in entries:
        if group and not _together(group[-1], entry):
            yield group
            group = []
        if entry.draft.sender is not Sender.CUSTOMER:
            group.append(entry)
    if group:
        yield group


def _together(one: Message, next_: Message) -> bool:
    return (
        next_.seq == one.seq + 1
        and one.draft.sender is next_.draft.sender
        and one.draft.sender in (Sender.BOT, Sender.SYSTEM)
        and one.created_at == next_.created_at
        and template_of(one) is None
        and template_of(next_) is None
    )


def _joined(words: Sequence[str]) -> str:
    return _GAP.join(text for text in (to_whatsapp(word).strip() for word in words) if text)


def _texts(words: Sequence[str]) -> Iterator[Body]:
    yield from _whole(_joined(words))


def _whole(words: str) -> Iterator[Body]:
    for text in split(words, MAX_TEXT):
        body: Body = {"body": text}
        if "https://" in text or "http://" in text:
            body["preview_url"] = False
        yield {"type": "text", "text": body}


def _medium(entry: Message) -> Body | None:
    """The message's file: an address that Meta can reach, or one of our attachments that is uploaded first."""
    draft = entry.draft
    if draft.image is not None and draft.image.startswith("https://"):
        return {"type": "image", "image": {"link": draft.image}}
    attachment = (draft.data or {}).get("attachment")
    if draft.sender is not Sender.AGENT or not isinstance(attachment, dict):
        return None
    kind = attachment["kind"] if attachment.get("kind") in _MEDIA else "document"
    content: Body = {"attachment_id": attachment["id"]}
    if kind == "document" and attachment.get("name"):
        content["filename"] = attachment["name"]
    return {"type": kind, kind: content}


def _with_caption(medium: Body, text: str) -> Iterator[Body]:
    """Words that fit stand below the medium, others after it; audio has no caption."""
    text = _joined([text])
    kind = medium["type"]
    if text and kind != "audio" and length(text) <= MAX_CAPTION:
        yield {**medium, kind: {**medium[kind], "caption": text}}
        return
    yield medium
    yield from _texts([text])


def template_of(entry: Message) -> Mapping[str, Any] | None:
    """The template that an agent has chosen for this entry: {name, language, values}."""
    template = (entry.draft.data or {}).get("template")
    return template if isinstance(template, Mapping) else None


def template_body(template: Mapping[str, Any]) -> Body:
    """``template`` is {name, language, values: the body's variables in order}."""
    content: Body = {"name": template["name"], "language": {"code": template["language"]}}
    if template["values"]:
        parameters = [{"type": "text", "text": value} for value in template["values"]]
        content["components"] = [{"type": "body", "parameters": parameters}]
    return {"type": "template", "template": content}
