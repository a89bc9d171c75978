"""Reads and extends the files with training messages, `data/<part>/nlu/<intent>.yml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from evaluation.errors import IntentUnknown, LinesInvalid

#: An annotated entity: [text](name) or [text]{"entity": …}.
_ANNOTATED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
_HEAD = 'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples: |\n'
_INDENT = "      - "


@dataclass(frozen=True)
class Line:
    """A message and what the customer wants with it."""

    text: str
    intent: str


def without_entities(text: str) -> str:
    """The message as the customer wrote it."""
    return _ANNOTATED.sub(r"\1", text)


def read_parts(data: Path, parts: Iterable[str] | None = None) -> list[Line]:
    """All training messages of the parts (of all when None), in the order of their files."""
    folders = [data / part for part in parts] if parts is not None else sorted(data.iterdir())
    return [
        Line(without_entities(text), intent)
        for folder in folders
        for path in sorted((folder / "nlu").glob("*.yml"))
        for intent, text in _examples(path)
    ]


def _examples(path: Path) -> list[tuple[str, str]]:
    content = yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = []
    for block in content.get("nlu") or []:
        if "intent" in block:
            listed = str(block["examples"]).splitlines()
            found += [(block["intent"], line[2:].strip()) for line in listed if line.startswith("- ")]
    return found


def read_tsv(path: Path) -> list[Line]:
    """The lines of a file `text<TAB>intent` without a header.

    Raises:
        LinesInvalid: a line has another form.
    """
    lines = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = row.split("\t")
        if len(cells) != 2 or not all(cell.strip() for cell in cells):
            raise LinesInvalid(f"{path}:{number}: expected a text, a tab and an intent.")
        lines.append(Line(" ".join(cells[0].split()), cells[1].strip()))
    return lines


def part_of(intent: str, root: Path) -> str:
    """The part (general or a sector) that an intent belongs to, as the domain files say.

    Raises:
        IntentUnknown: none has it.
    """
    domains = {"general": root / "domain.yml"}
    domains |= {path.parent.name: path for path in sorted((root / "data").glob("*/domain.yml"))}
    for part, path in domains.items():
        if intent in (yaml.safe_load(path.read_text(encoding="utf-8")).get("intents") or []):
            return part
    raise IntentUnknown(f"No domain file names the intent {intent}.")


def append(lines: Iterable[Line], root: Path, part: str | None = None) -> dict[str, int]:
    """Adds lines at the ends of the files of their intents; returns how many each intent got.

    With ``part`` they go to that part's folder: messages of a general intent in the words of one trade.

    Raises:
        IntentUnknown: no part has the intent; nothing was written then.
    """
    by_intent: dict[str, list[str]] = {}
    for line in lines:
        by_intent.setdefault(line.intent, []).append(line.text)
    owners = {intent: part_of(intent, root) for intent in by_intent}
    paths = {intent: root / "data" / (part or owners[intent]) / "nlu" / f"{intent}.yml" for intent in by_intent}
    for intent, texts in by_intent.items():
        path = paths[intent]
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.read_text(encoding="utf-8") if path.exists() else _HEAD.format(intent=intent)
        if yaml.safe_load(written)["nlu"][-1].get("intent") != intent:
            raise LinesInvalid(f"{path}: the examples of {intent} must be the last block of the file.")
        added = "".join(f"{_INDENT}{_safe(text)}\n" for text in texts)
        path.write_text(written.rstrip("\n") + "\n" + added, encoding="utf-8")
    return {intent: len(texts) for intent, texts in by_intent.items()}


def _safe(text: str) -> str:
    """Brackets would be taken for the annotation of an entity."""
    return text.replace("[", "(").replace("]", ")")
