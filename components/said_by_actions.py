"""Which responses only custom actions say, so that `rasa data validate` does not take them for unused.

Rasa looks for the use of a response in stories and rules alone and has no place to note another one. Here the names are
read from the sources of the actions, so a response that nobody says is still reported.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

_BEGINNING = "utter_"
#: An f-string such as "{response}_again".
_ENDING = re.compile(r"\\w\+_[a-z]{3,}")
_NAME = re.compile(r"\butter_\w+")


def do_not_report(responses: Iterable[str], sources: Path) -> None:
    """Has Rasa's validator be silent about those of the responses that the actions below a folder say."""
    said = re.compile("|".join(_patterns(sources)) or r"(?!)")
    found = sorted(name for name in responses if said.fullmatch(name))
    if found:
        message = rf"The utterance '(?:{'|'.join(map(re.escape, found))})' is not used in any story or rule"
        warnings.filterwarnings("ignore", message=message, category=UserWarning)


def _patterns(sources: Path) -> Iterator[str]:
    """A regular expression for each name that the sources hold, whole or with places to be filled."""
    for path in sorted(sources.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and str(node.value).startswith(_BEGINNING):
                yield re.escape(str(node.value))
            elif isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+" for part in node.values
                )
                if pattern.startswith(_BEGINNING):
                    yield pattern
                elif _ENDING.fullmatch(pattern):
                    yield _BEGINNING + pattern
    for path in sorted(sources.rglob("*.yml")):
        yield from _NAME.findall(path.read_text(encoding="utf-8"))
