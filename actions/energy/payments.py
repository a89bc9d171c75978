"""The monthly payment, the account it is taken from, and what to do when there is no money."""

from __future__ import annotations

from decimal import Decimal

from actions import decisions
from actions.clients.energy import Contract, configured_energy_system
from actions.confirmation import confirm
from actions.energy.identified import identified_by, identified_contract
from actions.tasks.case import Asked, Case, Sentence
from actions.tasks.spoken import masked_iban, spoken_money
from actions.tasks.task import Task
from actions.tasks.values import IbanField, QuantityField, YesNoField


class ChangeMonthlyPayment(Task):
    """A new monthly payment within what the contract allows."""

    intent = "change_monthly_payment"
    fields = identified_by(QuantityField("amount", "amount"))

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        contract = await identified_contract(case)
        amount = Decimal(case.need("amount", **_limits(contract)))
        if not contract.lowest_payment <= amount <= contract.highest_payment:
            case.set("amount", None)
            raise Asked("amount", Sentence("utter_amount_not_allowed", _limits(contract)))
        if amount == contract.monthly_payment:
            case.end("utter_payment_is_that_already", amount=spoken_money(amount))
        confirm(
            case,
            "utter_confirm_payment",
            amount=spoken_money(amount),
            present=spoken_money(contract.monthly_payment),
        )
        await configured_energy_system().set_monthly_payment(contract, amount, case.key())
        case.end("utter_payment_changed", amount=spoken_money(amount))


def _limits(contract: Contract) -> dict[str, str]:
    return {
        "present": spoken_money(contract.monthly_payment),
        "lowest": spoken_money(contract.lowest_payment),
        "highest": spoken_money(contract.highest_payment),
    }


class ChangeBankDetails(Task):
    """Another account for the direct debit; only for the holder's own account, whose mandate the yes gives."""

    intent = "change_bank_details"
    fields = identified_by(IbanField("iban"), YesNoField("own_account"))

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        contract = await identified_contract(case)
        iban = case.need("iban")
        if case.need("own_account", iban_masked=masked_iban(iban)) == "no":
            case.end("utter_account_of_somebody_else", keeps=True)
        confirm(case, "utter_confirm_account", iban_masked=masked_iban(iban))
        await configured_energy_system().note(contract.customer_number, "bank_details", {"iban": iban}, case.key())
        case.end("utter_account_noted", iban_masked=masked_iban(iban))


class PaymentDifficulty(Task):
    """Somebody cannot pay: no form and no reproach, a person."""

    intent = "payment_difficulty"

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        case.say("utter_payment_difficulty")
        case.hand_over(decisions.complex_intent(self.intent))
