"""`rasa data validate` has nothing to say about any set of sectors."""

from __future__ import annotations

import itertools
import logging
import warnings
from pathlib import Path

import pytest
from rasa.cli.utils import validate_files
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.utils.common import EXPECTED_WARNINGS

from components.said_by_actions import do_not_report

ROOT = Path(__file__).resolve().parents[2]
SECTORS = sorted(path.parent.name for path in (ROOT / "data").glob("*/domain.yml"))
SETS = [chosen for size in range(len(SECTORS) + 1) for chosen in itertools.combinations(SECTORS, size)][1:]


def warnings_of_the_command() -> list[str]:
    """What `rasa data validate --fail-on-warnings` warns about; a mistake ends it.

    As every command of Rasa does, it leaves out what Rasa expects of itself and its dependencies.
    """
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for kind, message in EXPECTED_WARNINGS:
            warnings.filterwarnings("ignore", message=message, category=kind)
        validate_files(fail_on_warnings=True, max_history=None, importer=importer)
    return [str(warning.message) for warning in caught if not issubclass(warning.category, DeprecationWarning)]


@pytest.mark.parametrize("sectors", SETS, ids="+".join)
def test_rasa_warns_about_nothing_in_any_set_of_sectors(
    root: Path, sectors: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HANDSCHLAG_SECTORS", ",".join(sectors))
    assert warnings_of_the_command() == []
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_what_actions_say_is_found_whole_built_and_in_lists(tmp_path: Path) -> None:
    (tmp_path / "some.py").write_text(
        'a = "utter_whole"\nb = f"utter_built_{x}"\nc = f"{a}_again"\nd = f"{a}{b}"\n', encoding="utf-8"
    )
    (tmp_path / "some.yml").write_text("fire: utter_listed\n", encoding="utf-8")
    said = ["utter_whole", "utter_built_1", "utter_whole_again", "utter_listed"]
    unsaid = ["utter_whole_or_not", "utter_forgotten"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        do_not_report([*said, *unsaid], tmp_path)
        for name in (*said, *unsaid):
            warnings.warn(f"The utterance '{name}' is not used in any story or rule.", UserWarning, stacklevel=1)
    assert [str(warning.message).split("'")[1] for warning in caught] == unsaid
