"""How the values of a column are distributed: a histogram on an axis, or bars of its most frequent values.

Below it stands how much of the column has a value. Whatever occurs is drawn at least one unit high or wide, so that
rare values are seen.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from grading.drawing.axes import Tick, instant, number, number_ticks, time_ticks
from grading.drawing.svg import ACCENT, NOTICE, begin, clean, text

WIDTH: Final = 460
LEFT: Final = 8
RIGHT: Final = 452
TOP: Final = 66
BASE: Final = 196
"""The plot: from LEFT to RIGHT, from TOP, where the highest bar ends, to BASE."""
MIDDLE: Final = 230.0
ROW: Final = 22
BAR_LEFT: Final = 180
BAR_WIDTH: Final = 170
LABEL_WIDTH: Final = 26
"""Of a value, in halves of a Chinese character."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Cells with low <= value < high: numbers, or seconds since 1970."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Share:
    """A value or a shape of values, and how many cells have it."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the picture in the reader's language; `highest` has a place for a number: %(count)s."""

    values: str
    placeholders: str
    missing: str
    others: str
    nothing: str
    highest: str


@dataclass(frozen=True, slots=True)
class Distribution:
    """What is drawn of a column. `cells` = missing + placeholders + values; `time`: the bins are instants.

    With `bins` a histogram; else bars of `top`, beside which `others` cells hold other values. `middle` holds the
    quartiles. `summary` stands below the title, `note` below the axis.
    """

    title: str
    summary: str
    words: Words
    cells: int
    missing: int = 0
    placeholders: int = 0
    bins: tuple[Bin, ...] = ()
    time: bool = False
    middle: tuple[float, float, float] | None = None
    top: tuple[Share, ...] = ()
    others: int = 0
    note: str = ""

    @property
    def values(self) -> int:
        """Cells with a value."""
        return max(0, self.cells - self.missing - self.placeholders)


def distribution(found: Distribution) -> str:
    """The picture with its labels, as inline SVG."""
    if found.values and found.bins:
        body, bottom = _histogram(found), BASE + 46
    elif found.values and found.top:
        body, bottom = _values(found), TOP - 20 + ROW * (len(found.top) + bool(found.others))
    else:
        body, bottom = [text(WIDTH / 2, TOP + 20, found.words.nothing, anchor="middle")], TOP + 40
    head = [
        begin(0, 0, WIDTH, bottom + 44, found.title, _told(found)),
        text(LEFT, 20, shortened(found.title, 56), size=14, weight="bold"),
        text(LEFT, 38, found.summary),
    ]
    return "".join([*head, *body, *_strip(found, bottom + 8), "</svg>"])


def sparkline(found: Distribution) -> str:
    """The bars alone, 160 × 32, for a cell of a table."""
    counts = [item.count for item in found.bins or found.top]
    parts = [begin(0, 0, 160, 32, found.title, _told(found))]
    if found.values and counts:
        width = 160 / max(len(counts), 8)
        path = "".join(
            f"M{place * width:g} 32V{32 - _tall(count, max(counts), 30):g}h{width - 1:g}V32z"
            for place, count in enumerate(counts)
            if count
        )
        parts.append(f'<path d="{path}" fill="{ACCENT}"/>')
    parts.append('<path d="M0 31.5H160" stroke="currentColor" stroke-opacity="0.4"/></svg>')
    return "".join(parts)


def shortened(words: str, limit: int) -> str:
    """The words on one line, at most `limit` halves of a Chinese character wide."""
    words = " ".join(clean(words).split())
    width = 0
    for place, sign in enumerate(words):
        width += 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        if width > limit:
            return f"{words[: max(0, place - 1)]}…"
    return words


def _histogram(found: Distribution) -> list[str]:
    low, high = found.bins[0].low, found.bins[-1].high
    most = max(item.count for item in found.bins)
    parts = [text(LEFT, TOP - 8, found.words.highest % {"count": f"{most:,}"}, size=10)]
    for item in found.bins:
        left, right = (
            (_across(low, high, item.low), _across(low, high, item.high)) if low < high else (MIDDLE - 40, MIDDLE + 40)
        )
        tall = _tall(item.count, most, BASE - TOP)
        parts.append(
            f'<rect x="{left:.1f}" y="{BASE - tall:.1f}" width="{max(0.5, right - left - 1):.1f}" height="{tall:.1f}" '
            f'fill="{ACCENT}"><title>{escape(_span(found, item))}</title></rect>'
        )
    parts.append(f'<path d="M{LEFT} {BASE}H{RIGHT}" stroke="currentColor"/>')
    parts += [_tick(low, high, tick) for tick in _ticks(found, low, high)]
    if found.middle is not None and low < high:
        first, median, third = (_across(low, high, place) for place in found.middle)
        parts.append(
            f'<path d="M{first:.1f} {BASE + 28}H{third:.1f}" stroke="{ACCENT}" stroke-width="4"/>'
            f'<circle cx="{median:.1f}" cy="{BASE + 28}" r="4" fill="currentColor"/>'
        )
    parts.append(text(LEFT, BASE + 46, found.note, size=11))
    return parts


def _ticks(found: Distribution, low: float, high: float) -> list[Tick]:
    if low >= high:
        return [(low, instant(low) if found.time else number(low))]
    return time_ticks(low, high) if found.time else number_ticks(low, high)


def _tick(low: float, high: float, tick: Tick) -> str:
    place, label = tick
    across = _across(low, high, place)
    half = 3.2 * len(label)
    anchor = "start" if across - half < 0 else "end" if across + half > WIDTH else "middle"
    shown = {"start": LEFT, "end": RIGHT}.get(anchor, across)
    mark = f'<path d="M{across:.1f} {BASE}v4" stroke="currentColor"/>'
    return mark + text(round(shown, 1), BASE + 17, label, anchor=anchor, size=11)


def _values(found: Distribution) -> list[str]:
    most = max(item.count for item in found.top)
    parts = []
    for place, item in enumerate(found.top):
        top = TOP - 14 + ROW * place
        wide = _tall(item.count, most, BAR_WIDTH)
        parts += [
            text(BAR_LEFT - 8, top + 13, shortened(item.label, LABEL_WIDTH), anchor="end"),
            f'<rect x="{BAR_LEFT}" y="{top}" width="{wide:.1f}" height="16" fill="{ACCENT}"/>',
            text(round(BAR_LEFT + wide + 6, 1), top + 13, _counted(item.count, found.values)),
        ]
    if found.others:
        line = f"{found.words.others}: {_counted(found.others, found.values)}"
        parts.append(text(BAR_LEFT, TOP - 1 + ROW * len(found.top), line))
    return parts


def _strip(found: Distribution, top: int) -> list[str]:
    """How many cells have a value, hold a placeholder, or nothing."""
    parts = []
    left = float(LEFT)
    shares = (
        (found.values, found.words.values, f'fill="{ACCENT}"'),
        (found.placeholders, found.words.placeholders, f'fill="{NOTICE}"'),
        (found.missing, found.words.missing, 'fill="none" stroke="currentColor"'),
    )
    told = []
    for count, name, paint in shares:
        if count:
            wide = max(1.0, (RIGHT - LEFT) * count / found.cells)
            parts.append(f'<rect x="{left:.1f}" y="{top}" width="{min(wide, RIGHT - left):.1f}" height="8" {paint}/>')
            left = min(left + wide, RIGHT - 1.0)
            told.append(f"{name} {_counted(count, found.cells)}")
    return [*parts, text(LEFT, top + 24, " · ".join(told), size=11)]


def _told(found: Distribution) -> str:
    """What a screen reader says instead of the picture."""
    said = [found.summary]
    if found.values:
        said += [_span(found, item) for item in found.bins]
        if not found.bins:
            said += [f"{shortened(item.label, 80)}: {item.count:,}" for item in found.top]
    if found.others and found.top and not found.bins:
        said.append(f"{found.words.others}: {found.others:,}")
    said += [
        f"{name}: {count:,}"
        for name, count in ((found.words.placeholders, found.placeholders), (found.words.missing, found.missing))
        if count
    ]
    return "; ".join(said if found.values else [*said, found.words.nothing])


def _span(found: Distribution, item: Bin) -> str:
    worded = instant if found.time else number
    ends = dict.fromkeys((worded(item.low), worded(item.high)))
    return f"{' – '.join(ends)}: {item.count:,}"


def _across(low: float, high: float, place: float) -> float:
    """Where a place of the axis lies in the picture."""
    if low >= high:
        return MIDDLE
    return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, place / (high - low) - low / (high - low)))


def _tall(count: int, most: int, room: float) -> float:
    return max(1.0, room * count / most) if count > 0 else 0.0


def _counted(count: int, whole: int) -> str:
    return f"{count:,} ({100 * count / whole:.1f}%)" if whole else f"{count:,}"
