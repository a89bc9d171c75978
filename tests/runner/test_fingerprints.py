from __future__ import annotations

from pathlib import Path

import pytest

from runner.fingerprints import Stamp, files_below, fingerprint


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "data/nlu").mkdir(parents=True)
    (tmp_path / "config.yml").write_text("language: de")
    (tmp_path / "data/nlu/greet.yml").write_text("Hallo")
    return tmp_path


def of(tree: Path, *further: str) -> str:
    return fingerprint(tree, files_below(tree / "config.yml", tree / "data"), *further)


def test_the_same_sources_have_the_same_fingerprint_in_any_order(tree: Path) -> None:
    files = list(files_below(tree))
    assert fingerprint(tree, files) == fingerprint(tree, reversed(files)) == of(tree)


def test_it_does_not_depend_on_where_the_project_lies(tree: Path) -> None:
    before = of(tree)
    moved = tree.rename(tree.with_name("elsewhere"))
    assert of(moved) == before


def test_a_changed_content_changes_it(tree: Path) -> None:
    before = of(tree)
    (tree / "data/nlu/greet.yml").write_text("Hallo!")
    assert of(tree) != before


def test_a_new_file_a_moved_file_and_a_deleted_file_change_it(tree: Path) -> None:
    seen = {of(tree)}
    (tree / "data/nlu/bye.yml").write_text("Tschüs")
    seen.add(of(tree))
    (tree / "data/nlu/bye.yml").rename(tree / "data/bye.yml")
    seen.add(of(tree))
    (tree / "data/nlu/greet.yml").unlink()
    seen.add(of(tree))
    assert len(seen) == 4


def test_a_further_string_changes_it(tree: Path) -> None:
    assert len({of(tree), of(tree, "v20"), of(tree, "v22"), of(tree, "v20", "v22")}) == 4


def test_results_and_caches_do_not_count(tree: Path) -> None:
    before = of(tree)
    for name in ("__pycache__/a.pyc", "node_modules/vite/index.js", "dist/index.html"):
        path = tree / "data" / name
        path.parent.mkdir(parents=True)
        path.write_text("made")
    assert of(tree) == before


def test_a_stamp_is_kept_and_forgotten(tmp_path: Path) -> None:
    stamp = Stamp(tmp_path / "stamps/web")
    assert stamp.read() is None
    stamp.write("one")
    stamp.write("two")
    assert stamp.read() == "two"
    assert [path.name for path in stamp.path.parent.iterdir()] == ["web"]
    stamp.remove()
    stamp.remove()
    assert stamp.read() is None
