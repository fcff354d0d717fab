"""Quality as pictures: a radar of the dimensions with the band of their intervals, and bars with the same.

What was not assessed is never drawn as zero: its axis is dashed and empty, and its label says so; outline and band stop
before it instead of cutting across.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from grading.drawing.svg import ACCENT, begin, clean

RINGS: Final = (25, 50, 75, 100)
RADIUS: Final = 100.0
MISSING: Final = "–"


@dataclass(frozen=True, slots=True)
class Mark:
    """One dimension: its label, score and interval from 0 to 100; `value` is None where it was not assessed."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None

    def text(self, missing: str = MISSING) -> str:
        """The score as it is written beside the label; `missing` where there is none."""
        return missing if self.value is None else f"{self.value:.0f}"


def radar(marks: Sequence[Mark], *, title: str, missing: str = MISSING) -> str:
    """A radar chart, the first mark at the top, clockwise; `missing` says of a mark that it was not assessed.

    The lighter band reaches from the lower to the upper ends of the intervals. Needs at least three marks (ValueError).
    """
    if len(marks) < 3:
        raise ValueError("a radar needs at least three dimensions")
    parts = [begin(-230, -150, 460, 300, title, _told(marks, missing))]
    for ring in RINGS:
        corners = " ".join(_point(place, len(marks), ring) for place in range(len(marks)))
        parts.append(f'<polygon points="{corners}" fill="none" stroke="currentColor" stroke-opacity="0.2"/>')
    for place, mark in enumerate(marks):
        x, y = _place(place, len(marks), 100)
        dashed = ' stroke-dasharray="2 4"' if mark.value is None else ""
        parts.append(
            f'<line x1="0" y1="0" x2="{x:.1f}" y2="{y:.1f}" stroke="currentColor" stroke-opacity="0.2"{dashed}/>'
        )
        parts.append(_label(mark, missing, *_place(place, len(marks), 114)))
    parts += [f'<path d="{band}" fill="{ACCENT}" fill-opacity="0.2"/>' for band in _bands(marks)]
    parts += _outline(marks)
    for place, value in _drawn(marks):
        x, y = _place(place, len(marks), value)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ACCENT}"/>')
    return "".join([*parts, "</svg>"])


def _drawn(marks: Sequence[Mark]) -> list[tuple[int, float]]:
    """Place and score of what was assessed."""
    return [(place, _within(mark.value)) for place, mark in enumerate(marks) if mark.value is not None]


def _neighbours(marks: Sequence[Mark]) -> list[tuple[int, int]]:
    """Axes side by side that both were assessed."""
    pairs = [(place, (place + 1) % len(marks)) for place in range(len(marks))]
    return [(one, other) for one, other in pairs if marks[one].value is not None and marks[other].value is not None]


def _outline(marks: Sequence[Mark]) -> list[str]:
    count, scores, pairs = len(marks), dict(_drawn(marks)), _neighbours(marks)
    paint = f'stroke="{ACCENT}" stroke-width="2"'
    if len(pairs) == count:
        outline = " ".join(_point(place, count, value) for place, value in scores.items())
        return [f'<polygon points="{outline}" fill="{ACCENT}" fill-opacity="0.15" {paint}/>']
    ends = [f"M{_point(one, count, scores[one])}L{_point(other, count, scores[other])}" for one, other in pairs]
    return [f'<path d="{"".join(ends)}" fill="none" {paint}/>'] if ends else []


def _bands(marks: Sequence[Mark]) -> list[str]:
    """Between neighbours the quadrilateral from their lower to their upper ends."""
    count, bands = len(marks), []
    for one, other in _neighbours(marks):
        ends = marks[one].low, marks[one].high, marks[other].high, marks[other].low
        if None not in ends:
            corners = [_point(at, count, _within(end)) for at, end in zip((one, one, other, other), ends, strict=True)]
            bands.append(f"M{'L'.join(corners)}Z")
    return bands


def bars(marks: Sequence[Mark], *, title: str, missing: str = MISSING) -> str:
    """One horizontal bar a mark, with a whisker for its interval where it has one."""
    height = 24 * len(marks) + 8
    parts = [begin(0, 0, 460, height, title, _told(marks, missing))]
    for row, mark in enumerate(marks):
        top = 24 * row + 4
        middle = top + 9
        parts.append(
            f'<text x="172" y="{middle + 4}" text-anchor="end" font-size="12" fill="currentColor">'
            f"{escape(clean(mark.label))}</text>"
            f'<rect x="180" y="{top}" width="240" height="18" fill="currentColor" fill-opacity="0.08"/>'
        )
        if mark.value is not None:
            parts.append(f'<rect x="180" y="{top}" width="{_width(mark.value):.1f}" height="18" fill="{ACCENT}"/>')
        if mark.low is not None and mark.high is not None:
            left, right = 180 + _width(mark.low), 180 + _width(mark.high)
            parts.append(
                f'<path d="M{left:.1f} {top + 4}v10M{left:.1f} {middle}H{right:.1f}M{right:.1f} {top + 4}v10" '
                'stroke="currentColor" fill="none"/>'
            )
        parts.append(f'<text x="428" y="{middle + 4}" font-size="12" fill="currentColor">{mark.text()}</text>')
    return "".join([*parts, "</svg>"])


def _told(marks: Sequence[Mark], missing: str) -> str:
    """What a screen reader says instead of the picture."""
    return "; ".join(
        f"{mark.label}: {mark.text(missing)}"
        + ("" if mark.value is None or mark.low is None or mark.high is None else f" ({mark.low:.0f}–{mark.high:.0f})")
        for mark in marks
    )


def _place(place: int, count: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * place / count - math.pi / 2
    return RADIUS * share / 100 * math.cos(angle), RADIUS * share / 100 * math.sin(angle)


def _point(place: int, count: int, share: float) -> str:
    x, y = _place(place, count, share)
    return f"{x:.1f},{y:.1f}"


def _label(mark: Mark, missing: str, x: float, y: float) -> str:
    anchor = "middle" if abs(x) < 1 else "start" if x > 0 else "end"
    name, score = escape(clean(mark.label)), escape(clean(mark.text(missing)))
    # beside the chart there is room for a word, not for a line
    lines = f"{name} {score}" if anchor == "middle" else f'{name}<tspan x="{x:.1f}" dy="14">{score}</tspan>'
    return f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}" font-size="12" fill="currentColor">{lines}</text>'


def _width(value: float) -> float:
    return 2.4 * _within(value)


def _within(value: float | None) -> float:
    return min(max(value or 0.0, 0), 100)
