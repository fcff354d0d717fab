"""Accuracy: right content, right format, no repeats, unique keys, and what is wrong in whichever way."""

from collections.abc import Iterator

from grading.engine.profile import ColumnProfile
from grading.engine.quality.evidence import BROKEN_TEXT, IRREGULAR
from grading.engine.quality.indicators import CONTENT, DIRTY, FORMAT, UNIQUE, Indicator
from grading.engine.quality.keys import repeats_of_key
from grading.engine.quality.measures.model import Inputs, not_assessed, of_column, ratio
from grading.engine.quality.model import Measure

#: A far value that the profile counted is weak evidence: heavy tails look the same.
FAR_VALUE = 0.3


def accuracy(inputs: Inputs) -> Iterator[Measure]:
    """All five sub-indicators, each column by column where it is about values."""
    yield from _content(inputs) or [not_assessed(*CONTENT, _why(inputs, "no_comparable_values"))]
    yield from _format(inputs) or [not_assessed(*FORMAT, _why(inputs, "no_typed_column"))]
    yield _duplicates(inputs)
    yield from _keys(inputs) or [not_assessed(*UNIQUE, _why(inputs, "no_key_declared"))]
    yield from _dirty(inputs) or [not_assessed(*DIRTY, _why(inputs, "nothing_judged"))]


def _why(inputs: Inputs, reason: str) -> str:
    if not inputs.study.profile.rows:
        return "no_records"
    return reason if any(column.values for column in inputs.study.profile.columns) else "no_values"


def _examined(inputs: Inputs, column: ColumnProfile, indicator: Indicator, rules: bool) -> int:
    """Cells of a column that count: all where something rules it or anything in it is suspected, else none."""
    return column.values if rules or inputs.evidence.suspected(column, indicator) else 0


def _content(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        examined = _examined(inputs, column, CONTENT, inputs.evidence.judged[column.name].compared)
        if examined:
            charge = inputs.evidence.charge(column, CONTENT)
            # Detectors look at far values, too: of what both may have seen the larger number counts.
            far = FAR_VALUE * column.outliers.value if column.outliers else 0.0
            if far > charge.errors:
                charge = inputs.evidence.counted(column, far)
            found.append(of_column(CONTENT, "plausible_values", column, charge, examined=examined))
    return found


def _format(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        judged = inputs.evidence.judged[column.name]
        examined = _examined(inputs, column, FORMAT, judged.formed)
        if examined:
            charge = inputs.evidence.charge(column, FORMAT, certain=judged.irregular, counted=IRREGULAR)
            found.append(of_column(FORMAT, "ruling_format", column, charge, examined=examined))
    return found


def _duplicates(inputs: Inputs) -> Measure:
    profile = inputs.study.profile
    if not profile.rows:
        return not_assessed("accuracy", "duplication_rate", "no_records")
    repeats = profile.duplicate_rows
    return ratio(
        "accuracy",
        "duplication_rate",
        "duplicate_rows",
        min(profile.rows, repeats.value),
        profile.rows,
        lower_is_better=True,
        estimated=not repeats.exact,
        doubt=repeats.error * repeats.value,
    )


def _keys(inputs: Inputs) -> list[Measure]:
    found = []
    for place, column in enumerate(inputs.study.profile.columns):
        repeats = repeats_of_key(inputs.study, place, inputs.evidence.judged[column.name])
        if repeats is not None:
            unique = max(0, column.values - repeats)
            found.append(ratio(*UNIQUE, "implied_key", unique, column.values, column=column.name))
    return found


def _dirty(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        judged = inputs.evidence.judged[column.name]
        broken = min(column.broken_text, column.values)
        examined = column.values if broken else _examined(inputs, column, DIRTY, judged.somehow)
        if not examined:
            continue
        # In a column with a format, text with replacement characters does not fit it: the same cells.
        irregular = judged.irregular >= broken
        charge = inputs.evidence.charge(
            column, DIRTY, certain=max(judged.irregular, broken), counted=IRREGULAR if irregular else BROKEN_TEXT
        )
        found.append(of_column(DIRTY, "wrong_in_any_way", column, charge, examined=examined, lower=True))
    return found
