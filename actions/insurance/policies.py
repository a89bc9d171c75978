"""Questions about a policy, its premium and its papers, and changes to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions import decisions
from actions.clients.insurance import configured_insurance_system
from actions.confirmation import confirm
from actions.insurance.identified import identified_by, identified_policy
from actions.tasks.case import Case
from actions.tasks.message import Message
from actions.tasks.spoken import masked_email, sector_words, spoken_full_date, spoken_money
from actions.tasks.task import Task
from actions.tasks.values import OwnWordsField
from actions.texts import spoken_list


class AskCoverage(Task):
    """What the policy names; whether a case is covered, a person says."""

    intent = "ask_coverage"
    fields = identified_by()

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        policy = await identified_policy(case)
        case.say(
            "utter_coverage_facts",
            product=policy.product,
            included=spoken_list(policy.included),
            excluded=spoken_list(policy.excluded),
            sum_insured=policy.sum_insured,
        )
        case.end(
            "utter_coverage_deductible" if policy.deductible else "utter_coverage_no_deductible",
            **_deductible(policy.deductible),
        )


def _deductible(amount: Any) -> dict[str, str]:
    return {"deductible": spoken_money(amount)}


class AskPremium(Task):
    """What is due when, and why it changed."""

    intent = "ask_premium"
    fields = identified_by()

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        policy = await identified_policy(case)
        case.say(
            "utter_premium",
            product=policy.product,
            premium=spoken_money(policy.premium),
            interval=policy.interval,
            due_on=spoken_full_date(policy.due_on),
        )
        previous = policy.previous_premium
        if previous is None or previous == policy.premium:
            case.end("utter_premium_unchanged")
        response = "utter_premium_why" if policy.premium_reason else "utter_premium_why_unknown"
        case.end(response, previous_premium=spoken_money(previous), reason=policy.premium_reason or "")


class ChangePolicy(Task):
    """The wish in the customer's words; a person changes the contract."""

    intent = "change_policy"
    fields = identified_by(OwnWordsField("policy_wish", opens=True))

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        policy = await identified_policy(case)
        wish = case.need("policy_wish", product=policy.product)
        confirm(case, "utter_confirm_policy_wish", product=policy.product, wish=wish)
        await configured_insurance_system().note(policy.number, "change", {"wish": wish}, case.key())
        case.say("utter_policy_wish_noted")
        case.hand_over(decisions.complex_intent(self.intent))


class CancelPolicy(Task):
    """The terms of the policy are told; the notice itself a person takes."""

    intent = "cancel_policy"
    fields = identified_by()

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        policy = await identified_policy(case)
        months = sector_words("insurance")["notice_months"]
        case.end(
            "utter_cancel_policy_terms",
            product=policy.product,
            ends_on=spoken_full_date(policy.ends_on),
            notice=str(
                months["one"] if policy.notice_months == 1 else months["more"].format(count=policy.notice_months)
            ),
        )


#: Certificates, by the words they are asked for with; the first that fits.
_CERTIFICATES = {
    "evb": r"\bevb\b|e-?vb|zulass\w*|anmeld\w*|elektronische versicherungsbest\w*",
    "green_card": r"gr(?:ü|ue)ne\w* karte|internationale versicherungskarte|\bivk\b|ausland",
    "confirmation": (
        r"best(?:ä|ae)tigung\w*|nachweis\w*|versicherungs(?:schein|bescheinigung)\w*|\bschein|police|zertifikat|"
        r"certificate|vermieter|bank"
    ),
}


@dataclass(frozen=True)
class CertificateField:
    """Which certificate; tapped or in words."""

    slot: str = "certificate"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        for value in message.values(self.slot):
            if value in _CERTIFICATES:
                return value
        return next((name for name, words in _CERTIFICATES.items() if re.search(words, message.words, re.I)), None)


class RequestCertificate(Task):
    """A number for registering a car at once; papers to the e-mail address on file."""

    intent = "request_certificate"
    fields = identified_by(CertificateField())

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        certificate = case.need("certificate")
        policy = await identified_policy(case)
        if certificate != "confirmation" and policy.line != "motor":
            case.end("utter_certificate_motor_only", product=policy.product)
        system = configured_insurance_system()
        name = str(sector_words("insurance")["certificates"][certificate])
        if certificate == "evb":
            confirm(case, "utter_confirm_evb", product=policy.product)
            case.end("utter_evb", code=await system.confirmation_number(policy, case.key()))
        email = masked_email(policy.email)
        confirm(case, "utter_confirm_certificate", certificate_name=name, product=policy.product, email_masked=email)
        await system.send_certificate(policy, certificate, case.key())
        case.end("utter_certificate_ordered", certificate_name=name, email_masked=email)
