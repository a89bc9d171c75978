"""Figures, the table of them, and the JSON that is kept."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """What the ratio (or, without a baseline, the value) has to keep to."""

    limit: float
    at_least: bool = False
    unit: str = "×"

    def is_met(self, measured: float) -> bool:
        return measured >= self.limit if self.at_least else measured <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a value, what it is compared with, and the target of the comparison."""

    part: str
    what: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_what: str = ""
    target: Target | None = None
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        compared = self.ratio if self.ratio is not None and self.target.unit == "×" else self.value
        return self.target.is_met(compared)

    def as_json(self) -> dict[str, Any]:
        target = str(self.target) if self.target else None
        return {**asdict(self), "target": target, "ratio": self.ratio, "met": self.met}


def number(value: float | None) -> str:
    """Three significant digits, thousands apart: readable in a table."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


HEAD = ("measured", "value", "baseline", "ratio", "target", "")


def table(figures: list[Figure]) -> str:
    """One Markdown table; notes stand below, by number."""
    notes: list[str] = []
    rows: list[tuple[str, ...]] = []
    for figure in figures:
        mark = ""
        if figure.note:
            if figure.note not in notes:
                notes.append(figure.note)
            mark = f" [{notes.index(figure.note) + 1}]"
        baseline = f"{number(figure.baseline)} ({figure.baseline_what})" if figure.baseline is not None else "–"
        verdict = {True: "met", False: "missed", None: ""}[figure.met]
        rows.append(
            (
                f"{figure.part}: {figure.what}{mark}",
                f"{number(figure.value)} {figure.unit}",
                baseline,
                number(figure.ratio),
                str(figure.target or "–"),
                verdict,
            )
        )
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]

    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    ruler = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    below = [f"[{index}] {note}" for index, note in enumerate(notes, start=1)]
    return "\n".join([line(HEAD), ruler, *map(line, rows), *([""] if below else []), *below])


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
