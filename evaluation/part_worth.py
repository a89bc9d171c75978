"""What each part of the understanding is worth: trained without it, asked the held-out messages plain and spoiled."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from components.lexicon import Lexicon
from components.text_features import BLOCK_WEIGHTS
from evaluation.asking import answers_to
from evaluation.cases import Case
from evaluation.noise import ALL_TOGETHER, NOISES
from evaluation.pipeline import Pipeline, lexicon_of
from evaluation.tables import table
from evaluation.training_files import Line, read_parts

#: From how many words on a message is long.
LONG_WORDS = 25
#: Of each intent that many lines are learned at most: with all of them so many trainings take a quarter of an hour.
MOST_LINES = 100
_SEED = 7


@dataclass(frozen=True)
class Variant:
    """The understanding with something left out."""

    name: str
    blocks: Collection[str] = tuple(BLOCK_WEIGHTS)
    lexicon: bool = True
    corrects: bool = True
    copies: bool = True


VARIANTS = (
    Variant("everything"),
    *(Variant(f"without {name}", [block for block in BLOCK_WEIGHTS if block != name]) for name in BLOCK_WEIGHTS),
    Variant("without the lexicon", lexicon=False),
    Variant("without corrected words", corrects=False),
    Variant("without mistyped copies", copies=False),
    Variant("without both", corrects=False, copies=False),
    Variant("words and pieces", ["words", "pieces"]),
    Variant("words alone", ["words"]),
)


def shuffled(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each intent in an order that is always the same."""
    by_intent: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_intent[line.intent].append(line)
    chance = random.Random(_SEED)
    return [chance.sample(listed, len(listed)) for listed in by_intent.values()]


def write_section(root: Path, parts: Sequence[str], cases: Sequence[Case]) -> str:
    """The section of the report: training messages of `parts`, held-out `cases`."""
    data = root / "data"
    lines = [line for listed in shuffled(read_parts(data, parts)) for line in listed[:MOST_LINES]]
    lexicon = lexicon_of(data, parts)
    rows: list[list[object]] = []
    whole = 0.0
    for variant in VARIANTS:
        right, *others = figures(variant, lines, lexicon, cases)
        whole = whole if rows else right
        rows.append([variant.name, right, *others, f"{100 * (right - whole):+.1f} points" if rows else ""])
    head = ["with", "first answer right", "among three", "of long messages", "under all noises", "change"]
    title = f"## What each part is worth ({len(lines)} messages of {', '.join(parts)} learned, {len(cases)} asked)"
    return f"{title}\n\nAt most {MOST_LINES} lines of an intent are learned.\n\n{table(head, rows)}"


def figures(
    variant: Variant, lines: Sequence[Line], lexicon: Lexicon, cases: Sequence[Case]
) -> tuple[float, float, float, float]:
    """Shares of cases: first answer right, among three, right of the long ones, right under all noises together."""
    pipeline = Pipeline.trained(
        lines,
        lexicon if variant.lexicon else Lexicon({}),
        variant.blocks,
        corrects=variant.corrects,
        copies=variant.copies,
    )
    plain = answers_to(pipeline, cases)
    spoiled = answers_to(pipeline, cases, NOISES[ALL_TOGETHER])
    long = plain.part([len(case.text.split()) >= LONG_WORDS for case in cases])
    return plain.accuracy(), plain.among(3), long.accuracy() if long.texts else 0.0, spoiled.accuracy()
