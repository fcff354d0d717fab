"""Consistency: the same thing written the same way, and columns that agree with those they depend on."""

from collections.abc import Iterator

from grading.engine.quality.indicators import RELATED, SAME
from grading.engine.quality.measures.model import Inputs, not_assessed, of_column
from grading.engine.quality.model import Measure


def consistency(inputs: Inputs) -> Iterator[Measure]:
    """Spellings in columns of text that repeat their values; cells that contradict a dependency found in the table."""
    yield from _same(inputs) or [not_assessed(*SAME, "no_comparable_text")]
    yield from _related(inputs) or [not_assessed(*RELATED, "no_relations_declared")]


def _same(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        if column.inferred_type == "text" and inputs.evidence.judged[column.name].repeats:
            # The profile's count and the suspicions may be about the same cells: the larger of the two counts.
            charge = inputs.evidence.charge(column, SAME)
            if column.variants > charge.errors:
                charge = inputs.evidence.counted(column, column.variants)
            found.append(of_column(SAME, "spelling", column, charge, examined=column.values))
    return found


def _related(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        bound = column.name in inputs.evidence.related or inputs.evidence.suspected(column, RELATED)
        if bound and column.values:
            charge = inputs.evidence.charge(column, RELATED)
            found.append(of_column(RELATED, "dependency", column, charge, examined=column.values))
    return found
