"""Personal values taken out of results, so that they can be stored and shown to reviewers.

In columns found to be personal every value shown is replaced by its shape (`李娜` -> `文文`), extremes, quartiles and
histograms are left out, periods are given in years; counts stay. Ages keep their figures: they name nobody.

No detector is complete. So in a table about persons the other columns, remarks among them, show only values that at
least COMMON cells share, and nested values, into which no detector looks, are shapes in every table.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from grading.engine.profile import ColumnProfile, PeriodSummary, Profile, ValueCount
from grading.engine.quality import ROWS_KEPT, Assessment, Finding
from grading.engine.sensitivity import ColumnVerdict

#: Cells that share a value which may be shown beside personal columns: what fewer have can single somebody out.
COMMON = 5
#: Texts among a finding's parameters that are no values of cells: codes, names of columns, and what is declared.
CODES = frozenset({"type", "encoding", "name", "header", "column", "columns", "key", "pattern", "format", "limit"})
#: Texts among them that tell the cell's own value, or what follows from it alone: as many cells have them.
OF_VALUE: Final = frozenset({"value", "part", "form", "repaired", "meant"})
#: Texts of other cells, each with the parameters that say of how many.
OF_OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "expected": ("expected_count", "most"), "word": ("count",), "ruling": ("most",),
}  # fmt: skip
#: Kinds whose value stands in another column than they are about: how many cells have it is not known.
ELSEWHERE: Final = frozenset({"value_elsewhere"})


def value_shape(value: str) -> str:
    """Letters, digits and Chinese characters replaced by their class, at most 32 characters."""
    return "".join(map(_sign, value[:32]))


def redact_profile(profile: Profile, verdicts: tuple[ColumnVerdict, ...]) -> Profile:
    """The profile without values of personal columns, and without rare values beside them."""
    personal = _personal(verdicts)

    def shown(column: ColumnProfile) -> ColumnProfile:
        if column.name in personal:
            return _redacted(column)
        if column.inferred_type == "structure":
            return _shaped(column, least=None)
        return _shaped(column, least=COMMON) if personal else column

    return replace(profile, columns=tuple(map(shown, profile.columns)))


def redact_assessment(assessment: Assessment, profile: Profile, verdicts: tuple[ColumnVerdict, ...]) -> Assessment:
    """The assessment with the same values taken out of its findings; outliers of personal columns are left out.

    Findings that say the same after that are one, with their counts added.
    """
    personal = _personal(verdicts)
    nested = {column.name for column in profile.columns if column.inferred_type == "structure"}
    merged: dict[tuple[object, ...], Finding] = {}
    for item in assessment.findings:
        if item.column in personal and item.kind == "numeric_outlier":
            continue
        spoken_of = {item.column, *(value for value in item.params.values() if isinstance(value, str))}
        if spoken_of & (personal | nested):
            item = _redacted_finding(item)
        elif personal:
            # Of a sample, `count` is an estimate: only the cells that were seen are known to hold the value.
            seen = min(item.count, len(item.rows)) if item.estimated else item.count
            item = replace(item, params=beside_personal(item.kind, item.params, seen))
        key = (item.kind, item.evidence_code, item.column, item.params.get("value", item.row))
        merged[key] = _together(merged[key], item) if key in merged else item
    return replace(assessment, findings=tuple(merged.values()))


def beside_personal(kind: str, params: Mapping[str, str | int | float], seen: int) -> dict[str, str | int | float]:
    """The parameters of a finding in a table about persons, with shapes of what fewer than COMMON cells hold.

    `seen` cells hold the finding's value. A value of other cells is shown where the finding says that enough hold it.
    """
    if kind == "placeholder":
        return dict(params)

    def holders(name: str) -> float:
        if name in OF_VALUE:
            return 0 if kind in ELSEWHERE else seen
        return max((float(params.get(said, 0)) for said in OF_OTHERS.get(name, ())), default=0)

    return {name: value if holders(name) >= COMMON else shown(name, value) for name, value in params.items()}


def _together(one: Finding, other: Finding) -> Finding:
    count = one.count + other.count
    rows = [row for row in (one.row, other.row) if row is not None]
    params = {**one.params, "count": count} if "count" in one.params else one.params
    places = tuple(sorted({*one.rows, *other.rows}))[:ROWS_KEPT]
    return replace(one, count=count, row=min(rows, default=None), params=params, rows=places)


def _personal(verdicts: tuple[ColumnVerdict, ...]) -> frozenset[str]:
    return frozenset(verdict.column for verdict in verdicts if verdict.personal and verdict.sensitive_type != "age")


def _sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind[0] == "N":
        return "9"
    if kind[0] not in "LM":
        return sign
    if "\u3400" <= sign <= "\u9fff" or "\uf900" <= sign <= "\ufaff" or sign >= "\U00020000":
        return "文"
    return "A" if sign.isupper() else "a"


def _redacted(column: ColumnProfile) -> ColumnProfile:
    return replace(
        _shaped(column, least=None),
        numbers=None,
        outliers=None,
        outlier_examples=(),
        histogram=(),
        period=_years(column.period),
    )


def _shaped(column: ColumnProfile, *, least: int | None) -> ColumnProfile:
    """Values held by fewer than `least` cells (None: all) as shapes. Placeholders stay: they are words like N/A."""
    return replace(
        column,
        exceptions=_shapes(column.exceptions, least),
        top_values=_shapes(column.top_values, least),
        outlier_examples=_shapes(column.outlier_examples, least),
        broken_examples=_shapes(column.broken_examples, least),
        variant_examples=_shapes(column.variant_examples, least),
        formula_examples=_shapes(column.formula_examples, least),
    )


def _years(period: PeriodSummary | None) -> PeriodSummary | None:
    return period and replace(period, earliest=period.earliest[:4], latest=period.latest[:4])


def _shapes(values: tuple[ValueCount, ...], least: int | None) -> tuple[ValueCount, ...]:
    return tuple(
        item if least is not None and item.count >= least else replace(item, value=value_shape(item.value))
        for item in values
    )


def _redacted_finding(finding: Finding) -> Finding:
    if finding.kind == "placeholder":
        return finding
    return replace(finding, params={name: shown(name, value) for name, value in finding.params.items()})


def shown(name: str, value: str | int | float) -> str | int | float:
    """A finding's parameter with values of cells as shapes: what is no code is one. Numbers count, or are not shown."""
    return value_shape(value) if isinstance(value, str) and name not in CODES else value
