"""Pictures of a report as SVG: which intents are taken for which, and how honest the confidence is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from evaluation.measures import Answers, Bin

_STYLE = "font-family:system-ui,sans-serif;font-size:11px"


def confusion_matrix(answers: Answers) -> str:
    """Rows: what the customer wanted; columns: what was answered. Shares of the row; the diagonal is right."""
    intents = sorted({right[0] for right in answers.right} | set(answers.first))
    at = {intent: place for place, intent in enumerate(intents)}
    counts = [[0] * len(intents) for _ in intents]
    for right, first in zip(answers.right, answers.first, strict=True):
        counts[at[first if first in right else right[0]]][at[first]] += 1
    cell, edge = 16, 190
    size = edge + cell * len(intents) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" style="{_STYLE};background:#fff">'
    ]
    for place, intent in enumerate(intents):
        middle = edge + cell * place + cell // 2 + 4
        parts.append(f'<text x="{edge - 6}" y="{middle}" text-anchor="end">{escape(intent)}</text>')
        parts.append(f'<text transform="translate({middle},{edge - 6}) rotate(-90)">{escape(intent)}</text>')
        total = sum(counts[place]) or 1
        for column, count in enumerate(counts[place]):
            if count:
                colour = "30,110,60" if column == place else "190,40,30"
                place_of = f'x="{edge + cell * column}" y="{edge + cell * place}"'
                fill = f"rgba({colour},{0.12 + 0.88 * count / total:.2f})"
                title = f"<title>{escape(intent)} → {escape(intents[column])}: {count}</title>"
                square = f'width="{cell - 1}" height="{cell - 1}"'
                parts.append(f'<rect {place_of} {square} fill="{fill}">{title}</rect>')
    return "\n".join([*parts, "</svg>\n"])


def calibration_picture(bins: Sequence[Bin]) -> str:
    """Confidence against the share of right answers; on the line they are the same. Larger dots: more messages."""
    side, edge = 320, 46
    total = sum(one.count for one in bins) or 1

    def x(share: float) -> float:
        return edge + share * side

    def y(share: float) -> float:
        return 10 + (1 - share) * side

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{edge + side + 20}" height="{side + 60}" '
        f'style="{_STYLE};background:#fff">',
        f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#888" stroke-dasharray="4"/>',
        f'<path d="M{x(0)} {y(1)}V{y(0)}H{x(1)}" stroke="#333" fill="none"/>',
    ]
    for tick in range(0, 11, 2):
        share = tick / 10
        parts.append(f'<text x="{x(share)}" y="{y(0) + 16}" text-anchor="middle">{share:.1f}</text>')
        parts.append(f'<text x="{edge - 6}" y="{y(share) + 4}" text-anchor="end">{share:.1f}</text>')
    points = " ".join(f"{x(one.confidence):.1f},{y(one.right):.1f}" for one in bins)
    parts.append(f'<polyline points="{points}" fill="none" stroke="#1e6e3c"/>')
    for one in bins:
        radius = 3 + 10 * (one.count / total) ** 0.5
        parts.append(
            f'<circle cx="{x(one.confidence):.1f}" cy="{y(one.right):.1f}" r="{radius:.1f}" fill="rgba(30,110,60,.6)">'
            f"<title>{one.count} messages: confidence {one.confidence:.2f}, right {one.right:.2f}</title></circle>"
        )
    parts.append(f'<text x="{x(0.5)}" y="{y(0) + 34}" text-anchor="middle">confidence</text>')
    parts.append(f'<text transform="translate(12,{y(0.5)}) rotate(-90)" text-anchor="middle">right answers</text>')
    return "\n".join([*parts, "</svg>\n"])
