"""Quality column by column: how many cells have a value, and how many values are as they should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grading.drawing.distribution import shortened
from grading.drawing.svg import ACCENT, NOTICE, begin, text

WIDTH: Final = 460
HEAD: Final = 46
ROW: Final = 30
LEFT: Final = 170
ROOM: Final = 220
LABEL_WIDTH: Final = 24
"""Of a column's name, in halves of a Chinese character."""


@dataclass(frozen=True, slots=True)
class ColumnMark:
    """A column: shares from 0 to 1, None where that was not assessed."""

    label: str
    complete: float | None
    conforming: float | None


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """Words of the picture in the reader's language; `more` is what is said of columns that are not drawn."""

    complete: str
    conforming: str
    missing: str
    more: str = ""


def columns(marks: Sequence[ColumnMark], *, title: str, words: ColumnWords) -> str:
    """Two bars a column, completeness above conformity; a dashed line where one was not assessed."""
    bottom = HEAD + ROW * len(marks)
    told = "; ".join(
        f"{mark.label}: {words.complete} {percent(mark.complete, words.missing)}, "
        f"{words.conforming} {percent(mark.conforming, words.missing)}"
        for mark in marks
    )
    parts = [
        begin(0, 0, WIDTH, bottom + (24 if words.more else 8), title, "; ".join(filter(None, (told, words.more)))),
        _sample(8, ACCENT, words.complete),
        _sample(WIDTH // 2, NOTICE, words.conforming),
    ]
    for place, mark in enumerate(marks):
        top = HEAD + ROW * place
        parts.append(text(LEFT - 8, top + 13, shortened(mark.label, LABEL_WIDTH), anchor="end"))
        parts += _bar(top, mark.complete, ACCENT, words.missing)
        parts += _bar(top + 11, mark.conforming, NOTICE, words.missing)
    if words.more:
        parts.append(text(LEFT, bottom + 14, words.more, size=11))
    return "".join([*parts, "</svg>"])


def percent(share: float | None, missing: str) -> str:
    """A percentage that says neither 0 nor 100 of what is not quite that."""
    if share is None:
        return missing
    if share in (0, 1):
        return f"{share:.0%}"
    return f"{min(max(100 * share, 0.1), 99.9):.1f}%"


def _bar(top: int, share: float | None, colour: str, missing: str) -> list[str]:
    words = text(LEFT + ROOM + 6, top + 8, percent(share, missing), size=10)
    if share is None:
        line = f'<path d="M{LEFT} {top + 4}h{ROOM}" stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="2 4"/>'
        return [line, words]
    wide = ROOM * min(max(share, 0.0), 1.0)
    return [
        f'<rect x="{LEFT}" y="{top}" width="{ROOM}" height="9" fill="currentColor" fill-opacity="0.08"/>',
        f'<rect x="{LEFT}" y="{top}" width="{wide:.1f}" height="9" fill="{colour}"/>',
        words,
    ]


def _sample(left: int, colour: str, words: str) -> str:
    return f'<rect x="{left}" y="12" width="16" height="9" fill="{colour}"/>{text(left + 24, 20, words)}'
