"""The demo systems of energy supplier and insurer: what they tell, keep once, and say when they are away."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.clients import demo_energy, demo_insurance
from actions.clients.energy import Contract, SqlEnergySystem
from actions.clients.energy import changes as energy_changes
from actions.clients.insurance import CLAIM_STATUSES, Policy, Proof, SqlInsuranceSystem, claims
from actions.errors import ChangeUnconfirmed, EnergySystemUnavailable, InsuranceSystemUnavailable
from actions.tasks.values import today


@pytest.fixture
def energy(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/energy.db"
    demo_energy.fill(url, today())
    return url


@pytest.fixture
def insurance(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/insurance.db"
    demo_insurance.fill(url, today())
    return url


async def contract_of(url: str) -> Contract:
    found = await SqlEnergySystem(url).find_contract("4017283", "50667")
    assert found is not None
    return found


async def policy_of(url: str) -> Policy:
    found = await SqlInsuranceSystem(url).find_policy("KF-4820117", Proof(postal_code="50667"))
    assert found is not None
    return found


async def test_a_contract_opens_by_either_number_and_only_with_its_place(energy: str) -> None:
    system = SqlEnergySystem(energy)
    by_meter = await system.find_contract("1EMH0012345678", "50667")
    assert by_meter == await contract_of(energy)
    assert await system.find_contract("4017283", "50668") is None
    assert await system.find_contract("0000000", "50667") is None


async def test_a_reading_under_the_same_key_is_kept_once(energy: str) -> None:
    system, contract = SqlEnergySystem(energy), await contract_of(energy)
    for _ in range(2):
        await system.store_reading(contract, Decimal("50512"), today(), "the-key")
    await system.store_reading(contract, Decimal("60000"), today(), "the-key")
    assert (await contract_of(energy)).last_reading == Decimal("50512")
    with sa.create_engine(energy).connect() as connection:
        assert len(connection.execute(sa.select(energy_changes)).all()) == 1


async def test_filling_again_brings_the_first_state_back(energy: str) -> None:
    await SqlEnergySystem(energy).set_monthly_payment(await contract_of(energy), Decimal(150), "k")
    demo_energy.fill(energy, today())
    assert (await contract_of(energy)).monthly_payment == Decimal(92)


async def test_a_confirmation_number_stays_the_same_under_its_key(insurance: str) -> None:
    system, policy = SqlInsuranceSystem(insurance), await policy_of(insurance)
    first = await system.confirmation_number(policy, "one")
    assert await system.confirmation_number(policy, "one") == first
    assert len(first) == 7


async def test_a_claim_opens_only_with_a_proof_of_its_holder(insurance: str) -> None:
    system = SqlInsuranceSystem(insurance)
    assert await system.find_claim("S-2026-004711", Proof(postal_code="50667")) is not None
    assert await system.find_claim("S-2026-004711", Proof(postal_code="20095")) is None


def test_the_demo_has_a_claim_in_every_state(insurance: str) -> None:
    with sa.create_engine(insurance).connect() as connection:
        states = {row.status for row in connection.execute(sa.select(claims.c.status))}
    assert states == set(CLAIM_STATUSES)


async def test_a_system_that_is_away_is_said_to_be(tmp_path: Path, energy: str, insurance: str) -> None:
    contract = await contract_of(energy)
    away = f"sqlite:///{tmp_path}/nowhere/x.db"
    with pytest.raises(EnergySystemUnavailable):
        await SqlEnergySystem(away).find_contract("4017283", "50667")
    with pytest.raises(InsuranceSystemUnavailable):
        await SqlInsuranceSystem(away).find_policy("KF-4820117", Proof(postal_code="50667"))
    with pytest.raises(ChangeUnconfirmed):
        await SqlEnergySystem(away).store_reading(contract, Decimal(1), today(), "k")
