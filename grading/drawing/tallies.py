"""Counts as pictures: bars in parts, one a row, and spans from a middle to a far value. Pure, no Django.

Every number is written beside its bar, and parts differ in hatching as well as in hue: nothing is said by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from grading.drawing.svg import ACCENT, NOTICE, begin, clean, text

LABEL: Final = 190
WIDTH: Final = 300
BESIDE: Final = 160
"""Room for numbers at the end of a bar; words take twice as much."""
ROW: Final = 26
PAINTS: Final = (
    f'fill="{ACCENT}"',
    f'fill="{NOTICE}" stroke="currentColor" stroke-dasharray="3 2"',
    'fill="none" stroke="currentColor" stroke-width="2"',
)
"""Of the parts of a bar, in their order."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A row: its label, and the count of each part, at most as many as there are PAINTS."""

    label: str
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A row: its label, the middle and the far value, and how both are written."""

    label: str
    middle: float
    far: float
    words: str


def tallies(rows: Sequence[Tally], *, parts: Sequence[str], title: str) -> str:
    """A bar a row, as long as its parts together; `parts` are their names. ValueError for more than have paints."""
    if len(parts) > len(PAINTS):
        raise ValueError(f"at most {len(PAINTS)} parts are told apart")
    most = max((sum(row.parts) for row in rows), default=0) or 1
    top = ROW
    drawn = [_legend(parts)]
    for row in rows:
        left = float(LABEL)
        drawn.append(_label(row.label, top))
        for count, paint in zip(row.parts, PAINTS, strict=False):
            if count:
                width = WIDTH * count / most
                drawn.append(f'<rect x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="16" {paint}/>')
                left += width
        drawn.append(
            text(left + 8, top + 16, " + ".join(f"{count:,}" for count in row.parts) if any(row.parts) else "0")
        )
        top += ROW
    told = "; ".join(
        f"{row.label}: " + ", ".join(f"{name} {count:,}" for name, count in zip(parts, row.parts, strict=False))
        for row in rows
    )
    return _picture(drawn, top, title, told, beside=BESIDE)


def spans(rows: Sequence[Span], *, title: str) -> str:
    """A bar a row to its middle value, with a whisker to the far one."""
    most = max((row.far for row in rows), default=0) or 1
    drawn, top = [], 0
    for row in rows:
        middle, far = (WIDTH * min(value, most) / most for value in (row.middle, row.far))
        drawn += [
            _label(row.label, top),
            f'<rect x="{LABEL}" y="{top + 4}" width="{middle:.1f}" height="16" {PAINTS[0]}/>',
            f'<path d="M{LABEL + middle:.1f} {top + 12}H{LABEL + far:.1f}m0 -6v12" stroke="currentColor" fill="none"/>',
            text(LABEL + far + 8, top + 16, row.words),
        ]
        top += ROW
    return _picture(drawn, top, title, "; ".join(f"{row.label}: {row.words}" for row in rows), beside=2 * BESIDE)


def _picture(drawn: Sequence[str], height: int, title: str, told: str, *, beside: int) -> str:
    return "".join([begin(0, 0, LABEL + WIDTH + beside, height + 4, title, told), *drawn, "</svg>"])


def _label(words: str, top: int) -> str:
    return (
        f'<text x="{LABEL - 8}" y="{top + 16}" text-anchor="end" font-size="12" fill="currentColor">'
        f"{escape(clean(words))}</text>"
    )


def _legend(parts: Sequence[str]) -> str:
    """The parts' names in a line, each after a square of its paint; as wide as the picture is, evenly."""
    step = (LABEL + WIDTH + BESIDE) // max(len(parts), 1)
    return "".join(
        f'<rect x="{place * step + 4}" y="6" width="12" height="12" {PAINTS[place]}/>'
        + text(place * step + 22, 16, name)
        for place, name in enumerate(parts)
    )
