"""Quality as pictures: a radar of the dimensions and bars with their intervals.

What was not assessed is never drawn as zero: its axis stays empty and is labelled with a dash.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from grading.drawing.svg import ACCENT, begin

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

    @property
    def text(self) -> str:
        """The score as it is written beside the label."""
        return MISSING if self.value is None else f"{self.value:.0f}"


def radar(marks: Sequence[Mark], *, title: str) -> str:
    """A radar chart, the first mark at the top, clockwise. Needs at least three marks (ValueError)."""
    if len(marks) < 3:
        raise ValueError("a radar needs at least three dimensions")
    parts = [begin(-230, -150, 460, 300, title, _told(marks))]
    for ring in RINGS:
        corners = " ".join(_point(place, len(marks), ring) for place in range(len(marks)))
        parts.append(f'<polygon points="{corners}" fill="none" stroke="currentColor" stroke-opacity="0.2"/>')
    for place, mark in enumerate(marks):
        x, y = _place(place, len(marks), 100)
        parts.append(f'<line x1="0" y1="0" x2="{x:.1f}" y2="{y:.1f}" stroke="currentColor" stroke-opacity="0.2"/>')
        parts.append(_label(mark, *_place(place, len(marks), 114)))
    drawn = [(place, min(max(mark.value, 0), 100)) for place, mark in enumerate(marks) if mark.value is not None]
    outline = " ".join(_point(place, len(marks), value) for place, value in drawn)
    if len(drawn) >= 2:
        parts.append(
            f'<polygon points="{outline}" fill="{ACCENT}" fill-opacity="0.3" stroke="{ACCENT}" stroke-width="2"/>'
        )
    for place, value in drawn:
        x, y = _place(place, len(marks), value)
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{ACCENT}"/>')
    return "".join([*parts, "</svg>"])


def bars(marks: Sequence[Mark], *, title: str) -> str:
    """One horizontal bar a mark, with a whisker for its interval where it has one."""
    height = 24 * len(marks) + 8
    parts = [begin(0, 0, 460, height, title, _told(marks))]
    for row, mark in enumerate(marks):
        top = 24 * row + 4
        middle = top + 9
        parts.append(
            f'<text x="172" y="{middle + 4}" text-anchor="end" font-size="12" fill="currentColor">'
            f"{escape(mark.label)}</text>"
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
        parts.append(f'<text x="428" y="{middle + 4}" font-size="12" fill="currentColor">{mark.text}</text>')
    return "".join([*parts, "</svg>"])


def _told(marks: Sequence[Mark]) -> str:
    """What a screen reader says instead of the picture."""
    return "; ".join(f"{mark.label}: {mark.text}" for mark in marks)


def _place(place: int, count: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * place / count - math.pi / 2
    return RADIUS * share / 100 * math.cos(angle), RADIUS * share / 100 * math.sin(angle)


def _point(place: int, count: int, share: float) -> str:
    x, y = _place(place, count, share)
    return f"{x:.1f},{y:.1f}"


def _label(mark: Mark, x: float, y: float) -> str:
    anchor = "middle" if abs(x) < 1 else "start" if x > 0 else "end"
    return (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}" font-size="12" fill="currentColor">'
        f"{escape(mark.label)} {mark.text}</text>"
    )


def _width(value: float) -> float:
    return 2.4 * min(max(value, 0), 100)
