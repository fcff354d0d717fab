"""What detectors suspect, as expected numbers of wrong cells by column and sub-indicator; no cell counts there twice.

Expected number of errors = sum of the confidences: a confidence is the share of such cells that are wrong, as measured,
so that ten suspicions of .7 stand for seven errors. A bound from which on a cell "is" an error would make a score jump
where the evidence hardly changes, and would take what is below it for right.

Where columns depend on each other, dissenting rows tell how many of their cells are wrong at least, though they may not
tell which (`dependencies_shares`). Where that is more than the suspicions make, it counts, and the difference is in
doubt.

Of cells that several suspicions point at within a sub-indicator the strongest counts alone: detectors look at the same
value and are wrong together. What the profile has counted in all rows of a file is not counted a second time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Final

import polars as pl

from grading.engine.profile import ColumnProfile, Study
from grading.engine.profile.kinds import BROKEN
from grading.engine.quality.detection.contradictions import related_columns
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.indicators import DIRTY, PRESENT, RELATED, Indicator, indicator_of
from grading.engine.quality.judged import Judged, judge_columns

#: What the profile itself counts in every row.
IRREGULAR: Final = "irregular"
BROKEN_TEXT: Final = "broken"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that some detectors suspect: its text, what the profile has already counted of it, and confidences."""

    row: int
    value: str
    counted: frozenset[str]
    missing: bool
    confidences: Mapping[Indicator, float]


@dataclass(frozen=True, slots=True)
class Charge:
    """Expected wrong cells of a whole column; `doubt`: the standard deviation that confidences leave; `seen` cells."""

    errors: float
    doubt: float
    seen: int


@dataclass(frozen=True)
class Evidence:
    """A study with what is suspected in the rows that it kept, by column; each stands for `scale` rows of the table.

    `related`: columns that others were found to decide, and those others, with the share of wrong cells that dissenting
    rows show there.
    """

    study: Study
    judged: Mapping[str, Judged]
    suspects: Mapping[str, Sequence[Suspect]]
    scale: float
    complete: bool
    related: Mapping[str, float]

    def charge(
        self, column: ColumnProfile, indicator: Indicator, *, certain: float = 0.0, counted: str | None = None
    ) -> Charge:
        """Expected errors of a column: the `certain` ones of the profile, and suspected cells not `counted` there."""
        alike: dict[str, list[float]] = defaultdict(list)
        for suspect in self.suspects.get(column.name, ()):
            confidence = _of(suspect, indicator)
            if confidence and not (counted in suspect.counted or suspect.missing):
                alike[suspect.value].append(confidence)
        errors = certain + self.scale * sum(map(sum, alike.values()))
        # Cells of one value are right or wrong together: their doubt adds up, that of different values does not.
        doubt = self.scale * sqrt(sum(sum(sqrt(p * (1 - p)) for p in group) ** 2 for group in alike.values()))
        cells = column.rows if indicator == PRESENT else column.values
        if indicator in (RELATED, DIRTY):
            unnamed = max(0.0, self.related.get(column.name, 0.0) * cells - errors)
            errors, doubt = errors + unnamed, hypot(doubt, unnamed / 2)
        seen = cells if self.complete else max(1, round(cells / self.scale))
        return Charge(min(errors, float(cells)), doubt, min(seen, cells))

    def counted(self, column: ColumnProfile, errors: float) -> Charge:
        """A charge that rests on what the profile counted in every row."""
        return Charge(min(errors, float(column.values)), 0.0, column.values)

    def suspected(self, column: ColumnProfile, indicator: Indicator) -> bool:
        """Whether any value of the column is."""
        return any(_of(suspect, indicator) and not suspect.missing for suspect in self.suspects.get(column.name, ()))


def weigh(sheet: Sheet, suspicions: Iterable[Suspicion]) -> Evidence:
    """The suspicions of a sheet by cell."""
    study = sheet.study
    by_column: dict[str, dict[int, dict[Indicator, float]]] = {}
    for item in suspicions:
        cell = by_column.setdefault(item.column, {}).setdefault(item.row, {})
        indicator = indicator_of(item.kind)
        cell[indicator] = max(cell.get(indicator, 0.0), item.confidence)
    judged = judge_columns(study)
    suspects = {name: _suspects(sheet, name, cells, judged[name]) for name, cells in by_column.items()}
    scale = 1.0 if sheet.complete or not sheet.cells.height else study.profile.rows / sheet.cells.height
    return Evidence(study, judged, suspects, scale, sheet.complete, related_columns(sheet))


def _of(suspect: Suspect, indicator: Indicator) -> float:
    """Dirty is what is wrong in whichever way; what is only missing is not."""
    if indicator != DIRTY:
        return suspect.confidences.get(indicator, 0.0)
    return max((found for of, found in suspect.confidences.items() if of != PRESENT), default=0.0)


def _suspects(sheet: Sheet, name: str, cells: Mapping[int, Mapping[Indicator, float]], judged: Judged) -> list[Suspect]:
    rows = pl.DataFrame({"row": list(cells)}, schema={"row": sheet.rows.dtype})
    held = rows.join(sheet.placed(name), on="row", how="left", maintain_order="left")
    classes = sheet.study.samples[name].cells.frame.select(
        pl.col("value").cast(pl.String, strict=False), "kind", pl.col("text").str.contains(BROKEN).alias("broken")
    )
    held = held.join(classes.unique("value", keep="first"), on="value", how="left", maintain_order="left")
    found = []
    for row, value, kind, broken in held.select("row", "value", "kind", "broken").iter_rows():
        counted = set()
        if kind is not None and judged.kinds and kind not in judged.kinds:
            counted.add(IRREGULAR)
        if broken:
            counted.add(BROKEN_TEXT)
        missing = value is None or kind == "placeholder"
        found.append(Suspect(row, value or "", frozenset(counted), missing, cells[row]))
    return found
