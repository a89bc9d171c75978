"""Joins the domain of the general part with those of the sectors that are switched on.

What two parts both say:

- intents, entities, actions: once is enough.
- slots: the same slot, filled in the ways of both (their `mappings` are put one after the other).
- responses: a sector may say a general sentence in its own words. They hold where it is the only sector; with several,
  the general wording stands, because it fits every one of them.
- forms: nothing; a name stands for one form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from components.errors import SectorsInvalid

_LISTS = ("intents", "entities", "actions")
_TABLES = ("slots", "forms", "responses")
_SECTOR_KEYS = {"version", *_LISTS, *_TABLES}


def joined_domain(general: Mapping[str, Any], sectors: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One domain, in the form of a domain file, from the general one and those of the sectors by name.

    Raises:
        SectorsInvalid: a sector says what only the general part may, or two parts contradict each other.
    """
    domain = deepcopy(dict(general))
    for name, sector in sectors.items():
        if unknown := set(sector) - _SECTOR_KEYS:
            raise SectorsInvalid(
                f"The domain of {name} holds {', '.join(sorted(unknown))}; that belongs to domain.yml."
            )
        for key in _LISTS:
            known = domain.setdefault(key, [])
            known.extend(entry for entry in sector.get(key) or [] if entry not in known)
        for form, wanted in (sector.get("forms") or {}).items():
            if domain.setdefault("forms", {}).setdefault(form, wanted) != wanted:
                raise SectorsInvalid(f"The domain of {name} has another form {form} than a part before it.")
        _join_slots(domain.setdefault("slots", {}), sector.get("slots") or {}, name)
    _join_responses(domain.setdefault("responses", {}), sectors)
    return domain


def _join_slots(slots: dict[str, Any], further: Mapping[str, Any], sector: str) -> None:
    for slot, wanted in further.items():
        if slot not in slots:
            slots[slot] = deepcopy(wanted)
            continue
        known = slots[slot]
        if _without_mappings(known) != _without_mappings(wanted):
            raise SectorsInvalid(f"The domain of {sector} has another slot {slot} than a part before it.")
        known["mappings"].extend(mapping for mapping in wanted["mappings"] if mapping not in known["mappings"])


def _without_mappings(slot: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in slot.items() if key != "mappings"}


def _join_responses(responses: dict[str, Any], sectors: Mapping[str, Mapping[str, Any]]) -> None:
    general = set(responses)
    for name, sector in sectors.items():
        for response, variations in (sector.get("responses") or {}).items():
            if response in general:
                if len(sectors) == 1:
                    responses[response] = variations
            elif responses.setdefault(response, variations) != variations:
                raise SectorsInvalid(f"The domain of {name} has other words for {response} than a sector before it.")


def sector_names(chosen: Sequence[str] | str | None) -> tuple[str, ...]:
    """The sectors as names in their order, from a list or a text such as "retail, energy".

    Raises:
        SectorsInvalid: it is neither, or a sector is named twice.
    """
    if isinstance(chosen, str):
        chosen = [name.strip() for name in chosen.split(",") if name.strip()]
    if not isinstance(chosen, (list, tuple)) or not all(isinstance(name, str) for name in chosen):
        raise SectorsInvalid("sectors must be a list of names, such as [retail].")
    if len(set(chosen)) != len(chosen):
        raise SectorsInvalid(f"A sector is named twice: {', '.join(chosen)}.")
    return tuple(chosen)
