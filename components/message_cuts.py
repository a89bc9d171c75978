"""Where a message may be cut in two requests, and what the two sides look like.

A new thought may begin at the end of a sentence, at a comma, before "und" or "außerdem", at a number of a list, and,
as many customers type without any mark, before a word that begins a question or a wish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

#: Kinds of cuts, the most telling first: of two at one place the first counts, of too many the last are left out.
KINDS = ("added", "listed", "sentence", "sign", "and", "comma", "bare")

#: Says by itself that something else follows.
_ADDED = (
    r"außerdem|ausserdem|zudem|zusätzlich|zusaetzlich|des\s?weiteren|weiterhin|ferner|überdies|ebenfalls|ebenso|"
    r"(?:und\s+)?zweitens|(?:und\s+)?drittens|übrigens|uebrigens|nebenbei|btw|p\.?\s?s\b\.?:?|"
    r"(?:und\s+)?(?:ach\s?ja|ach\s?so|ach\s+und)|(?:und\s+)?dann\s+noch|(?:und\s+)?noch\s+(?:was|etwas|eine?\s+\w+)\b:?|"
    r"(?:und\s+)?gleichzeitig|zugleich|(?:und\s+)?danach|(?:und\s+)?dazu\s+noch|(?:und\s+)?sonst\s+noch|"
    r"(?:und\s+)?zum\s+anderen|(?:und\s+)?bei\s+der\s+gelegenheit|(?:und\s+)?wo\s+ich\s+schon|wenn\s+(?:sie|ihr|du)\s+schon"
)
#: Begins a question or a wish.
_BEGINS = (
    r"wie|was|wo|wohin|wann|warum|wieso|weshalb|wer|ab\s+wann|bis\s+wann|welche\w*|kann|könn\w*|koennen|koennt|darf|"
    r"gibt|gibts|habt|haben\s+sie|geht|hätte|haette|möchte|moechte|bitte|brauche?|bräuchte|schick\w*|ist|sind|"
    r"(?:ich|wir)\s+(?:möchten?|moechten?|will|wollen?|wollten?|brauchen?|bräuchten?|hätten?|haetten?|würden?|muss|müssen)"
)
_CUTS = re.compile(
    rf"(?P<added>(?:[.!?;,:…]+\s*|\s[-–—+&/]+\s*|\s+|\n+)(?=(?:{_ADDED})\b))"
    r"|(?P<listed>(?:[.!?;,]?\s+|^)(?=(?:\d[.)]|[a-c]\))\s+[^\W\d]))"
    r"|(?P<sentence>(?:(?<!\d)[.…]+|[!?]+|(?<=\d{3})\.|;)[\s\"”“)]+|\n+|[?!]+(?=[^\W\d]))"
    r"|(?P<sign>\s[-–—+&/|]+\s+)"
    r"|(?P<and>,?\s+(?=(?:und|sowie|oder|u\.|aber)\s))"
    r"|(?P<comma>,\s*(?=[^\W\d])|:\s+)"
    rf"|(?P<bare>\s+(?=(?:{_BEGINS})\b))",
    re.IGNORECASE,
)
_JOINED = re.compile(
    rf"^(?:(?:\d[.)]|[a-c]\))\s*|(?:{_ADDED})\b[\s,:–-]*|(?:und|oder|sowie|u\.)\s+(?:auch\s+|noch\s+)?)+", re.IGNORECASE
)
_LIST_NUMBER = re.compile(r"^\s*(?:\d[.)]|[a-c]\)|erstens\b[:,]?)\s*", re.IGNORECASE)
_SHORTEST_SIGNS = 3
#: On either side of a cut that no mark shows.
_FEWEST_WORDS = 2
_MOST_CUTS = 9

_ASKS = re.compile(
    r"\?|\b(?:bitte|pls|please|möchten?|moechten?|will|wollen?|wollten?|brauch\w*|bräucht\w*|benötig\w*|benoetig\w*|"
    r"hätten?\s+gern\w*|gerne?|würden?|könn(?:en|t|ten|tet)\s+(?:sie|ihr)|kann\s+(?:ich|man|mir|mich)|"
    r"schick\w*|schickt|senden?|sagen\s+sie|sagt\s+mir|ändern?|ändert|hiermit|wissen|fragen)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\W*(?:und\s+|aber\s+|oder\s+)?(?:wie|was|wo|wohin|wann|warum|wieso|weshalb|wer|ab\s+wann|bis\s+wann|welche\w*|kann|"
    r"könn\w*|darf|gibt|gibts|habt|haben\s+sie|geht|hat|ist|sind|passt|muss|zahlt|liefert|seid|bin|bekomm\w*|wird)\b",
    re.IGNORECASE,
)
#: The beginning of what only tells: a reason, a condition, a story.
_TELLS = re.compile(
    r"^\W*(?:(?:und|aber)\s+)?(?:weil|da|dass|daß|damit|denn|obwohl|deshalb|deswegen|daher|darum|drum|trotzdem|sonst|"
    r"nachdem|als|bevor|falls|die|der|das|den|er|sie|es|seit\w*|leider|hab\w*|war\w*|wurde\w*|jetzt|nun|nur|nie\w*)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:habe?|haben|hat|hatte\w*|wurden?|war|waren|wollte|sollte\w*|kam|kamen|ging|stand|bin|ist|worden)\b.*?"
    r"\b(?:\w*ge\w{2,}(?:t|en)|(?:be|er|ver|ent|zer)\w{2,}(?:t|en)|\w+iert|worden)\b|\b(?:wurden?|wollte|sollte|kam|war)\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"^\W*(?:ob|wie|wo|wann|was|warum|dass|die|der|das|den|um|zu|zwar)\b", re.IGNORECASE)
#: Speaks of what was named before instead of naming something.
_REFERS = re.compile(
    r"\b(?:es|er|das|diese\w*|dafür|damit|davon|dazu|daran|darauf|ihn|ihm|beide\w*|dort)\b|(?-i:\bsie\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Cut:
    """A place where a message may hold two requests. `at`: how many segments stand left of it."""

    kind: str
    left: str
    right: str
    at: int


def segments_and_cuts(text: str) -> tuple[list[str], list[Cut]]:
    """The segments of a message and, one fewer, the cuts between them, in their order."""
    text = _LIST_NUMBER.sub("", text.strip())
    found: list[tuple[int, int, str]] = []
    last = 0
    for match in _CUTS.finditer(text):
        begins, ends, kind = match.start(), match.end(), str(match.lastgroup)
        if found and _is_tail(text[last:begins], found[-1][2]):
            found.pop()
        elif _is_short(text[last:begins], kind):
            # "und kann ich": what is that short belongs to what follows it.
            continue
        found.append((begins, ends, kind))
        last = ends
    if found and (_is_short(text[last:], "") or _is_tail(text[last:], found[-1][2])):
        found.pop()
    if len(found) > _MOST_CUTS:
        told = sorted(found, key=lambda cut: (KINDS.index(cut[2]), cut[0]))[:_MOST_CUTS]
        found = sorted(told)
    edges = [(0, 0, ""), *found, (len(text), len(text), "")]
    segments = [_bare(text[left[1] : right[0]]) for left, right in pairwise(edges)]
    cuts = [
        Cut(kind, text[:begins].strip(), _bare(text[ends:]), at)
        for at, (begins, ends, kind) in enumerate(found, start=1)
    ]
    return segments, cuts


def asks(text: str) -> bool:
    """Whether a text says outright that something is wanted."""
    return bool(_ASKS.search(text) or _QUESTION.match(text))


def only_tells(text: str) -> bool:
    """Whether a text tells of what has happened, and asks for nothing."""
    return bool(_PAST.search(text)) and not asks(text)


def _is_tail(piece: str, kind: str) -> bool:
    """Whether a piece after a cut of this kind belongs to what stands before it: "rechnung bitte"."""
    return kind == "bare" and len(piece.split()) < _FEWEST_WORDS


def _is_short(piece: str, kind: str) -> bool:
    words = _bare(piece).split()
    if kind == "bare" and len(words) < _FEWEST_WORDS:
        return True
    return not words or (len(words) == 1 and sum(map(str.isalpha, words[0])) <= _SHORTEST_SIGNS)


def _bare(piece: str) -> str:
    stripped = piece.strip()
    return _JOINED.sub("", stripped).strip() or stripped


#: How many numbers `marks` gives.
MARKS = len(KINDS) + 18


def marks(cut: Cut, segments: list[str]) -> list[float]:
    """What the two sides look like, whatever they are about: each 0 or 1."""
    left, right = segments[cut.at - 1], segments[cut.at]
    asks_left, asks_right = bool(_ASKS.search(cut.left)), bool(_ASKS.search(cut.right))
    asks_near, asks_next = asks(left), asks(right)
    past_left, past_right = bool(_PAST.search(left)), bool(_PAST.search(right))
    return [
        *(float(cut.kind == kind) for kind in KINDS),
        *(float(asks_left), float(asks_right), float(asks_left and asks_right)),
        *(float(asks_near), float(asks_next), float(asks_near and asks_next)),
        *(float("?" in cut.left), float("?" in cut.right), float("?" in cut.left and "?" in cut.right)),
        *(float(bool(_QUESTION.match(right))), float(bool(_TELLS.match(right))), float(bool(_CONTINUES.match(right)))),
        *(
            float(past_left),
            float(past_right),
            float(past_left and not asks_left),
            float(past_right and not asks_right),
        ),
        *(float(bool(_REFERS.search(left))), float(bool(_REFERS.search(right)))),
    ]
