"""Findings of a study: what is wrong, where first, how often, how sure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from grading.engine.profile import ColumnProfile, Study, ValueCount
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.measures import DECLARED_TYPES, cells_outside
from grading.engine.quality.model import ROWS_KEPT, Finding, Measure, Metadata

FINDINGS_OF_KIND = 200
#: Characters of a value that a finding shows.
DISPLAYED = 120
#: Findings about the file's form come from the reader under the same kind.
CERTAIN = 1.0


def find_all(
    study: Study,
    measures: tuple[Measure, ...],
    metadata: Metadata,
    today: date,
    sheet: Sheet,
    suspicions: Iterable[Suspicion],
) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """(at most FINDINGS_OF_KIND findings of each kind, concerned cells or rows by kind)."""
    kept: list[Finding] = []
    numbers: dict[str, int] = {}

    def keep(finding: Finding) -> None:
        numbers[finding.kind] = numbers.get(finding.kind, 0) + 1
        if numbers[finding.kind] <= FINDINGS_OF_KIND:
            kept.append(finding)

    counted = list(_findings(study, measures, metadata, today))
    suspected = sorted(suspected_values(sheet, suspicions), key=lambda item: (-item.confidence, -item.count))
    told = {_value(item): item for item in suspected}
    # Of a value that both speak of: where all rows are there, the detectors name every cell; else the profile has
    # counted in more rows than they saw.
    for finding in counted:
        other = told.get(_value(finding))
        if other is None:
            keep(finding)
        elif not sheet.complete:
            keep(replace(finding, confidence=other.confidence))
    totals = _totals(study, counted)
    # What the profile counted of a column is all that there is of it.
    known = {(finding.column, finding.kind) for finding in counted}
    doubled = set() if sheet.complete else {_value(finding) for finding in counted}
    for finding in suspected:
        if _value(finding) in doubled:
            continue
        if (finding.column, finding.kind) not in known:
            totals[finding.kind] = totals.get(finding.kind, 0) + finding.count
        keep(finding)
    return tuple(kept), dict(sorted(totals.items()))


def _value(finding: Finding) -> tuple[str | None, str, str | None]:
    """What two findings about the same value of a column have in common; white space around it aside."""
    value = finding.params.get("value")
    return finding.column, finding.kind, value.strip() if isinstance(value, str) else None


def suspected_values(sheet: Sheet, suspicions: Iterable[Suspicion]) -> list[Finding]:
    """One finding for all cells of a column that hold the same value and are suspected of the same.

    White space around a value is no other value. The confidence is the mean of theirs, the evidence that
    of the surest. Of a sample of rows, `count` stands for all.
    """
    alike: dict[tuple[str, str, str], list[Suspicion]] = {}
    by_column: dict[str, list[Suspicion]] = {}
    for item in suspicions:
        by_column.setdefault(item.column, []).append(item)
    for column, items in by_column.items():
        values = dict(sheet.placed(column).iter_rows())
        for item in items:
            alike.setdefault((column, item.kind, (values.get(item.row) or "").strip()), []).append(item)
    scale = 1.0 if sheet.complete or not sheet.cells.height else sheet.study.profile.rows / sheet.cells.height
    return [_suspected(value, items, scale) for (_column, _kind, value), items in alike.items()]


def _suspected(value: str, items: list[Suspicion], scale: float) -> Finding:
    surest = max(items, key=lambda item: (item.confidence, -item.row))
    rows = tuple(sorted(item.row for item in items))
    count = max(1, round(scale * len(items)))
    params = {"value": value[:DISPLAYED], **surest.params}
    confidence = round(sum(item.confidence for item in items) / len(items), 2)
    return Finding(
        rows[0], surest.column, surest.kind, confidence, surest.kind, params, count, rows[:ROWS_KEPT], scale != 1.0
    )


def _totals(study: Study, counted: list[Finding]) -> dict[str, int]:
    columns = study.profile.columns
    exact = {
        "missing_values": sum(column.nulls for column in columns),
        "placeholder": sum(column.placeholders for column in columns),
        "type_mismatch": sum(column.nonconforming for column in columns),
        "inconsistent_spelling": sum(column.variants for column in columns),
        "broken_text": sum(column.broken_text for column in columns),
        "spreadsheet_formula": sum(column.formulas for column in columns),
        "numeric_outlier": sum(column.outliers.value for column in columns if column.outliers),
    }
    totals = {kind: count for kind, count in exact.items() if count}
    for finding in counted:
        if finding.kind not in exact:
            totals[finding.kind] = totals.get(finding.kind, 0) + finding.count
    return totals


def _findings(study: Study, measures: tuple[Measure, ...], metadata: Metadata, today: date) -> Iterator[Finding]:
    profile = study.profile
    for form in profile.reader_findings:
        params = {"count": form.count, **form.params}
        row = form.rows[0] if form.rows else None
        column = str(form.params["name"]) if "name" in form.params else None
        yield Finding(row, column, form.kind, CERTAIN, form.kind, params, form.count)
    if profile.duplicate_rows.value:
        first = profile.duplicate_examples[0] if profile.duplicate_examples else None
        count = profile.duplicate_rows.value
        yield Finding(first, None, "duplicate_rows", 0.9, "duplicate_rows", {"count": count}, count)
    if profile.empty_rows:
        yield Finding(None, None, "empty_row", CERTAIN, "empty_row", {"count": profile.empty_rows}, profile.empty_rows)
    for column_profile in profile.columns:
        yield from _of_column(column_profile)
    for measure in measures:
        count = round(measure.examined - measure.satisfied)
        if measure.metric == "declared_type" and count and measure.column:
            declared = (metadata.declared_columns or {})[measure.column].strip().lower()
            yield Finding(
                None,
                measure.column,
                "declared_type_mismatch",
                CERTAIN,
                "declared_type_mismatch",
                {"type": DECLARED_TYPES[declared], "count": count},
                count,
            )
        if measure.metric == "declared_period" and count:
            yield Finding(None, measure.column, "outside_period", 0.8, "outside_period", {"count": count}, count)
        if measure.metric == "implied_key" and count and measure.column:
            yield _repeated(study, measure.column, count)
    yield from _future_dates(study, today)


def _of_column(column: ColumnProfile) -> Iterator[Finding]:
    if column.nulls:
        params = {"count": column.nulls, "rows": column.rows, "row": column.null_row or 0}
        yield Finding(column.null_row, column.name, "missing_values", CERTAIN, "missing_values", params, column.nulls)
    for example in column.placeholder_values:
        yield _about(column, "placeholder", 0.9, example)
    for example in column.exceptions:
        # The rarer the exceptions, the surer that they are errors.
        confidence = round(max(0.3, 1.0 - 3.0 * column.nonconforming / column.values), 2)
        yield _about(column, "type_mismatch", confidence, example, type=column.inferred_type)
    for example in column.variant_examples:
        yield _about(column, "inconsistent_spelling", 0.6, example)
    for example in column.broken_examples:
        yield _about(column, "broken_text", 0.95, example)
    for example in column.formula_examples:
        yield _about(column, "spreadsheet_formula", 0.5, example)
    if column.numbers is not None:
        for example in column.outlier_examples:
            yield _about(column, "numeric_outlier", 0.3, example, q1=column.numbers.q1, q3=column.numbers.q3)


def _repeated(study: Study, column: str, count: int) -> Finding:
    """A key that repeats; the place is the first of a value that stands there more than once."""
    found = study.samples[column].frame.filter((pl.col("count") > 1) & (pl.col("kind") != "placeholder"))
    row = found.get_column("row").min() if found.height else None
    place = row if isinstance(row, int) else None
    return Finding(place, column, "repeated_key", 0.6, "repeated_key", {"count": count}, count)


def _about(column: ColumnProfile, kind: str, confidence: float, example: ValueCount, **more: str | float) -> Finding:
    params: dict[str, str | int | float] = {"value": example.value, "count": example.count, **more}
    return Finding(example.row, column.name, kind, confidence, kind, params, example.count)


def _future_dates(study: Study, today: date) -> Iterator[Finding]:
    """Weak evidence: many tables plan ahead, so that only a small share of future dates is suspicious."""
    for column in study.profile.columns:
        if column.inferred_type not in ("date", "datetime") or not column.conforming:
            continue
        count = cells_outside(column, study.samples[column.name], None, today)
        if 0 < count <= 0.05 * column.conforming:
            yield Finding(None, column.name, "future_date", 0.4, "future_date", {"count": count}, count)
