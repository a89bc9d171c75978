"""Why a conversation is handed over, as a record an agent reads, statistics count and designers tune."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypedDict

from actions.signals import Offer, concern
from actions.texts import texts
from actions.transcript import Event


class Decision(TypedDict):
    """`reason`: one of the six fixed ones; `score` reached `threshold`; `cues` in German."""

    reason: str
    score: float | None
    threshold: float | None
    cues: list[str]


def customer_request(offer: Offer | None, events: Iterable[Event]) -> Decision:
    """The customer asked for a person, or took one that was offered (then for the offer's reason)."""
    if offer is None or offer.reason == "customer_request":
        return _decision("customer_request", [_cue("asked")])
    return _decision(offer.reason, [_cue("accepted_offer"), _cue("offered", concern=_named(concern(events)))])


def low_confidence(count: int, latest_message: dict[str, Any]) -> Decision:
    """Not understood several times in a row; score and threshold are the classifier's confidences."""
    ranking = latest_message.get("intent_ranking") or []
    best = next((intent for intent in ranking if intent.get("name") != "nlu_fallback"), {})
    fallback = next((intent for intent in ranking if intent.get("name") == "nlu_fallback"), {})
    cues = [_cue("not_understood", count=count)]
    return {
        "reason": "low_confidence",
        "score": best.get("confidence"),
        "threshold": fallback.get("confidence"),
        "cues": cues,
    }


def suggestions_declined(count: int) -> Decision:
    """Not understood several times, and nothing of what was offered was meant."""
    return _decision("low_confidence", [_cue("not_understood", count=count), _cue("suggestions_declined")])


def not_content(count: int, limit: int) -> Decision:
    """Not content several times; score and threshold are numbers of messages."""
    return {
        "reason": "frustration",
        "score": float(count),
        "threshold": float(limit),
        "cues": [_cue("not_content", count=count)],
    }


def frustration(score: float, threshold: float, cues: Iterable[str]) -> Decision:
    """The conversation strains its customer; score and threshold as in `actions.mood`."""
    return {"reason": "frustration", "score": score, "threshold": threshold, "cues": list(cues)}


def same_question(count: int, limit: int) -> Decision:
    """The same question so often; score and threshold are numbers of messages."""
    return frustration(float(count), float(limit), [_cue("asked_again", count=count)])


def danger(kind: str) -> Decision:
    """Danger that a message tells of, whatever it is about."""
    return _decision("policy", [_cue("emergency", concern=texts()["dangers"][kind])])


def legal_words(found: str) -> Decision:
    """A message threatens with the law, whatever it is about."""
    return _decision("complex_intent", [_cue("legal_words", found=found)])


def complex_intent(about: str | None) -> Decision:
    """The matter, named by its intent, is one that only a person may answer."""
    return _decision("complex_intent", [_cue("only_a_person", concern=_named(about))])


def emergency(about: str) -> Decision:
    """Somebody is in danger: a person as soon as the emergency number is said, and ahead of others."""
    return _decision("policy", [_cue("emergency", concern=_named(about))])


def _decision(reason: str, cues: list[str]) -> Decision:
    return {"reason": reason, "score": None, "threshold": None, "cues": cues}


def _named(about: str | None) -> str:
    return str(texts()["concerns"][about]) if about else _cue("unknown_concern")


def _cue(name: str, **values: object) -> str:
    return str(texts()["cues"][name].format(**values))
