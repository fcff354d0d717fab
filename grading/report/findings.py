"""The findings of an examination as they are listed: the surest first, or all of them row by row.

The examination keeps at most `FINDINGS_OF_KIND` findings of a kind, each about one value or one column with the number
of cells or rows concerned, and of their rows those that its single pass knows: the first with that value, the first
empty cell of a column, up to `ROWS_KEPT` rows of a wrong form and of a suspected value, examples of repeated rows.
`finding_totals` counts every cell or row concerned. Detectors look at a sample of the rows of a large file: then
`estimated` is true, and `count` is what the sample stands for.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from grading import wording
from grading.engine.examine import Examination
from grading.engine.quality import Finding


def listed(found: Examination, most: int | None) -> dict[str, Any]:
    """`findings`: the `most` surest; None: all of them, and each row that is known is a finding of its own.

    `findings_left_out` counts those that `most` cuts off; `finding_totals` counts cells or rows by kind.
    """
    position = {column.name: place for place, column in enumerate(found.profile.columns)}
    headers = {column.name: column.header for column in found.profile.columns if column.header is not None}
    ordered = sorted(
        found.assessment.findings,
        key=lambda item: (-item.confidence, -item.count, position.get(item.column or "", -1), item.row or 0),
    )
    shown = ordered[:most] if most is not None else [row for item in ordered for row in _by_row(found, item)]
    return {
        "findings": [
            {
                "row": item.row,
                "column": headers.get(item.column, item.column) if item.column is not None else None,
                "kind": item.kind,
                "confidence": item.confidence,
                "evidence": wording.sentence(item.evidence_code, item.params),
                "count": item.count,
                "estimated": item.estimated,
                "read_as": item.column,
            }
            for item in shown
        ],
        "findings_left_out": max(0, len(ordered) - len(shown)) if most is not None else 0,
        "finding_totals": dict(found.assessment.finding_totals),
    }


def _by_row(found: Examination, item: Finding) -> Iterator[Finding]:
    """One finding for each known row, and one without a row for all others that it concerns."""
    rows = _rows(found, item)[: item.count]
    for row in rows:
        yield replace(item, row=row, count=1, rows=(), estimated=False)
    if item.count > len(rows):
        yield replace(item, row=None, count=item.count - len(rows), rows=())


def _rows(found: Examination, item: Finding) -> list[int]:
    known = {item.row, *item.rows}
    if item.kind == "duplicate_rows":
        known.update(found.profile.duplicate_examples)
    for form in found.profile.reader_findings:
        if form.kind == item.kind and form.params.items() <= item.params.items():
            known.update(form.rows)
    return sorted(row for row in known if row is not None)
