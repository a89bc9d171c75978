"""Gives Rasa the data of the sectors that are switched on, and of no other.

`config.yml`:

    importers:
      - name: components.sector_importer.SectorImporter
        sectors: [retail]

General is always on. A part lives in `data/<name>/`: `nlu/`, `rules/` and `stories/` hold training data, `domain.yml`
what the sector adds to the general domain (the one beside `config.yml`), `du.yml` the responses in the informal
address (see `components.address`). `HANDSCHLAG_SECTORS=retail,energy` in the
environment stands above the list. Components whose default configuration has `part_folders` are told the folders of all
parts that are on, so that what they read beside the training data (a lexicon, say) follows the same line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.common import cached_method, class_from_module_path

from components.address import with_informal
from components.errors import SectorsInvalid
from components.said_by_actions import do_not_report
from components.sectors import joined_domain, sector_names

GENERAL = "general"
#: A list in the environment stands above the one of `config.yml`.
VARIABLE = "HANDSCHLAG_SECTORS"
PART_FOLDERS = "part_folders"

_TRAINING_FOLDERS = ("nlu", "rules", "stories")


class SectorImporter(RasaFileImporter):
    """Reads the general part and the chosen sectors."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: Sequence[str] | str | None = None,
        sectors: Sequence[str] | str | None = None,
    ) -> None:
        """`training_data_paths`: folders with one folder per part; any other path is taken as it is.

        Raises:
            SectorsInvalid: a sector has no folder, or no sectors are given anywhere.
        """
        given = os.environ.get(VARIABLE, "").strip() or sectors
        self.sectors = sector_names(given)
        paths = [training_data_paths] if isinstance(training_data_paths, str) else list(training_data_paths or [])
        self.part_folders: list[Path] = []
        sources: list[str] = []
        for path in paths:
            if (Path(path) / GENERAL).is_dir():
                folders = _folders(Path(path), (GENERAL, *self.sectors))
                self.part_folders.extend(folders)
                sources.extend(_training_sources(folders))
            else:
                sources.append(path)
        super().__init__(config_file, domain_path, sources)

    def get_config(self) -> dict[str, Any]:
        """The configuration, with the parts' folders where a component wants to know them."""
        config: dict[str, Any] = super().get_config()
        for component in config.get("pipeline") or []:
            if _wants_folders(component["name"]):
                component[PART_FOLDERS] = [folder.as_posix() for folder in self.part_folders]
        return config

    @cached_method
    def get_domain(self) -> Domain:
        """The general domain joined with those of the sectors.

        Raises:
            SectorsInvalid: the parts do not fit together.
        """
        if not self._domain_path:
            return Domain.empty()
        general = _checked(Path(self._domain_path))
        files = {folder.name: folder / "domain.yml" for folder in self.part_folders if folder.name != GENERAL}
        domain = joined_domain(general, {name: _checked(path) for name, path in files.items() if path.exists()})
        domain["responses"] = with_informal(domain.get("responses", {}), self._informal_responses())
        do_not_report(domain["responses"], Path(self._domain_path).with_name("actions"))
        return Domain.from_dict(domain)

    def _informal_responses(self) -> dict[str, Any]:
        """What stands in `du.yml` of the parts, joined by the rules of the domains."""
        files = {folder.name: folder / "du.yml" for folder in self.part_folders}
        parts = {name: _checked(path) for name, path in files.items() if path.exists()}
        # A sector's own wording of a general sentence counts as the domain counts it.
        for name in self.sectors:
            parts.setdefault(name, {})
        joined = joined_domain(parts.pop(GENERAL, {}), parts)
        responses: dict[str, Any] = joined["responses"]
        return responses


def _folders(root: Path, parts: Iterable[str]) -> list[Path]:
    for part in parts:
        if not (root / part).is_dir():
            known = ", ".join(sorted(path.name for path in root.iterdir() if path.is_dir() and path.name != GENERAL))
            raise SectorsInvalid(f"There is no sector {part} in {root}. There are: {known}.")
    return [root / part for part in parts]


def _training_sources(folders: Iterable[Path]) -> list[str]:
    """Only what is training data: what lies beside it (domain, lexicon) has its own readers."""
    return [str(folder / kind) for folder in folders for kind in _TRAINING_FOLDERS if (folder / kind).is_dir()]


def _checked(path: Path) -> dict[str, Any]:
    """A domain file as Rasa accepts it."""
    Domain.from_file(str(path))
    content: dict[str, Any] = rasa.shared.utils.io.read_yaml_file(str(path))
    return content


def _wants_folders(name: str) -> bool:
    if not name.startswith("components."):
        return False
    return PART_FOLDERS in class_from_module_path(name).get_default_config()
