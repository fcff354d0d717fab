"""Cells that the rest of the table contradicts: by its dependencies, by its spelling, by where its values stand.

What several kinds of evidence say of one cell is said once, by the surest of them, and with the confidence of all: each
leaves only so much doubt, and doubts of different origin multiply.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from grading.engine.quality.detection.codes import Coded, coded_columns, plain, spelt_column
from grading.engine.quality.detection.dependencies import Association, Dependency, associations
from grading.engine.quality.detection.dependencies_shares import wrong_shares
from grading.engine.quality.detection.dependencies_votes import Vote, votes
from grading.engine.quality.detection.embedded import embedded_values
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.detection.spelling_columns import WORD, misspelt

Charge = tuple[int, int, str, float, dict[str, str | int | float]]
"""Column and row (places), kind, confidence, parameters."""


def contradictions(sheet: Sheet) -> Iterator[Suspicion]:
    """One suspicion a cell, by column and row."""
    columns, found = _relations(sheet)
    rows, texts = sheet.rows.to_list(), [sheet.texts(column.name) for column in columns]
    charges: dict[tuple[int, int], list[Charge]] = {}
    for charge in (*_broken(columns, found, texts), *_slipped(columns, texts), *_misspelt(sheet, columns, texts)):
        charges.setdefault(charge[:2], []).append(charge)
    for (column, row), against in sorted(charges.items(), key=lambda item: item[0]):
        _, _, kind, _, params = max(against, key=lambda charge: charge[3])
        doubt = 1.0
        for charge in against:
            doubt *= 1.0 - charge[3]
        yield Suspicion(columns[column].name, rows[row], kind, round(1.0 - doubt, 3), params)


def related_columns(sheet: Sheet) -> dict[str, float]:
    """Columns whose values others were found to decide, for the most part, and those others.

    With the share of their cells that must be wrong, as far as dissenting rows tell without naming them.
    """
    columns, found = _relations(sheet)
    return {columns[place].name: share for place, share in wrong_shares(len(columns), found).items()}


def _relations(sheet: Sheet) -> tuple[tuple[Coded, ...], list[Association]]:
    """The sheet as numbers with what its columns tell of each other, worked out once."""
    if "relations" not in sheet.memo:
        columns = coded_columns(sheet)
        sheet.memo["relations"] = columns, associations(columns)
    found: tuple[tuple[Coded, ...], list[Association]] = sheet.memo["relations"]
    return found


def _broken(columns: Sequence[Coded], found: Sequence[Association], texts: Sequence[pl.Series]) -> Iterator[Charge]:
    for vote in votes(columns, [held for held in found if isinstance(held, Dependency)]):
        text = texts[vote.column][vote.row] or ""
        kind = "dependency_key" if vote.contradicted else "dependency_break" if text.strip() else "dependency_gap"
        yield vote.column, vote.row, kind, vote.confidence, _params(columns, vote, text)


def _params(columns: Sequence[Coded], vote: Vote, text: str) -> dict[str, str | int | float]:
    column, partner = columns[vote.column], columns[vote.partner]
    if vote.contradicted:
        return {
            "value": text,
            "count": vote.contradicted,
            "column": partner.name,
            "expected": partner.shown[vote.expected],
            "most": vote.most,
            "others": vote.others,
        }
    found: dict[str, str | int | float] = {
        "key": partner.name,
        "expected": column.shown[vote.expected],
        "most": vote.most,
        "others": vote.others,
    }
    return {"value": text, **found} if text.strip() else found


def _slipped(columns: Sequence[Coded], texts: Sequence[pl.Series]) -> Iterator[Charge]:
    for item in embedded_values(columns):
        column, home = columns[item.column], columns[item.home]
        value = texts[item.column][item.row]
        params = {"value": value, "part": item.part, "column": home.name}
        yield item.column, item.row, "embedded_value", item.confidence, {**params}
        params = {"value": value, "part": item.part, "column": column.name}
        yield item.home, item.row, "value_elsewhere", item.confidence, {**params}


def _misspelt(sheet: Sheet, columns: Sequence[Coded], texts: Sequence[pl.Series]) -> Iterator[Charge]:
    """With the cell's own text, and what is expected as it was first written; words are compared in small letters."""
    shown: dict[int, dict[str, str]] = {}
    spelt = [spelt_column(sheet, place, column) for place, column in enumerate(columns)]
    for place, code, slip, whole in misspelt([column for column, _placeholders in spelt]):
        column, placeholders = spelt[place]
        if code in placeholders:
            continue
        if whole and place not in shown:
            shown[place] = dict(zip(column.values, column.shown, strict=True))
        expected = shown[place][slip.model] if whole else slip.model
        counts = {"count": slip.count, "expected_count": slip.model_count}
        for row in np.flatnonzero(column.codes == code).tolist():
            text = texts[place][row] if whole else _written(slip.text, texts[place][row])
            params: dict[str, str | int | float] = {"value" if whole else "word": text, "expected": expected, **counts}
            yield place, row, "near_duplicate" if whole else "misspelt_word", slip.confidence, params


def _written(word: str, text: str) -> str:
    """The word as it is written in the text."""
    return next((found for found in WORD.findall(text) if plain(found) == word), word)
