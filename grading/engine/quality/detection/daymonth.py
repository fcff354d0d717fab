"""Days and months that changed places, found by how the date reads either way beside everything else that is known.

For each date that can be read in two ways, the evidence of `turning` gives the odds of the exchanged reading; how many
dates of the column are exchanged at all is estimated along with it (expectation-maximisation, Dempster et al. 1977). So
a column in order needs strong evidence, one that is full of exchanged dates less. The confidence is the probability
that comes out. Dates that are impossible as they stand, and possible when exchanged, need no other evidence.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from grading.engine.quality.detection.dates import Dates, dates_of
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.detection.turning import Context, Odds, odds_of_turning

MOST_COLUMNS: Final = 32
"""Columns of dates that are looked at, the first ones."""
ENOUGH: Final = 12
"""Dates that a column must have."""
USUAL_RATE: Final = 0.05
"""Share of exchanged dates that is assumed at first, with the weight of USUAL_WEIGHT dates."""
USUAL_WEIGHT: Final = 20.0
BEGIN: Final = (0.4, 0.8)
MOST_RATE: Final = 0.95
MOST_REPEATS: Final = 20
ROUNDS: Final = 20
LEAST_GAIN: Final = 5.0
DOUBTFUL: Final = 0.45
"""Probability at most, where exchanged dates do not explain the column better by LEAST_GAIN (natural logarithm)."""
LEAST: Final = 0.3
"""Probability from which a date is a suspicion."""
CERTAIN: Final = 0.95
LARGEST_ODDS: Final = 1000


def find_swapped(sheet: Sheet) -> Iterator[Suspicion]:
    """Dates whose day and month seem exchanged."""
    columns: list[Dates] = []
    for profile in sheet.study.profile.columns:
        if len(columns) == MOST_COLUMNS:
            break
        if (dates := dates_of(sheet, profile)) is not None:
            columns.append(dates)
    if not columns:
        return
    rows = sheet.rows.to_list()
    context = Context(sheet, columns)
    for dates in columns:
        if np.count_nonzero(dates.sure | dates.either | dates.wrong) < ENOUGH:
            continue
        for place in np.flatnonzero(dates.wrong).tolist():
            yield _suspicion(dates, rows, place, CERTAIN, LARGEST_ODDS)
        places = np.flatnonzero(dates.either)
        if not len(places):
            continue
        log_odds = odds_of_turning(context, dates)[places]
        chance = probabilities(log_odds, _first_rate(dates), repeats(dates, log_odds))
        for place, sure, odds in zip(places.tolist(), chance.tolist(), log_odds.tolist(), strict=True):
            if sure >= LEAST:
                ratio = min(LARGEST_ODDS, max(1, round(float(np.exp(min(odds, 7.0))))))
                yield _suspicion(dates, rows, place, min(CERTAIN, round(sure, 2)), ratio)


def _first_rate(dates: Dates) -> float:
    """What the dates that show it say of the share of exchanged ones."""
    wrong = int(np.count_nonzero(dates.wrong))
    shown = wrong + int(np.count_nonzero(dates.sure & (dates.day > 12)))
    return min(0.5, (wrong + USUAL_RATE * USUAL_WEIGHT) / (shown + USUAL_WEIGHT)) if wrong else USUAL_RATE


def repeats(dates: Dates, log_odds: Odds) -> Odds:
    """Of each date with two readings, how many must have been exchanged together if it was; at least 1.

    Exchanged dates are exchanged one by one: that all cells of a day were, and none was left as it should be, is as
    unlikely as they are many: whatever the share of exchanged dates, their number never speaks for an exchange. Counted
    are the cells for whose exchange something speaks.
    """
    as_is, turned = dates.as_is[dates.either], dates.turned[dates.either]
    days, place = np.unique(as_is, return_inverse=True)
    counts = np.bincount(place, minlength=len(days))
    suspected = np.bincount(place, weights=log_odds > 0, minlength=len(days))
    other = np.clip(np.searchsorted(days, turned), 0, max(0, len(days) - 1))
    opposite = np.where(days[other] == turned, counts[other], 0)
    together: Odds = np.clip(suspected[place] - opposite, 1.0, MOST_REPEATS)
    return together


def probabilities(log_odds: Odds, rate: float, together: Odds) -> Odds:
    """Of each date, that it is exchanged. The share of exchanged ones is estimated with them, from several beginnings.

    `rate` is the share to be expected; `together` is that of `repeats`.
    """
    evidence = np.clip(log_odds, -30.0, 30.0)
    chance, gain = max(
        (_estimated(evidence, begin, rate, together) for begin in (rate, *BEGIN)), key=lambda item: item[1]
    )
    return chance if gain >= LEAST_GAIN else np.minimum(chance, DOUBTFUL)


def _estimated(evidence: Odds, rate: float, usual: float, together: Odds) -> tuple[Odds, float]:
    """(probabilities, how much better the dates are explained than by none being exchanged)."""
    chance: Odds = np.full(len(evidence), rate)
    for _ in range(ROUNDS):
        prior = np.log(rate / (1.0 - rate)) + (together - 1.0) * np.log(rate)
        chance = 1.0 / (1.0 + np.exp(-np.clip(evidence + prior, -60.0, 60.0)))
        rate = min(MOST_RATE, (float(chance.sum()) + usual * USUAL_WEIGHT) / (len(chance) + USUAL_WEIGHT))
    gain = float(np.logaddexp(np.log1p(-rate), evidence + together * np.log(rate)).sum())
    expected = USUAL_WEIGHT * (usual * np.log(rate / usual) + (1.0 - usual) * np.log((1.0 - rate) / (1.0 - usual)))
    return chance, gain + float(expected)


def _suspicion(dates: Dates, rows: list[int], place: int, confidence: float, odds: int) -> Suspicion:
    meant = str(np.datetime64(int(dates.turned[place]), "D"))
    params: dict[str, str | int | float] = {"value": dates.values[place] or "", "meant": meant, "odds": odds}
    return Suspicion(dates.name, rows[place], "swapped_day_month", confidence, params)
