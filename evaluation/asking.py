"""Asks trained pipelines: a file of cases, folds of lines, lines spoiled by noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.model_selection import StratifiedKFold

from components.lexicon import Lexicon
from evaluation.cases import Case
from evaluation.errors import DataTooSmall
from evaluation.measures import Answers
from evaluation.pipeline import Pipeline
from evaluation.training_files import Line

_SEED = 7


def answers_to(pipeline: Pipeline, cases: Sequence[Case], spoil: Callable[[str], str] | None = None) -> Answers:
    """What a pipeline answers to cases, whose texts may be spoiled before."""
    texts = [spoil(case.text) if spoil else case.text for case in cases]
    return Answers(texts, [case.right for case in cases], pipeline.intents, pipeline.probabilities(texts))


def folds(lines: Sequence[Line], lexicon: Lexicon, count: int) -> tuple[Answers, list[float]]:
    """Answers to each line by a pipeline that has not seen it, and how long each of them was trained, in seconds.

    Raises:
        DataTooSmall: an intent has fewer lines than there are folds.
    """
    intents = [line.intent for line in lines]
    rare = [intent for intent, number in Counter(intents).items() if number < count]
    if rare:
        raise DataTooSmall(f"Fewer than {count} lines: {', '.join(sorted(rare))}.")
    splits = StratifiedKFold(count, shuffle=True, random_state=_SEED).split(intents, intents)
    return _folded(lines, [(list(learned), list(asked)) for learned, asked in splits], lexicon)


def given_folds(cases: Sequence[Case], lexicon: Lexicon) -> tuple[Answers, list[float]]:
    """As `folds`, with the split that the cases name."""
    lines = [Line(case.text, case.right[0]) for case in cases]
    splits = []
    for fold in sorted({case.fold for case in cases}):
        asked = [at for at, case in enumerate(cases) if case.fold == fold]
        splits.append(([at for at, case in enumerate(cases) if case.fold != fold], asked))
    return _folded(lines, splits, lexicon)


def _folded(
    lines: Sequence[Line],
    splits: Sequence[tuple[list[int], list[int]]],
    lexicon: Lexicon,
) -> tuple[Answers, list[float]]:
    intents = sorted({line.intent for line in lines})
    column = {intent: at for at, intent in enumerate(intents)}
    probabilities = np.zeros((len(lines), len(intents)))
    times = []
    for learned, asked in splits:
        pipeline = Pipeline.trained([lines[at] for at in learned], lexicon)
        times.append(pipeline.training_s)
        columns = [column[intent] for intent in pipeline.intents]
        probabilities[np.ix_(asked, columns)] = pipeline.probabilities([lines[at].text for at in asked])
    return Answers([line.text for line in lines], [(line.intent,) for line in lines], intents, probabilities), times
