"""Our light formatting in WhatsApp's: ``**bold**`` is ``*bold*`` there, and Markdown means nothing.

https://faq.whatsapp.com/539178204879377
"""

import re

#: What stands in code is left as it is.
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_ITEM = re.compile(r"^([ \t]*)[*+-][ \t]+", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\((https?://[^\s)]+|mailto:[^\s)]+|tel:[^\s)]+)\)")
_BOLD = re.compile(r"(?<![\w*])\*\*(?=\S)([^\n]+?)(?<=\S)\*\*(?![\w*])")
_ITALIC = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_STRIKE = re.compile(r"(?<![\w~])~~(?=\S)([^\n]+?)(?<=\S)~~(?![\w~])")
#: Signs in an address are no formatting; what ends a sentence or a formatting is no part of it.
_ADDRESS = re.compile(r"https?://[^\s<>]*[^\s<>*~_.,;:!?)\]\"'“”]")
#: Stands for the asterisks of bold until italics have been looked for, and for an address; no text of ours has them.
_MARK, _PLACE = "\ue000", "\ue001"


def to_whatsapp(text: str) -> str:
    """Convert bold, italics, strike-through, headings, list items and links; everything else stays."""
    parts = _CODE.split(text.replace(_MARK, "").replace(_PLACE, ""))
    # Every second one is code.
    return "".join(part if index % 2 else _convert(part) for index, part in enumerate(parts))


def _convert(text: str) -> str:
    text = _HEADING.sub(rf"{_MARK}\1{_MARK}", text)
    text = _ITEM.sub(r"\1• ", text)
    text = _LINK.sub(_link, text)
    addresses = iter(_ADDRESS.findall(text))
    text = _ADDRESS.sub(_PLACE, text)
    text = _BOLD.sub(rf"{_MARK}\1{_MARK}", text)
    text = _ITALIC.sub(r"_\1_", text)
    text = _STRIKE.sub(r"~\1~", text)
    text = text.replace(_MARK * 2, _MARK).replace(_MARK, "*")
    return re.sub(_PLACE, lambda _: next(addresses), text)


def _link(match: re.Match[str]) -> str:
    title, address = match[1], match[2]
    shown = address.removeprefix("mailto:").removeprefix("tel:")
    return shown if title in (address, shown) else f"{title}: {shown}"
