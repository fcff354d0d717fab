"""Personal values taken out of results, so that they can be stored and shown to reviewers.

In columns found to be personal every value shown is replaced by its shape (`李娜` -> `文文`), extremes, quartiles and
histograms are left out, periods are given in years; counts stay. Ages keep their figures: they name nobody.
"""

import re
from dataclasses import replace

from grading.engine.profile import ColumnProfile, PeriodSummary, Profile, ValueCount
from grading.engine.quality import Assessment, Finding
from grading.engine.sensitivity import ColumnVerdict


def value_shape(value: str) -> str:
    """Letters, digits and Chinese characters replaced by their class, at most 32 characters."""
    shape = re.sub(r"[^\W\d_]", lambda found: _letter(found.group()), re.sub(r"\d", "9", value))
    return shape[:32]


def redact_profile(profile: Profile, verdicts: tuple[ColumnVerdict, ...]) -> Profile:
    """The profile without values of personal columns."""
    personal = _personal(verdicts)
    return replace(
        profile,
        columns=tuple(_redacted(column) if column.name in personal else column for column in profile.columns),
    )


def redact_assessment(assessment: Assessment, verdicts: tuple[ColumnVerdict, ...]) -> Assessment:
    """The assessment without values of personal columns in its findings; outliers of such columns are left out."""
    personal = _personal(verdicts)
    return replace(
        assessment,
        findings=tuple(
            _redacted_finding(item) if item.column in personal else item
            for item in assessment.findings
            if item.column not in personal or item.kind != "numeric_outlier"
        ),
    )


def _personal(verdicts: tuple[ColumnVerdict, ...]) -> frozenset[str]:
    return frozenset(verdict.column for verdict in verdicts if verdict.personal and verdict.sensitive_type != "age")


def _letter(letter: str) -> str:
    if "\u3400" <= letter <= "\u9fff":
        return "文"
    return "A" if letter.isupper() else "a"


def _redacted(column: ColumnProfile) -> ColumnProfile:
    return replace(
        column,
        # Placeholders are words like N/A: they say nothing about a person.
        exceptions=_shapes(column.exceptions),
        top_values=_shapes(column.top_values),
        numbers=None,
        outliers=None,
        outlier_examples=(),
        histogram=(),
        period=_years(column.period),
        broken_examples=_shapes(column.broken_examples),
        variant_examples=_shapes(column.variant_examples),
    )


def _years(period: PeriodSummary | None) -> PeriodSummary | None:
    return period and replace(period, earliest=period.earliest[:4], latest=period.latest[:4])


def _shapes(values: tuple[ValueCount, ...]) -> tuple[ValueCount, ...]:
    return tuple(replace(item, value=value_shape(item.value)) for item in values)


def _redacted_finding(finding: Finding) -> Finding:
    if finding.kind == "placeholder" or "value" not in finding.params:
        return finding
    return replace(finding, params={**finding.params, "value": value_shape(str(finding.params["value"]))})
