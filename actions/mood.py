"""How much a conversation strains its customer: the mood of the last messages and what went wrong in between.

The strain is a sum. A message counts with its frustration score when that reaches `frustrated_from`, the messages
before it with less and less weight; a misunderstanding, the same question again and discontent add to it. One annoyed
message alone stays below the handoff, an outburst with several signs does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actions.signals import NOT_CONTENT, current_stretch, customer_messages, intent_of, misunderstandings_before
from actions.texts import texts
from actions.thresholds import Thresholds
from actions.transcript import Event, is_tap

#: A message with so many signs of annoyance, and this sure a score, is an outburst.
_SIGNS_OF_OUTBURST = 3
_SURE = 0.9
#: Without a sign, shorter messages and these intents tell no mood.
_FEWEST_WORDS = 5
_WITHOUT_MOOD = frozenset({"nlu_fallback", "inform", "affirm", "deny", "stop"})
#: The same question: this share of pieces in common, in messages of at least so many words.
_SIMILAR = 0.5
_SHORTEST_QUESTION = 3
_PIECE = 4
#: Discontent is forgotten after so many messages.
_REMEMBERED = 4
#: Said in these intents, the same words again are no question.
_NO_QUESTION = frozenset(
    {"affirm", "deny", "inform", "greet", "thank", "goodbye", "praise", "stop", "request_human", *NOT_CONTENT}
)


@dataclass(frozen=True)
class Strain:
    """`score`: the sum. `cues`: what it is made of, in German. `has_sign`: whether the present message adds to it.
    `same_question`: how often the present question has been asked, this time included.
    """

    score: float
    cues: tuple[str, ...]
    has_sign: bool
    same_question: int


def strain_of(events: Sequence[Event], limits: Thresholds) -> Strain:
    """The strain of the conversation's current stretch, its last customer message being the present one."""
    stretch = current_stretch(events)
    said = customer_messages(stretch)
    if not said:
        return Strain(0.0, (), False, 0)
    present, words = said[-1], texts()["cues"]
    scores = [_counted(message, limits) for message in said[-3:]][::-1]
    mood = sum(score * weight for score, weight in zip(scores, _weights(limits), strict=False))
    cues = list(_told(present)) if scores[0] else []
    if sum(1 for score in scores if score) > 1:
        cues.append(words["mood"].format(scores=", ".join(_spoken(score) for score in scores[::-1])))
    outburst = _is_outburst(present)
    discontent = [message for message in said[-_REMEMBERED:] if intent_of(message) in NOT_CONTENT]
    asked = times_asked(said)
    misunderstood = misunderstandings_before(stretch)
    parts = (
        (outburst, limits.weight_outburst, words["outburst"]),
        (len(discontent), limits.weight_not_content, words["not_content"].format(count=len(discontent))),
        (asked - 1, limits.weight_asked_again, words["asked_again"].format(count=asked)),
        (misunderstood, limits.weight_misunderstood, words["not_understood"].format(count=misunderstood)),
    )
    cues += [cue for count, _, cue in parts if count]
    score = mood + sum(count * weight for count, weight, _ in parts)
    has_sign = bool(scores[0] or asked > 1 or intent_of(present) in NOT_CONTENT)
    return Strain(round(score, 2), tuple(dict.fromkeys(cues)), has_sign, asked)


def times_asked(said: Sequence[Event]) -> int:
    """How often the last of these customer messages has been asked in nearly the same words, this time included."""
    present = said[-1]
    if not _is_question(present):
        return 1
    pieces = _pieces(present)
    earlier = [_pieces(message) for message in said[:-1] if _is_question(message)]
    return 1 + sum(1 for other in earlier if len(pieces & other) >= _SIMILAR * len(pieces | other))


def _is_question(message: Event) -> bool:
    words = str(message.get("text") or "").split()
    return len(words) >= _SHORTEST_QUESTION and intent_of(message) not in _NO_QUESTION and not is_tap(message)


def _pieces(message: Event) -> set[str]:
    plain = " ".join(re.findall(r"[^\W_]+", str(message.get("text") or "").lower()))
    return {plain[at : at + _PIECE] for at in range(max(1, len(plain) + 1 - _PIECE))}


def _weights(limits: Thresholds) -> tuple[float, float, float]:
    return 1.0, limits.weight_message_before, limits.weight_two_before


def frustration_of(message: Event) -> dict[str, Any]:
    """{score, cues} of a customer message; nothing for a tapped button."""
    if is_tap(message):
        return {}
    found: dict[str, Any] = (message.get("parse_data") or {}).get("frustration") or {}
    return found


def _counted(message: Event, limits: Thresholds) -> float:
    """The score where it counts.

    Without any sign that can be named only a sure one does, and none of a message that was not understood, that answers
    a question, or that has only a few words: of unknown words, numbers and addresses the model knows no mood, and of a
    few plain ones it judges by what the assistant said before.
    """
    found = frustration_of(message)
    score = float(found.get("score") or 0.0)
    tells = len(str(message.get("text") or "").split()) >= _FEWEST_WORDS and intent_of(message) not in _WITHOUT_MOOD
    counts = bool(found.get("cues")) or (score >= _SURE and tells)
    return score if counts and score >= limits.frustrated_from else 0.0


def _told(message: Event) -> list[str]:
    cues = [str(cue) for cue in frustration_of(message).get("cues") or ()]
    return cues or [str(texts()["cues"]["annoyed"])]


def _is_outburst(message: Event) -> bool:
    found = frustration_of(message)
    return float(found.get("score") or 0.0) >= _SURE and len(found.get("cues") or ()) >= _SIGNS_OF_OUTBURST


def _spoken(score: float) -> str:
    return f"{score:.2f}".replace(".", ",")
