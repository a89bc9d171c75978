"""The concept lexicon: words and phrases that mean the same for understanding a request, written by designers.

`data/<part>/concepts.yml` maps a concept to its expressions:

    thing_parcel: [paket, "*paket", "päckchen", "sendung*"]
    state_not_arrived: [nicht angekommen, nicht _ angekommen]

`word` is compared whole; `stem*` is the beginning and `*tail` the end of a word (or the whole word); several words
stand one after the other; `_` stands for at most one word more. A phrase may end with `stem*`. Comparing is in lower
case, punctuation at the ends of a word does not count. The same concept in two parts has the expressions of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from components.errors import LexiconInvalid

FILE_NAME = "concepts.yml"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GAP = "_"
#: What may stand at the ends of a word without being part of it.
_EDGES = re.compile(r"^\W+|\W+$")
_GLUED = re.compile(r"(?<=[,;:!?…])(?=[^\W\d])|(?<=[a-zäöüß])\.(?=[a-zäöüß]{3})|(?=[/(])|(?<=[/)])")
#: Beginnings and ends shorter than this are not looked up: they would fit almost anything.
_SHORTEST_STEM = 3

Node = dict[str, Any]
_END = "\0"


def words_for_lexicon(text: str) -> list[str]:
    """The words of a message as expressions are compared with them; a run of signs alone stays whole."""
    return [_EDGES.sub("", piece) or piece for piece in _GLUED.sub(" ", text.lower()).split()]


class Lexicon:
    """Finds the concepts of a message. Building it takes some milliseconds per thousand expressions."""

    def __init__(self, concepts: Mapping[str, Iterable[str]]) -> None:
        """`concepts`: expressions by concept, already checked."""
        self.concepts = {name: list(expressions) for name, expressions in concepts.items()}
        self._words: dict[str, set[str]] = {}
        self._beginnings: dict[str, set[str]] = {}
        self._tails: dict[str, set[str]] = {}
        self._phrases: Node = {}
        for name, expressions in self.concepts.items():
            for expression in expressions:
                self._add(name, expression)

    def _add(self, name: str, expression: str) -> None:
        words = expression.split()
        if len(words) > 1:
            self._add_phrase(name, words)
        elif expression.startswith("*"):
            self._tails.setdefault(expression[1:], set()).add(name)
        elif expression.endswith("*"):
            self._beginnings.setdefault(expression[:-1], set()).add(name)
        else:
            self._words.setdefault(expression, set()).add(name)

    def _add_phrase(self, name: str, words: list[str]) -> None:
        nodes = [self._phrases]
        for word in words:
            further = [node.setdefault(word, {}) for node in nodes]
            # A gap may also be left out: the next word then hangs on the same place as the gap.
            nodes = nodes + further if word == _GAP else further
        for node in nodes:
            node.setdefault(_END, set()).add(name)

    def words(self) -> set[str]:
        """Every whole word of an expression."""
        pieces = (piece for listed in self.concepts.values() for expression in listed for piece in expression.split())
        return {piece for piece in pieces if piece.isalpha()}

    def find(self, text: str) -> set[str]:
        """The names of the concepts that a message or sentence holds."""
        words = words_for_lexicon(text)
        found: set[str] = set()
        for at, word in enumerate(words):
            found |= self._words.get(word, _NOTHING)
            for size in range(_SHORTEST_STEM, len(word) + 1):
                found |= self._beginnings.get(word[:size], _NOTHING)
                found |= self._tails.get(word[-size:], _NOTHING)
            self._walk(self._phrases, words, at, found)
        return found

    def _walk(self, node: Node, words: list[str], at: int, found: set[str]) -> None:
        found |= node.get(_END, _NOTHING)
        if at == len(words):
            return
        word = words[at]
        if word in node:
            self._walk(node[word], words, at + 1, found)
        if _GAP in node and node is not self._phrases:
            self._walk(node[_GAP], words, at + 1, found)
        for size in range(_SHORTEST_STEM, len(word) + 1):
            ending = node.get(word[:size] + "*")
            if ending is not None:
                found |= ending.get(_END, _NOTHING)


_NOTHING: frozenset[str] = frozenset()


def read_lexicon(folders: Iterable[Path | str]) -> dict[str, list[str]]:
    """The concepts of all folders that have a file of them, joined.

    Raises:
        LexiconInvalid: a file is not what it should be; says in which file and line.
    """
    joined: dict[str, list[str]] = {}
    for folder in folders:
        path = Path(folder) / FILE_NAME
        if path.exists():
            for name, expressions in _read(path).items():
                known = joined.setdefault(name, [])
                known.extend(expression for expression in expressions if expression not in set(known))
    return joined


def _read(path: Path) -> dict[str, list[str]]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconInvalid(f"{path}:{line}: no valid YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LexiconInvalid(f"{path}:1: cannot be read: {error}") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise _invalid(path, root, "a file of concepts maps names to lists of expressions")
    concepts: dict[str, list[str]] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or not _NAME.fullmatch(key.value):
            raise _invalid(path, key, "the name of a concept is lower case letters, digits and _")
        if key.value in concepts:
            raise _invalid(path, key, f"{key.value} stands here twice")
        if not isinstance(value, yaml.SequenceNode) or not value.value:
            raise _invalid(path, value, f"{key.value} needs a list of expressions")
        concepts[key.value] = _expressions(path, value)
    return concepts


def _expressions(path: Path, listed: yaml.SequenceNode) -> list[str]:
    expressions: dict[str, None] = {}
    for node in listed.value:
        if not isinstance(node, yaml.ScalarNode):
            raise _invalid(path, node, "an expression is a word or phrase")
        if problem := _problem(node.value):
            raise _invalid(path, node, f"{node.value!r}: {problem}")
        if node.value in expressions:
            raise _invalid(path, node, f"{node.value!r} stands here twice")
        expressions[node.value] = None
    return list(expressions)


def _problem(expression: str) -> str | None:
    words = expression.split()
    if not words or expression != " ".join(words):
        return "empty, or with blanks at its ends or doubled"
    if expression != expression.lower():
        return "expressions are written in lower case"
    stars = [at for at, sign in enumerate(expression) if sign == "*"]
    if len(words) > 1 and stars not in ([], [len(expression) - 1]):
        return "in a phrase * may only stand at the end"
    if len(words) == 1 and stars not in ([], [0], [len(expression) - 1]):
        return "* may stand once, at the beginning or at the end"
    if stars and len(words[-1].strip("*")) < _SHORTEST_STEM:
        return f"beside * at least {_SHORTEST_STEM} letters are needed"
    if words[0] == _GAP or words[-1] == _GAP:
        return "a gap stands between words"
    if any(word != _GAP and word.strip("*") not in words_for_lexicon(word.strip("*")) for word in words):
        return "would never fit: punctuation at the ends of words does not count"
    return None


def _invalid(path: Path, node: yaml.Node, problem: str) -> LexiconInvalid:
    return LexiconInvalid(f"{path}:{node.start_mark.line + 1}: {problem}")
