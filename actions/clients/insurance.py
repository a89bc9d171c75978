"""The insurer's customer system: policies, claims, certificates, and what customers ask to be changed.

A policy number is two letters and seven digits ("KF-4820117"), a claim number a year and six digits ("S-2026-004711").
Money is in euros as `Decimal`; dates are days in Germany. Changes carry a key: the same key again changes nothing and
gives the first result.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from actions import settings
from actions.clients import database
from actions.errors import InsuranceSystemUnavailable

LINES = ("motor", "liability", "household", "building", "travel", "legal")
#: All states a claim can be in; each has its own response `utter_claim_<status>`.
CLAIM_STATUSES = ("received", "in_review", "documents_missing", "assessor", "approved", "paid", "rejected")
#: Without I, O and other letters that are taken for digits.
_CODE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CODE_CHARACTERS = _CODE_LETTERS + "23456789"

metadata = sa.MetaData()
policies = sa.Table(
    "policies",
    metadata,
    sa.Column("number", sa.String(12), primary_key=True),
    sa.Column("postal_code", sa.String(5), nullable=False),
    sa.Column("born_on", sa.Date, nullable=False),
    sa.Column("customer_name", sa.String(120), nullable=False),
    sa.Column("email", sa.String(120), nullable=False),
    sa.Column("line", sa.Enum(*LINES, name="line", native_enum=False), nullable=False),
    sa.Column("product", sa.String(80), nullable=False),
    sa.Column("included", sa.JSON, nullable=False),
    sa.Column("excluded", sa.JSON, nullable=False),
    sa.Column("deductible", sa.Numeric(10, 2), nullable=False),
    sa.Column("sum_insured", sa.String(60), nullable=False),
    sa.Column("premium", sa.Numeric(10, 2), nullable=False),
    sa.Column("previous_premium", sa.Numeric(10, 2)),
    sa.Column("premium_reason", sa.String(200)),
    sa.Column("interval", sa.String(20), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("notice_months", sa.Integer, nullable=False),
)
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("number", sa.String(16), primary_key=True),
    sa.Column("policy_number", sa.ForeignKey(policies.c.number, ondelete="CASCADE"), nullable=False),
    sa.Column("about", sa.String(120), nullable=False),
    sa.Column("reported_on", sa.Date, nullable=False),
    sa.Column("status", sa.Enum(*CLAIM_STATUSES, name="claim_status", native_enum=False), nullable=False),
    sa.Column("status_since", sa.Date, nullable=False),
    sa.Column("missing", sa.JSON, nullable=False),
    sa.Column("paid_amount", sa.Numeric(10, 2)),
)
changes = sa.Table(
    "changes",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("policy_number", sa.String(12), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
)


@dataclass(frozen=True)
class Policy:
    """A policy as its holder may know it. `interval` is a German word ("monatlich")."""

    number: str
    line: str
    product: str
    email: str
    included: list[str]
    excluded: list[str]
    deductible: Decimal
    sum_insured: str
    premium: Decimal
    previous_premium: Decimal | None
    premium_reason: str | None
    interval: str
    due_on: date
    ends_on: date
    notice_months: int


@dataclass(frozen=True)
class Claim:
    """A claim as its policy's holder may know it; `missing` are the documents that are waited for."""

    number: str
    about: str
    reported_on: date
    status: str
    status_since: date
    missing: list[str]
    paid_amount: Decimal | None


@dataclass(frozen=True)
class Proof:
    """What shows that somebody is the holder: postal code or date of birth."""

    postal_code: str | None = None
    born_on: date | None = None

    def condition(self) -> Any:
        """As a condition on the policies."""
        if self.born_on is not None:
            return policies.c.born_on == self.born_on
        return policies.c.postal_code == self.postal_code


class InsuranceSystem(Protocol):
    """Where policies are kept. Looking up raises `InsuranceSystemUnavailable`, changing raises `ChangeUnconfirmed`."""

    async def find_policy(self, number: str, proof: Proof) -> Policy | None:
        """The policy when number and proof belong together."""

    async def policy(self, number: str) -> Policy | None:
        """The policy of a holder who has proved it before; None when it is gone."""

    async def find_claim(self, number: str, proof: Proof) -> Claim | None:
        """The claim when its number and the proof of its policy's holder belong together."""

    async def confirmation_number(self, policy: Policy, key: str) -> str:
        """A new electronic confirmation of cover for registering a car: seven characters."""

    async def send_certificate(self, policy: Policy, certificate: str, key: str) -> None:
        """Orders a certificate to the e-mail address on file."""

    async def note(self, policy_number: str, kind: str, details: dict[str, Any], key: str) -> None:
        """Leaves a request for the back office."""


class SqlInsuranceSystem:
    """The system's database, through SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def find_policy(self, number: str, proof: Proof) -> Policy | None:
        """See `InsuranceSystem.find_policy`."""
        return await self._policy(policies.c.number == number, proof.condition())

    async def policy(self, number: str) -> Policy | None:
        """See `InsuranceSystem.policy`."""
        return await self._policy(policies.c.number == number)

    async def find_claim(self, number: str, proof: Proof) -> Claim | None:
        """See `InsuranceSystem.find_claim`."""
        columns = [claims.c[name] for name in Claim.__dataclass_fields__]
        row = await self._first(
            sa.select(*columns)
            .select_from(claims.join(policies, claims.c.policy_number == policies.c.number))
            .where(claims.c.number == number, proof.condition())
        )
        return None if row is None else Claim(**row._mapping)

    async def confirmation_number(self, policy: Policy, key: str) -> str:
        """See `InsuranceSystem.confirmation_number`."""
        code = "".join(secrets.choice(_CODE_LETTERS if place < 2 else _CODE_CHARACTERS) for place in range(7))
        details = await self._change(policy.number, "confirmation_number", {"code": code}, key)
        return str(details["code"])

    async def send_certificate(self, policy: Policy, certificate: str, key: str) -> None:
        """See `InsuranceSystem.send_certificate`."""
        await self._change(policy.number, "certificate", {"certificate": certificate}, key)

    async def note(self, policy_number: str, kind: str, details: dict[str, Any], key: str) -> None:
        """See `InsuranceSystem.note`."""
        await self._change(policy_number, kind, details, key)

    async def _policy(self, *conditions: Any) -> Policy | None:
        columns = [policies.c[name] for name in Policy.__dataclass_fields__]
        row = await self._first(sa.select(*columns).where(*conditions))
        return None if row is None else Policy(**row._mapping)

    async def _first(self, query: Any) -> Any:
        return await database.look_up(
            self._url, lambda connection: connection.execute(query).first(), InsuranceSystemUnavailable
        )

    async def _change(self, policy_number: str, kind: str, details: dict[str, Any], key: str) -> dict[str, Any]:
        """Returns the details kept under the key, which are those of the first time."""

        def work(connection: Connection) -> dict[str, Any]:
            known = connection.execute(sa.select(changes.c.details).where(changes.c.key == key)).first()
            if known is not None:
                return dict(known.details)
            row = {"key": key, "policy_number": policy_number, "kind": kind, "details": details}
            connection.execute(sa.insert(changes).values(**row))
            return details

        return await database.change(self._url, work)


def configured_insurance_system() -> InsuranceSystem:
    """The system the environment names."""
    return SqlInsuranceSystem(settings.insurance_database_url())
