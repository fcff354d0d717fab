"""What was found about a file as one JSON-safe record: codes for programs, sentences in the active language."""

from typing import Any

from grading import wording
from grading.engine.examine import Examination
from grading.engine.levels import Reason
from grading.engine.plain import to_plain
from grading.engine.profile import ColumnProfile
from grading.engine.quality import Assessment, Score
from grading.engine.recommend import Recommendation
from grading.engine.rules import RuleSet
from grading.engine.sensitivity import ColumnVerdict
from grading.report.findings import listed
from grading.services import category_path

Record = dict[str, Any]


def record_of(file: str, found: Examination, *, rules: RuleSet, findings: int | None) -> Record:
    """The record of `file`, named as it was given; `findings` is how many are listed, None: all, row by row.

    Rows and positions of columns count from 0, shares are from 0 to 1, scores from 0 to 100. `columns[].name` and
    `findings[].column` are the header's own words; `columns[].read_as` is unique in the table.
    """
    profile = found.profile
    verdicts = {verdict.column: verdict for verdict in found.verdicts}
    return {
        "file": file,
        "format": profile.format,
        "encoding": profile.encoding,
        "delimiter": profile.delimiter,
        "size_bytes": profile.size_bytes,
        "rows": profile.rows,
        "empty_rows": profile.empty_rows,
        "duplicate_rows": profile.duplicate_rows.value,
        "unreadable_records": profile.unreadable_records,
        "candidate_keys": [list(key.columns) for key in profile.candidate_keys],
        "columns": [
            _column(position, column, verdicts.get(column.name)) for position, column in enumerate(profile.columns)
        ],
        "quality": _quality(found.assessment),
        **listed(found, findings),
        **_level(found.recommendation, rules),
        "versions": dict(found.versions),
    }


def _column(position: int, column: ColumnProfile, verdict: ColumnVerdict | None) -> Record:
    return {
        "name": column.name if column.header is None else column.header,
        "read_as": column.name,
        "position": position,
        "type": column.inferred_type,
        "declared_type": column.declared_type,
        "nulls": column.nulls,
        "placeholders": column.placeholders,
        "values": column.values,
        "distinct": column.distinct.value,
        "distinct_exact": column.distinct.exact,
        "nonconforming": column.nonconforming,
        "sensitive_type": verdict.sensitive_type if verdict else None,
        "personal": verdict is not None and verdict.personal,
        "sensitive_personal": verdict is not None and verdict.sensitive_personal,
        "sensitive_confidence": verdict.confidence if verdict and verdict.sensitive_type else None,
        "sensitive_reasons": [wording.sentence(item.code, item.params) for item in verdict.evidence] if verdict else [],
        "placeholder_values": [item.value for item in column.placeholder_values],
        "top_values": [{"value": item.value, "count": item.count} for item in column.top_values],
        "patterns": [{"pattern": item.pattern, "count": item.count} for item in column.patterns],
        "numbers": to_plain(column.numbers),
        "period": to_plain(column.period),
        "histogram": to_plain(column.histogram),
    }


def _quality(found: Assessment) -> Record:
    return {
        "overall": found.overall.value,
        "interval": _interval(found.overall),
        "interval_method": found.interval_method if found.overall.low is not None else None,
        "interval_level": found.interval_level if found.overall.low is not None else None,
        "coverage": found.overall.coverage,
        "judged": found.judged,
        "verdict": found.verdict,
        "reason": found.reason,
        "reason_detail": wording.sentence(found.reason, {}) if found.reason is not None else None,
        "dimensions": {
            item.dimension: {
                "score": item.score.value,
                "interval": _interval(item.score),
                "coverage": item.score.coverage,
                "weight": item.weight,
            }
            for item in found.dimensions
        },
        "not_assessed": [
            {
                "dimension": measure.dimension,
                "indicator": measure.indicator,
                "reason": measure.reason,
                "detail": wording.sentence(measure.reason, {}),
            }
            for measure in found.measures
            if measure.reason is not None
        ],
        "assessed_on": found.assessed_on.isoformat(),
    }


def _interval(score: Score) -> list[float] | None:
    return None if score.low is None or score.high is None else [score.low, score.high]


def _reason(item: Reason) -> Record:
    """A reason in words; with element of grading, source and certainty where a rule says it."""
    return {
        "code": item.code,
        "detail": wording.sentence(item.code, item.params),
        "element": item.element,
        "source": item.source,
        "certainty": item.certainty,
    }


def _level(found: Recommendation, rules: RuleSet) -> Record:
    category = found.category
    return {
        "level": found.level,
        "level_reasons": [_reason(item) for item in found.reasons],
        "harmed_object": found.harmed_object if found.degree != "none" else None,
        "degree": found.degree,
        "matrix_cell": rules.scheme.cell(found.harmed_object, found.degree),
        "flags": [
            {
                **_reason(flag.reason),
                "code": flag.code,
                "rule": flag.reason.code,
                "harmed_object": flag.harmed_object,
                "degree": flag.degree,
                "matrix_cell": rules.scheme.cell(flag.harmed_object, flag.degree),
            }
            for flag in found.flags
        ],
        "elements": to_plain(found.elements),
        "category": category_path(category),
        "category_confidence": category.confidence,
        "category_declared": category.declared,
        "category_alternatives": [
            {"category": "/".join(filter(None, (item.sector, item.domain))), "confidence": item.confidence}
            for item in category.alternatives
        ],
        "category_reasons": [
            {"code": item.code, "detail": wording.sentence(item.code, item.params), "weight": item.weight}
            for item in category.reasons
        ],
    }
