"""Accuracy: right content, right format, no repeats, unique keys, and what is wrong in whichever way."""

from collections.abc import Iterator

from grading.engine.quality.detection.numerals import OUTLIER
from grading.engine.quality.evidence import BROKEN_TEXT, IRREGULAR
from grading.engine.quality.indicators import CONTENT, DIRTY, FORMAT, UNIQUE
from grading.engine.quality.keys import repeats_of_key
from grading.engine.quality.measures.model import Inputs, not_assessed, of_column, ratio
from grading.engine.quality.model import Measure
from grading.engine.quality.score import AMONG_UNJUDGED


def accuracy(inputs: Inputs) -> Iterator[Measure]:
    """All five sub-indicators, each column by column where it is about values.

    Which columns are assessed follows from their values as a whole, never from what is suspected in them: else the
    first error of a column would make all its other values count as right. What is suspected in a column that is not
    assessed counts as dirty, and in a column that cannot be judged at all as dirty beside the others.
    """
    yield from _content(inputs) or [not_assessed(*CONTENT, _why(inputs, "no_comparable_values"))]
    yield from _format(inputs) or [not_assessed(*FORMAT, _why(inputs, "no_typed_column"))]
    yield _duplicates(inputs)
    yield from _keys(inputs) or [not_assessed(*UNIQUE, _why(inputs, "no_key_declared"))]
    yield from _dirty(inputs) or [not_assessed(*DIRTY, _why(inputs, "nothing_judged"))]


def _why(inputs: Inputs, reason: str) -> str:
    if not inputs.study.profile.rows:
        return "no_records"
    return reason if any(column.values for column in inputs.study.profile.columns) else "no_values"


def _content(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        if inputs.evidence.judged[column.name].compared:
            charge = inputs.evidence.charge(column, CONTENT)
            # Detectors look at far values, too: of what both may have seen the larger number counts.
            far = OUTLIER * column.outliers.value if column.outliers else 0.0
            if far > charge.errors:
                charge = inputs.evidence.counted(column, far)
            found.append(of_column(CONTENT, "plausible_values", column, charge, examined=column.values))
    return found


def _format(inputs: Inputs) -> list[Measure]:
    found = []
    for column in inputs.study.profile.columns:
        judged = inputs.evidence.judged[column.name]
        if judged.formed:
            charge = inputs.evidence.charge(column, FORMAT, certain=judged.irregular, counted=IRREGULAR)
            found.append(of_column(FORMAT, "ruling_format", column, charge, examined=column.values))
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
        # In a column with a format, text with replacement characters does not fit it: the same cells.
        irregular = judged.irregular >= broken
        charge = inputs.evidence.charge(
            column, DIRTY, certain=max(judged.irregular, broken), counted=IRREGULAR if irregular else BROKEN_TEXT
        )
        if judged.somehow:
            metric = "wrong_in_any_way"
        elif column.values and charge.errors:
            metric = AMONG_UNJUDGED
        else:
            continue
        found.append(of_column(DIRTY, metric, column, charge, examined=column.values, lower=True))
    return found
