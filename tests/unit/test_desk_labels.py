"""What agents read is German: no code of the bot reaches them without a name."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent


def test_every_intent_of_the_bot_has_a_german_name_at_the_desk() -> None:
    files = [ROOT / "domain.yml", *ROOT.glob("data/*/domain.yml")]
    listed = [intent for file in files for intent in yaml.safe_load(file.read_text(encoding="utf-8"))["intents"]]
    intents = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in listed}
    source = (ROOT / "web/desk/texts.de.ts").read_text(encoding="utf-8")
    block = re.search(r"\n  intents: \{(.*?)\n  \}", source, re.DOTALL)
    assert block is not None
    named = set(re.findall(r"^    (\w+):", block.group(1), re.MULTILINE))
    assert intents - named == set()


def test_everything_the_bot_hands_over_has_a_german_name_at_the_desk() -> None:
    summary = yaml.safe_load((ROOT / "actions/texts.yml").read_text(encoding="utf-8"))["summary"]
    source = (ROOT / "web/desk/texts.de.ts").read_text(encoding="utf-8")
    block = re.search(r"\n  slots: \{(.*?)\n  \}", source, re.DOTALL)
    assert block is not None
    named = set(re.findall(r"^    (\w+):", block.group(1), re.MULTILINE))
    assert set(summary) - {"concern"} <= named
