"""What the demo supplier's database holds after a conversation."""

from __future__ import annotations

import sqlalchemy as sa

from actions.clients.energy import changes, contracts

#: Both facts of one customer, as typed
ME = "kundennummer 4017283, plz 50667"


def stored(url: str, customer_number: str = "4017283") -> tuple[list[tuple[str, dict[str, str]]], object]:
    """The changes of a customer, and the contract's row. `url`: of the database."""
    with sa.create_engine(url).connect() as connection:
        rows = connection.execute(sa.select(changes).where(changes.c.customer_number == customer_number)).all()
        contract = connection.execute(sa.select(contracts).where(contracts.c.customer_number == customer_number)).one()
    return [(row.kind, row.details) for row in rows], contract
