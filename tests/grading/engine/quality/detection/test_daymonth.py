"""Exchanged days and months: found by each kind of evidence, at any share, and not where nothing speaks for them."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from grading.engine.profile import Study
from grading.engine.quality.detection.daymonth import find_swapped, probabilities
from grading.engine.quality.detection.detect import detect_errors, sheet_of

StudyOf = Callable[..., Study]
Day = date | str
Rows = list[list[Day]]
Made = Callable[[random.Random, int], Rows]

WRITTEN = {
    "%Y-%m-%d": "{0.year}-{0.day:02}-{0.month:02}",
    "%d/%m/%Y": "{0.month:02}/{0.day:02}/{0.year}",
    "%m/%d/%Y": "{0.day:02}/{0.month:02}/{0.year}",
    "%Y年%m月%d日": "{0.year}年{0.day:02}月{0.month:02}日",
    "%Y-%m-%d 08:30:00": "{0.year}-{0.day:02}-{0.month:02} 08:30:00",
    "%d.%m.%y": "{0.month:02}.{0.day:02}.{0:%y}",
}
"""Ways of writing a date, with the same way where day and month are exchanged."""


def in_order(source: random.Random, size: int) -> Rows:
    day = date(2021, 5, 3)
    return [[day := day + timedelta(days=source.choice([0, 1, 1, 2])), str(source.randint(1, 9))] for _ in range(size)]


def with_partners(source: random.Random, size: int) -> Rows:
    rows: Rows = []
    for _ in range(size):
        begun = date(2019, 1, 1) + timedelta(days=source.randint(0, 1400))
        rows.append([begun, begun + timedelta(days=source.randint(1, 6))])
    return rows


def in_quarters(source: random.Random, size: int) -> Rows:
    days = [date(2018, 1, 1) + timedelta(days=source.randint(0, 1800)) for _ in range(size)]
    return [[day, f"{(day.month + 2) // 3}. Quartal"] for day in days]


def in_one_season(source: random.Random, size: int) -> Rows:
    return [[date(2023, 6, 1) + timedelta(days=source.randint(0, 80)), str(source.randint(1, 9))] for _ in range(size)]


def of_births(source: random.Random, size: int) -> Rows:
    return [[date(1935, 1, 1) + timedelta(days=source.randint(0, 29_000)), "x"] for _ in range(size)]


def made(rows: Rows, share: float, form: str, source: random.Random) -> tuple[str, set[tuple[str, int]]]:
    """CSV, and where day and month were exchanged: in so great a share of the dates that remain dates."""
    lines, truth = ["first,second"], set()
    for row, cells in enumerate(rows):
        line = []
        for name, cell in zip(("first", "second"), cells, strict=True):
            text = cell.strftime(form) if isinstance(cell, date) else cell
            if isinstance(cell, date) and cell.day <= 12 and cell.day != cell.month and source.random() < share:
                text = WRITTEN[form].format(cell)
                truth.add((name, row))
            line.append(text)
        lines.append(",".join(line))
    return "\n".join(lines) + "\n", truth


def found(study: Study) -> set[tuple[str, int]]:
    return {(item.column, item.row) for item in find_swapped(sheet_of(study)) if item.confidence >= 0.5}


@pytest.mark.parametrize("form", WRITTEN)
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_dates_in_order(study_of: StudyOf, form: str, share: float) -> None:
    source = random.Random(11)
    text, truth = made(in_order(source, 400), share, form, source)
    assert truth
    assert found(study_of(text)) == truth


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
@pytest.mark.parametrize(
    ("rows", "least"),
    [(with_partners, 0.8), (in_quarters, 0.7), (in_one_season, 0.5)],
    ids=["partners", "quarters", "season"],
)
def test_other_evidence(study_of: StudyOf, rows: Made, least: float, share: float) -> None:
    """Precision first: an exchange within a quarter or a season cannot be seen."""
    source = random.Random(5)
    text, truth = made(rows(source, 500), share, "%Y-%m-%d", source)
    flagged = found(study_of(text))
    assert len(flagged & truth) >= 0.85 * len(flagged)
    assert len(flagged & truth) >= least * len(truth)


@pytest.mark.parametrize("rows", [in_order, with_partners, in_quarters, in_one_season, of_births])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_tables_in_order_are_left_alone(study_of: StudyOf, rows: Made, seed: int) -> None:
    source = random.Random(seed)
    text, _ = made(rows(source, 300), 0.0, "%Y-%m-%d", source)
    assert len(found(study_of(text))) <= 1


def apart(source: random.Random, size: int) -> Rows:
    """Two columns that have nothing to do with each other."""
    return [[date(2020, 1, 1) + timedelta(days=source.randrange(365)) for _ in range(2)] for _ in range(size)]


def due(source: random.Random, size: int) -> Rows:
    return [[date(2020 + row % 4, source.randint(1, 12), source.choice([1, 5, 10])), "x"] for row in range(size)]


def on_feasts(source: random.Random, size: int) -> Rows:
    feasts = [(3, 8), (6, 1), (11, 11), (9, 9), (2, 25), (5, 1), (12, 12), (10, 1)]
    usual = [date(2023, 1, 1) + timedelta(days=source.randrange(364)) for _ in range(size)]
    return [[date(2023, *source.choice(feasts)) if source.random() < 0.7 else day, "x"] for day in usual]


@pytest.mark.parametrize("rows", [apart, due, on_feasts])
@pytest.mark.parametrize("seed", [1, 2])
def test_what_comes_by_chance_or_is_repeated_speaks_for_nothing(study_of: StudyOf, rows: Made, seed: int) -> None:
    source = random.Random(seed)
    text, _ = made(rows(source, 1000), 0.0, "%Y-%m-%d", source)
    assert found(study_of(text)) == set()


def test_where_nothing_speaks_for_it_nothing_is_flagged(study_of: StudyOf) -> None:
    source = random.Random(8)
    text, truth = made(of_births(source, 400), 0.3, "%d/%m/%Y", source)
    assert truth
    assert found(study_of(text)) == set()


def test_impossible_dates_that_are_possible_when_exchanged(study_of: StudyOf) -> None:
    days = [f"2022-{1 + row % 12:02}-{13 + row % 15:02}" for row in range(60)]
    days[20] = "2022-27-03"
    study = study_of("day,n\n" + "\n".join(f"{day},{row}" for row, day in enumerate(days)) + "\n")
    (item,) = [item for item in detect_errors(sheet_of(study)) if item.confidence >= 0.5]
    assert (item.column, item.row, item.kind) == ("day", 20, "swapped_day_month")
    assert item.params == {"value": "2022-27-03", "meant": "2022-03-27", "odds": 1000}


def test_other_orderings_and_shuffled_rows(study_of: StudyOf) -> None:
    """Rows in no order, but a number that grows with the dates."""
    source = random.Random(13)
    rows = [[cells[0], str(row)] for row, cells in enumerate(in_order(source, 400))]
    source.shuffle(rows)
    text, truth = made(rows, 0.2, "%Y-%m-%d", source)
    assert found(study_of(text)) == truth


def test_a_batch_of_one_day_is_not_exchanged_as_one(study_of: StudyOf) -> None:
    """Forty rows of one day in another season: each could be exchanged, all of them at once hardly."""
    source = random.Random(17)
    days = [date(2022, 1, 2) + timedelta(days=source.randint(0, 40)) for _ in range(300)] + [date(2022, 9, 1)] * 40
    text, _ = made([[day, "x"] for day in days], 0.0, "%Y-%m-%d", source)
    assert found(study_of(text)) == set()


def test_even_odds_leave_the_usual_rate_and_strong_ones_decide() -> None:
    alone = np.ones(200)
    assert probabilities(np.zeros(200), 0.05, alone).max() < 0.1
    # That many must have been exchanged together never speaks for it, whatever share is exchanged.
    for even in (0.0, 0.2, 0.5):
        one, together = (probabilities(np.full(200, even), 0.05, number * alone).max() for number in (1.0, 20.0))
        assert together <= min(one, 0.1)
    odds = np.concatenate([np.full(40, 6.0), np.full(160, -6.0)])
    chance = probabilities(odds, 0.05, alone)
    assert chance[:40].min() > 0.95
    assert chance[40:].max() < 0.05
