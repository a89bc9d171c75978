"""Which number somebody in danger reads first."""

from __future__ import annotations

import pytest

from actions.energy import outage
from actions.insurance import urgent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("es riecht nach gas", "gas"),
        ("gasgeruch im keller", "gas"),
        ("in der bahnhofsgasse ist der strom weg", "power"),
        ("ganze gass ohne strom", "power"),
        ("aus dem zählerkasten kommt rauch", "fire"),
        ("am mast hats gefunkt", "fire"),
        ("stromausfall, ich brauche hilfe", "power"),
        ("bei uns funktioniert nichts mehr, kein strom", "power"),
    ],
)
def test_an_outage_is_gas_fire_or_only_power(text: str, kind: str) -> None:
    assert outage.danger(text) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("panne auf der a9, brauche einen abschleppwagen", "breakdown"),
        ("mein auto raucht vorne raus", "life"),
        ("da ist jemand in der wohnung", "burglary"),
        ("mein mann blutet stark", "life"),
        ("hilfe", "life"),
    ],
)
def test_help_is_for_a_life_a_burglary_or_a_breakdown(text: str, kind: str) -> None:
    assert urgent.danger(text) == kind
