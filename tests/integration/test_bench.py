"""The bench runs from start to end; how fast anything is on this machine at this moment is no test."""

import json
import subprocess
import sys
from pathlib import Path

from bench.report import Figure, Target, percentile, table

ROOT = Path(__file__).parents[2]


def test_every_part_runs_and_what_must_be_right_is_right(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--keep", str(kept)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    figures = json.loads(kept.read_text(encoding="utf-8"))["figures"]
    parts = {figure["part"].partition(",")[0] for figure in figures}
    assert {"relay", "PostgreSQL", "SQLite", "bot turn", "claim storm", "WhatsApp webhooks"} <= parts
    assert all(figure["what"] in done.stdout for figure in figures)
    (alive,) = [figure for figure in figures if figure["what"].startswith("alive")]
    (winners,) = [figure for figure in figures if "exactly one winner" in figure["what"]]
    assert alive["met"] is winners["met"] is True
    throughput = [figure for figure in figures if figure["unit"] == "messages/s"]
    assert len(throughput) == 3
    assert all(figure["value"] > 0 and figure["baseline"] > 0 for figure in throughput)


def test_a_target_is_held_to_the_ratio_or_without_a_baseline_to_the_value() -> None:
    assert Figure("p", "w", 50, "1/s", 100, "bare", Target(0.6, at_least=True)).met is False
    assert Figure("p", "w", 250, "ms", 100, "bare", Target(3)).met is True
    assert Figure("p", "w", 31, "KiB", target=Target(30, unit="KiB")).met is False
    assert Figure("p", "w", 31, "KiB").met is None


def test_the_table_has_one_line_each_and_notes_once() -> None:
    figures = [
        Figure("relay", what, 1234.5, "messages/s", 2000, "bare loop", Target(0.6, at_least=True), "two cores")
        for what in ("there", "back")
    ]
    head, _, there, back, *notes = table(figures).splitlines()
    assert head.startswith("| measured")
    assert "| relay: there [1] | 1,234 messages/s | 2,000 (bare loop) | 0.62  | ≥ 0.6 × | met |" in there
    assert "relay: back [1]" in back
    assert notes == ["", "[1] two cores"]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([], 0.5) == 0
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile([float(number) for number in range(100)], 0.99) == 99
