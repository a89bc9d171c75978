"""Reporting damage, and what became of a claim. A person decides about every claim."""

from __future__ import annotations

import re

from actions import decisions
from actions.business import company
from actions.errors import BusinessFileUnusable
from actions.insurance.identified import CLAIM, identified_claim
from actions.tasks.case import Case
from actions.tasks.spoken import spoken_full_date, spoken_money
from actions.tasks.task import Task
from actions.tasks.values import DayField, OwnWordsField, YesNoField
from actions.texts import spoken_list

#: Somebody is hurt, in the words of who reports an accident.
HURT = re.compile(
    r"(?<!nicht )(?<!niemand )(?<!keiner )\b(?:verletz\w*|blut(?:et|ung\w*|end\w*)?|bewusstlos\w*|ohnm(?:ä|ae)chtig\w*|"
    r"krankenhaus|krankenwagen|rettungswagen|notarzt|knochenbruch|gebrochen\w*)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\b(?:niemand|keiner|nicht|ohne|kein\w*|zum glück|zum glueck)\b[^.!?]{0,25}verletz", re.IGNORECASE
)


def somebody_hurt(text: str) -> bool:
    """Whether a text tells of somebody hurt."""
    return HURT.search(text) is not None and _NOBODY.search(text) is None


class ReportClaim(Task):
    """What, when, where, who and whether there are photos; the emergency number first if somebody is hurt."""

    intent = "report_claim"
    fields = (
        OwnWordsField("claim_event", opens=True),
        YesNoField("claim_hurt"),
        DayField("claim_on", past=True, optional=True),
        OwnWordsField("claim_place"),
        OwnWordsField("claim_involved"),
        YesNoField("claim_photos"),
    )
    forgets = ("claim_warned",)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        _warn_if_hurt(case)
        case.need("claim_event")
        if case.get("claim_hurt") is None and case.get("claim_warned"):
            case.set("claim_hurt", "yes")
        case.need("claim_hurt")
        _warn_if_hurt(case)
        for slot in ("claim_on", "claim_place", "claim_involved", "claim_photos"):
            case.need(slot)
        case.say("utter_claim_to_person" if case.get("claim_photos") == "no" else "utter_claim_to_person_photos")
        case.hand_over(decisions.complex_intent(self.intent))


def _warn_if_hurt(case: Case) -> None:
    """Says the emergency number once, before anything else is asked."""
    told = f"{case.get('claim_event') or ''} {case.message.words}"
    if not case.get("claim_warned") and (case.get("claim_hurt") == "yes" or somebody_hurt(told)):
        case.set("claim_warned", "yes")
        case.say("utter_claim_hurt_first")


class ClaimStatus(Task):
    """How far a claim is."""

    intent = "claim_status"
    fields = CLAIM.fields

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        claim = await identified_claim(case)
        case.end(
            f"utter_claim_{claim.status}",
            claim=claim.number,
            about=claim.about,
            since=spoken_full_date(claim.status_since),
            reported_on=spoken_full_date(claim.reported_on),
            missing=spoken_list(claim.missing),
            paid_amount=spoken_money(claim.paid_amount) if claim.paid_amount is not None else "",
        )


class SubmitDocuments(Task):
    """Where documents go, and which of them a claim waits for."""

    intent = "submit_documents"
    fields = CLAIM.fields

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        claim = await identified_claim(case)
        try:
            address = company().email
        except BusinessFileUnusable:
            case.end("utter_documents_to_person")
        if claim.missing:
            case.say("utter_documents_missing", claim=claim.number, missing=spoken_list(claim.missing))
        case.end("utter_documents_where", claim=claim.number, email=address)
