"""Rasa's stock pipeline and ours on the same 800 messages: accuracy, training, start-up, one turn, memory.

Both are real Rasa projects in a temporary folder, trained by `rasa train` on 640 of the messages with one rule per
intent, then loaded and asked the other 160 in a process of their own (`evaluation.asked_model`).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from evaluation.errors import EvaluationError
from evaluation.tables import table
from evaluation.training_files import Line, read_parts

SAMPLE = 800
_TEST_SHARE = 5
_SEED = 7
_TIMEOUT_S = 3600

#: What `rasa init` writes for a project without a configuration, as Rasa 3.6 suggests it.
STOCK_PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "constrain_similarities": True},
    {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
]
STOCK_POLICIES: list[dict[str, Any]] = [
    {"name": "MemoizationPolicy"},
    {"name": "RulePolicy"},
    {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
    {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
]


def sample(lines: list[Line], size: int = SAMPLE) -> tuple[list[Line], list[Line]]:
    """Messages to learn from and to ask, drawn evenly from the intents; the same for the same lines."""
    by_intent: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_intent[line.intent].append(line)
    chance = random.Random(_SEED)
    learned: list[Line] = []
    asked: list[Line] = []
    for place, intent in enumerate(sorted(by_intent)):
        # The first intents get one message more where the size cannot be shared out evenly.
        count = size // len(by_intent) + (place < size % len(by_intent))
        chosen = chance.sample(by_intent[intent], min(count, len(by_intent[intent])))
        asked += chosen[::_TEST_SHARE]
        learned += [line for at, line in enumerate(chosen) if at % _TEST_SHARE]
    return learned, asked


def write_section(root: Path) -> str:
    """The comparison as Markdown.

    Raises:
        EvaluationError: Rasa failed; its last words are in the message.
    """
    learned, asked = sample(read_parts(root / "data", ["general", "retail"]))
    own = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))
    parts = [(root / "data" / part).as_posix() for part in ("general", "retail")]
    for component in own["pipeline"]:
        # In a project the importer tells them where the lexicon and the lines about annoyance are.
        if component["name"].endswith(("LinearIntentClassifier", "FrustrationScorer")):
            component["part_folders"] = parts
    # When to step back is decided with the company's actions and slots, which the project here does not have.
    policies = [
        {**policy, "name": "RulePolicy"} if policy["name"].endswith("SteppingBackRulePolicy") else policy
        for policy in own["policies"]
    ]
    figures = {}
    for name, pipeline, chosen in (
        ("ours", own["pipeline"], policies),
        ("stock (DIET and TED)", STOCK_PIPELINE, STOCK_POLICIES),
    ):
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder)
            _write_project(project, learned, asked, pipeline, chosen, root)
            figures[name] = _measure(project, root)
    head = ["pipeline", "first answer right", "training (s)", "start-up (s)", "turn (ms, median)", "memory (MB)"]
    rows = [
        (name, one["accuracy"], f"{one['training_s']:.0f}", f"{one['load_s']:.1f}", f"{one['turn_ms']:.1f}",
         f"{one['memory_mb']:.0f}")
        for name, one in figures.items()
    ]  # fmt: skip
    return f"## Beside Rasa's stock pipeline ({len(learned)} messages learned, {len(asked)} asked)\n\n" + table(
        head, rows
    )


def _write_project(
    project: Path,
    learned: list[Line],
    asked: list[Line],
    pipeline: list[dict[str, Any]],
    policies: list[dict[str, Any]],
    root: Path,
) -> None:
    intents = sorted({line.intent for line in learned})
    examples: dict[str, list[str]] = defaultdict(list)
    for line in learned:
        examples[line.intent].append(line.text)
    # Only responses: no action server is needed.
    answers = {f"utter_{intent}": [{"text": intent}] for intent in intents}
    domain = {
        "version": "3.1",
        "intents": intents,
        "responses": {**answers, "utter_again": [{"text": "again"}]},
        "actions": ["action_ask_again"],
    }
    steps = [(intent, f"utter_{intent}") for intent in intents] + [("nlu_fallback", "utter_again")]
    rules = [
        {"rule": f"Answer {intent}", "steps": [{"intent": intent}, {"action": action}]} for intent, action in steps
    ]
    stories = [
        {
            "story": f"{one} then {other}",
            "steps": [{"intent": one}, {"action": f"utter_{one}"}, {"intent": other}, {"action": f"utter_{other}"}],
        }
        for one, other in zip(intents, intents[1:] + intents[:1], strict=True)
    ]
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in examples.items()
    ]
    _dump(project / "domain.yml", domain)
    (project / "data").mkdir()
    _dump(project / "data/nlu.yml", {"version": "3.1", "nlu": nlu})
    _dump(project / "data/rules.yml", {"version": "3.1", "rules": rules})
    _dump(project / "data/stories.yml", {"version": "3.1", "stories": stories})
    config = {"recipe": "default.v1", "language": "de", "assistant_id": "side_by_side"}
    _dump(project / "config.yml", {**config, "pipeline": pipeline, "policies": policies})
    (project / "asked.json").write_text(json.dumps([[line.text, line.intent] for line in asked]), encoding="utf-8")
    (project / "models").symlink_to(root / "models", target_is_directory=True)


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _measure(project: Path, root: Path) -> dict[str, float]:
    train = ("train", "--config", "config.yml", "--domain", "domain.yml", "--data", "data", "--out", "trained")
    started = time.monotonic()
    _run([sys.executable, "-m", "rasa", *train, "--fixed-model-name", "model"], project, root)
    training_s = time.monotonic() - started
    _run(
        [sys.executable, "-m", "evaluation.asked_model", "trained/model.tar.gz", "asked.json", "out.json"],
        project,
        root,
    )
    figures: dict[str, float] = json.loads((project / "out.json").read_text(encoding="utf-8"))
    return {**figures, "training_s": training_s}


def _run(command: list[str], cwd: Path, root: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(root),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }
    done = subprocess.run(
        command, cwd=cwd, env=environment, check=False, capture_output=True, text=True, timeout=_TIMEOUT_S
    )
    if done.returncode:
        raise EvaluationError(f"{' '.join(command[1:4])} failed:\n{(done.stdout + done.stderr)[-2000:]}")
