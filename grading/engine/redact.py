"""Personal values taken out of results, so that they can be stored and shown to reviewers.

In columns found to be personal every value shown is replaced by its shape (`李娜` -> `文文`); counts stay.
"""

import re
from dataclasses import replace

from grading.engine.profile import ColumnProfile, Profile, ValueCount
from grading.engine.quality import Assessment, Finding
from grading.engine.sensitivity import ColumnVerdict


def value_shape(value: str) -> str:
    """Letters, digits and Chinese characters replaced by their class, at most 32 characters."""
    shape = re.sub(r"[^\W\d_]", lambda found: _letter(found.group()), re.sub(r"\d", "9", value))
    return shape[:32]


def redact_profile(profile: Profile, verdicts: tuple[ColumnVerdict, ...]) -> Profile:
    """The profile without values of personal columns."""
    personal = {verdict.column for verdict in verdicts if verdict.personal}
    return replace(
        profile,
        columns=tuple(_redacted(column) if column.name in personal else column for column in profile.columns),
    )


def redact_assessment(assessment: Assessment, verdicts: tuple[ColumnVerdict, ...]) -> Assessment:
    """The assessment without values of personal columns in its findings."""
    personal = {verdict.column for verdict in verdicts if verdict.personal}
    return replace(
        assessment,
        findings=tuple(_redacted_finding(item) if item.column in personal else item for item in assessment.findings),
    )


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
        outlier_examples=_shapes(column.outlier_examples),
        broken_examples=_shapes(column.broken_examples),
        variant_examples=_shapes(column.variant_examples),
    )


def _shapes(values: tuple[ValueCount, ...]) -> tuple[ValueCount, ...]:
    return tuple(replace(item, value=value_shape(item.value)) for item in values)


def _redacted_finding(finding: Finding) -> Finding:
    if finding.kind == "placeholder" or "value" not in finding.params:
        return finding
    return replace(finding, params={**finding.params, "value": value_shape(str(finding.params["value"]))})
