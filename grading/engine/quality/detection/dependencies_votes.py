"""What the other rows say of a cell: votes with the cell left out, over all dependencies that point at its column.

Where a row dissents from a dependency, either its key or its value is wrong. Each is as guilty as the share of the
dependencies it takes part in that its row breaks: a wrong city contradicts every column that decides the city, and a
right post code only this one. Compare the repairs of least cost of Bohannon et al. (SIGMOD 2005).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from grading.engine.quality.detection.codes import MISSING, Coded, Numbers
from grading.engine.quality.detection.dependencies import Dependency

Weights = npt.NDArray[np.float32]
FEW_KEYS: Final = 4
"""With fewer keys, columns agree for many reasons."""
KEY_CONTRADICTED: Final = 2
"""Columns that must contradict a key before it is held to be wrong."""
HIGHEST_TRUST: Final = 0.93
LEAST_TRUST: Final = 0.25
"""Of a dependency that may speak against a key."""
GAPS: Final = 0.2
"""Of a column with more empty cells than this share, none is missed."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The cell of `row` and `column` (places) is wrong, with this confidence, as `most` of `others` rows say.

    Of a dependent value: they have the same `partner` and say `expected` (a code). Of a wrong key: `contradicted` other
    columns disagree with it; `partner` is the surest of them, `expected` what the rows with the key say there.
    """

    row: int
    column: int
    confidence: float
    partner: int
    expected: int
    most: int
    others: int
    contradicted: int = 0


def votes(columns: Sequence[Coded], found: Sequence[Dependency]) -> list[Vote]:
    """The surest vote against each cell, by column and row."""
    if not found:
        return []
    guilt, charged = _broken(columns, found, inward=False), _broken(columns, found, inward=True)
    contradicted = np.zeros((len(columns[0].codes), len(columns)), dtype=np.int64)
    for held in found:
        contradicted[held.rows_against, held.determinant] += 1
    keys = {(vote.column, vote.row): vote for vote in _against_keys(columns, found, guilt)}
    best: dict[tuple[int, int], Vote] = dict(keys)
    for vote in _against_values(columns, found, guilt, charged, contradicted, keys):
        place = (vote.column, vote.row)
        if place not in best or best[place].confidence < vote.confidence:
            best[place] = vote
    return [best[place] for place in sorted(best)]


def trust(held: Dependency) -> float:
    """How far those who dissent are likelier wrong than of a key with several values."""
    return (held.alone + 1) / (held.alone + 2 * held.joined + 2) * held.strength


def _broken(columns: Sequence[Coded], found: Sequence[Dependency], *, inward: bool) -> Weights:
    """Of each cell, the share of its dependencies that its row breaks, weighted by their trust.

    Of those that point at its column, or also of those of which it is the key.
    """
    shape = len(columns[0].codes), len(columns)
    bound: Weights = np.zeros(shape, dtype=np.float32)
    broken: Weights = np.zeros(shape, dtype=np.float32)
    for held in found:
        weight = trust(held)
        for place in (held.dependent,) if inward else (held.determinant, held.dependent):
            bound[held.active, place] += weight
            broken[held.rows_against, place] += weight
    return (broken / np.maximum(np.maximum(bound, broken), 1e-6)).astype(np.float32)


def _against_values(
    columns: Sequence[Coded],
    found: Sequence[Dependency],
    guilt: Weights,
    charged: Weights,
    contradicted: Numbers,
    keys: Mapping[tuple[int, int], Vote],
) -> Iterator[Vote]:
    for held in found:
        column = columns[held.dependent]
        codes = column.codes[held.rows_against]
        missing = codes == MISSING
        if missing.any() and (column.codes == MISSING).mean() > GAPS:
            continue
        confidence = _confidence(columns, held, guilt, charged, contradicted[held.rows_against, held.determinant])
        for place, row in enumerate(held.rows_against.tolist()):
            key = keys.get((held.determinant, row))
            yield Vote(
                row,
                held.dependent,
                float(confidence[place]) * (1.0 - key.confidence if key else 1.0),
                held.determinant,
                int(held.expected[place]),
                int(held.most[place]),
                int(held.others[place]),
            )


def _confidence(
    columns: Sequence[Coded], held: Dependency, guilt: Weights, charged: Weights, contradicted: Numbers
) -> npt.NDArray[np.float64]:
    """The weights are those of a logistic regression over the tables that docs/detection.md names, rounded."""
    column, rows = columns[held.dependent], held.rows_against
    codes = column.codes[rows]
    missing = codes == MISSING
    fellows = held.fellows
    novel = ~missing & (column.counts[codes] == fellows + 1)
    unique = float((column.counts == 1).sum() / max(1, column.counts.sum()))
    sure = min(HIGHEST_TRUST, trust(held))
    score = (
        -1.0
        + math.log((sure + 0.001) / (1.001 - sure))
        - 7.0 * (fellows + 1) / (held.others + 1)
        + novel * max(0.0, 3.8 + 0.9 * math.log(unique + 0.01))
        + 2.0 * missing
        + 4.0 * guilt[rows, held.dependent]
        - 2.5 * guilt[rows, held.determinant]
        - 3.0 * (1.0 - charged[rows, held.dependent])
        - 2.0 * np.log(contradicted)  # it is seldom that several values of a row are wrong and their key is right
        - (3.5 if columns[held.determinant].distinct < FEW_KEYS else 0.0)
    )
    confidence: npt.NDArray[np.float64] = 1 / (1 + np.exp(-score))
    return confidence


def _against_keys(columns: Sequence[Coded], found: Sequence[Dependency], guilt: Weights) -> Iterator[Vote]:
    """Of keys that several columns of their row contradict, none of which is as guilty as the key."""
    charges: dict[tuple[int, int], list[tuple[float, Dependency, int]]] = {}
    for held in found:
        sure = trust(held)
        if sure < LEAST_TRUST:
            continue
        for place, row in enumerate(held.rows_against.tolist()):
            if guilt[row, held.determinant] > guilt[row, held.dependent]:
                charges.setdefault((held.determinant, row), []).append((sure, held, place))
    for (column, row), against in sorted(charges.items(), key=lambda item: item[0]):
        if len(against) < KEY_CONTRADICTED:
            continue
        _, held, place = max(against, key=lambda item: (item[0], -item[1].dependent))
        own = float(guilt[row, column])
        lead = own - max(float(guilt[row, other.dependent]) for _, other, _ in against)
        yield Vote(
            row,
            column,
            1 / (1 + math.exp(6.2 - 6.0 * own - 6.0 * min(lead, 0.4))),
            held.dependent,
            int(held.expected[place]),
            int(held.most[place]),
            int(held.others[place]),
            len(against),
        )
