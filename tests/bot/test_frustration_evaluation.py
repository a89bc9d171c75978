"""`python -m evaluation` measures frustration on the own lines and on a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.errors import DataTooSmall, LinesInvalid
from evaluation.frustration import file_section, is_frustration_file, own_section

ROWS = (
    "text\tfrustrated\tcontext\n"
    "das habe ich jetzt schon dreimal geschrieben\t1\t\n"
    "aha. toll.\t1\tDas geht leider nicht.\n"
    "wo finde ich meine rechnung\t0\t\n"
    "super, danke\t0\tIhre Adresse ist geändert.\n"
)


def test_a_file_is_measured_with_the_turn_before(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "moods.tsv"
    path.write_text(ROWS, encoding="utf-8")
    assert is_frustration_file(path)
    section = file_section(root, path)
    assert "4 messages" in section
    assert "ROC-AUC 1.000" in section


def test_the_own_lines_are_measured_by_folds(root: Path) -> None:
    assert "ROC-AUC 0.9" in own_section(root)


def test_a_file_without_moods_is_left_to_the_others(tmp_path: Path) -> None:
    path = tmp_path / "intents.tsv"
    path.write_text("text\tintent\nhallo\tgreet\n", encoding="utf-8")
    assert not is_frustration_file(path)


def test_a_row_without_sense_is_named(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "moods.tsv"
    path.write_text("text\tfrustrated\nhallo\tmaybe\n", encoding="utf-8")
    with pytest.raises(LinesInvalid, match=r"moods\.tsv"):
        file_section(root, path)
    path.write_text("text\tfrustrated\nhallo\t0\n", encoding="utf-8")
    with pytest.raises(DataTooSmall):
        file_section(root, path)
