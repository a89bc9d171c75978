"""``python -m tests.bot.support.annotate FILE…``: marks the entities in the users' lines of test conversations.

Rasa compares what is marked with what is found. Whoever writes a conversation writes what people say; this adds the
marks, as `[#1042 3345]{"entity": "order_number", "value": "10423345"}`. Lines that hold marks already stay as they are.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from components.entities.finder import find_entities

_USER = re.compile(r"""^(?P<lead>\s*(?:- )?user:\s*)(?P<quote>['"]?)(?P<text>.*?)(?P=quote)\s*$""")


def annotated(line: str) -> str:
    """The line with its marks; any other line, and one that cannot be marked safely, as it is."""
    found = _USER.match(line)
    if found is None or "[" in found["text"] or found["text"] in ("|", ">", "|-") or found["text"].startswith("/"):
        return line
    text = found["text"].replace("''", "'") if found["quote"] == "'" else found["text"]
    marked, done = "", 0
    # What is marked does not depend on the day.
    for one in find_entities(text, date(2026, 1, 1)):
        typed = text[one.start : one.end]
        named = json.dumps({"entity": one.entity, "value": one.value}, ensure_ascii=False)
        mark = f"({one.entity})" if one.value == typed else named
        marked += f"{text[done : one.start]}[{typed}]{mark}"
        done = one.end
    if not marked:
        return line
    return f"{found['lead']}'{(marked + text[done:]).replace(chr(39), chr(39) * 2)}'"


def main(files: Sequence[str]) -> int:
    """Rewrite each file in place."""
    for name in files:
        path = Path(name)
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("".join(f"{annotated(line)}\n" for line in lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
